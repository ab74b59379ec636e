import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Component, program } from '../real-components.js';

/** In place of a Windows. */
export const wine: Component = program('wine');

/** The output and the exit status of a program. */
export interface WineRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs in Wine, and writes to files. */
export interface WineProgram {
  /** Resolves with the first match in its standard output. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<WineRun>;
}

/** How often a file is read while something is awaited. */
const READ_MS = 100;

/** An environment of Wine of its own: its folders, its registry, its processes. */
export class Wine {
  readonly #prefix: string;
  #runs = 0;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  static async start(): Promise<Wine> {
    const created = new Wine(await mkdtemp(join(tmpdir(), 'tentacle-wine-')));
    // Node.js refuses the Windows 7 that Wine is at first.
    await created.run('winecfg', ['-v', 'win10']);
    return created;
  }

  /** The path of a file of its drive C: on this machine. */
  file(...names: readonly string[]): string {
    return join(this.#prefix, 'drive_c', ...names);
  }

  async run(exe: string, args: readonly string[]): Promise<WineRun> {
    return this.begin(exe, args).ended;
  }

  begin(exe: string, args: readonly string[]): WineProgram {
    const output = join(this.#prefix, `output-${++this.#runs}`);
    // Node.js connects its children by sockets, which Wine cannot pass on as standard streams.
    const script = 'exec wine "$@" </dev/null >"$0" 2>"$0.err"';
    const child = spawn('sh', ['-c', script, output, exe, ...args], { env: this.#environment });
    const ended = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
    const read = async (name: string): Promise<string> => readFile(name, 'utf8').catch(() => '');
    let isOver = false;
    return {
      ended: ended.then(async (status) => {
        isOver = true;
        return { status, stdout: await read(output), stderr: await read(`${output}.err`) };
      }),
      printed: async (pattern) => {
        for (;;) {
          const wasOver = isOver;
          const text = await read(output);
          const match = pattern.exec(text);
          if (match !== null) return match;
          if (wasOver) throw new Error(`${exe} ended: ${text}${await read(`${output}.err`)}`);
          await delay(READ_MS);
        }
      },
    };
  }

  /** Runs a program on a terminal, presses Ctrl+C once it has printed a text, and returns all that it printed. */
  async runUntilCtrlC(exe: string, args: readonly string[], text: string): Promise<string> {
    const python = ['-c', PRESS_CTRL_C, text, 'wine', exe, ...args];
    const { stdout } = await promisify(execFile)('python3', python, { env: this.#environment });
    return stdout;
  }

  async stop(): Promise<void> {
    await promisify(execFile)('wineserver', ['-k'], { env: this.#environment }).catch(() => undefined);
    await rm(this.#prefix, { recursive: true, force: true, maxRetries: 5 });
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, WINEPREFIX: this.#prefix, WINEDEBUG: '-all' };
  }
}

/** The terminal is one of Python, and the program's exit status its own. */
const PRESS_CTRL_C = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
pressed = False
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if not pressed and sys.argv[1].encode() in seen:
        os.write(terminal, b'\\x03')
        pressed = True
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(seen.decode('utf-8', 'replace') + 'exit status %d' % status)
`;
