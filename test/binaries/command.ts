import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a command printed and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of ours as a user runs it: the built binary, in a process of its own. */
export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first match in what it prints, on either stream; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** One configuration folder for a whole test file: an RSA key is made once for each binary. */
export const home = mkdtempSync(join(tmpdir(), 'tentacle-test-'));

export function command(name: 'ping' | 'pong', args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const script = fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const onText = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onText();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onText();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    printed: async (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        void ended.then(({ status }) =>
          reject(new Error(`${name} ended with ${status ?? 'a signal'}: ${stdout}${stderr}`)),
        );
      }),
  };
}

/** A pong on a free port of the loopback, and its port. */
export async function startPong(...args: string[]): Promise<Command & { port: number }> {
  const pong = command('pong', ['--port', '0', '--json', ...args]);
  const [, port] = await pong.printed(/"port":(\d+)/);
  return { ...pong, port: Number(port) };
}

/** The last line of what pong printed with --json: its summary. */
export function summaryOf({ stdout }: Ended): Summary {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary;
}

export interface Summary {
  readonly schema: string;
  readonly connections: { readonly total: number };
  readonly endings: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}
