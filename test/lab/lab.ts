import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeIdentity } from 'tentacle-protocol';
import { binary } from './programs.js';

/** What a command printed, as far as it came. */
export interface Output {
  stdout: string;
  stderr: string;
}

/** A component under way. */
export interface Component {
  readonly process: ChildProcess;
  readonly output: Output;
  /** Resolves with the match once either stream has it; rejects when the component ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Longer than any component takes to be ready or to end on a busy machine; then it counts as broken. */
const TIMEOUT_MS = 20_000;

/** Where one scenario is set up: everything that it starts or makes is gone after {@link end}. */
export class Lab {
  readonly directory: string;
  readonly #endings: (() => Promise<void> | void)[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<Lab> {
    const lab = new Lab(await mkdtemp(join(tmpdir(), 'tentacle-lab-')));
    const made = (identities ??= makeIdentities());
    for (const [name, pem] of Object.entries(await made)) {
      await mkdir(join(lab.directory, name), { mode: 0o700 });
      await writeFile(join(lab.directory, name, 'identity.pem'), pem, { mode: 0o600 });
    }
    return lab;
  }

  /** To be done at the end, last first. */
  onClose(work: () => Promise<void> | void): void {
    this.#endings.push(work);
  }

  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const work of this.#endings.reverse()) {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    }
    await rm(this.directory, { recursive: true, force: true });
    if (failures.length > 0) throw new AggregateError(failures, 'the lab could not be cleared away');
  }

  /** Write a file into the lab's folder. @returns its path. */
  async file(name: string, text: string | Buffer): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, text);
    return path;
  }

  /** Start a component in the foreground; it is ended with the lab. */
  start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Component {
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      cwd: this.directory,
      env: { ...process.env, ...env },
      // Some (openssl s_server) end with their standard input.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Output = { stdout: '', stderr: '' };
    const closed = once(child, 'close');
    const looks = new Set<() => void>();
    const keep = (stream: 'stdout' | 'stderr') => (text: string) => {
      output[stream] += text;
      for (const look of looks) look();
    };
    child.stdout.setEncoding('utf8').on('data', keep('stdout'));
    child.stderr.setEncoding('utf8').on('data', keep('stderr'));
    child.on('error', (error) => (output.stderr += error.message));
    this.onClose(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        // One that is stopped takes no other signal before it goes on.
        child.kill('SIGTERM');
        child.kill('SIGCONT');
        const cut = setTimeout(() => child.kill('SIGKILL'), 2000);
        await closed.catch(() => undefined);
        clearTimeout(cut);
      }
    });
    return {
      process: child,
      output,
      printed: async (pattern) =>
        new Promise((resolve, reject) => {
          const give = (error: Error): void => {
            clearTimeout(timer);
            looks.delete(look);
            reject(error);
          };
          const said = (): string => `${command.join(' ')}: ${output.stdout}${output.stderr}`;
          const timer = setTimeout(() => give(new Error(`never printed ${String(pattern)}: ${said()}`)), TIMEOUT_MS);
          const look = (): void => {
            const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
            if (match === null) return;
            clearTimeout(timer);
            looks.delete(look);
            resolve(match);
          };
          looks.add(look);
          look();
          child.once('close', () => give(new Error(`ended: ${said()}`)));
          child.once('error', give);
        }),
    };
  }

  /** Run a quick command to its end. @throws when it fails. */
  run(command: readonly string[]): string {
    const [file = '', ...args] = command;
    const { status, stdout, stderr, error } = spawnSync(file, args, {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${error?.message ?? stderr}`);
    return stdout;
  }

  /** The same for one that takes its time, as one that makes a key: scenarios beside this one go on meanwhile. */
  async runLong(command: readonly string[]): Promise<void> {
    const [file = '', ...args] = command;
    await promisify(execFile)(file, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
  }

  /** A pong, with an identity of its own; `prefix` as `['ip', 'netns', 'exec', 'lab1']`. @returns its port. */
  async pong(args: readonly string[] = [], prefix: readonly string[] = []): Promise<number> {
    const [, port] = await this.startPong(args, prefix).printed(/"port":(\d+)/);
    return Number(port);
  }

  /** A pong that is yet to say its port, as JSON. */
  startPong(args: readonly string[] = [], prefix: readonly string[] = []): Component {
    const env = { XDG_CONFIG_HOME: this.directory };
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const command = [...prefix, process.execPath, binary('pong'), ...port, '--json', ...args];
    return this.start(command, env);
  }

  /** A port that was free just now, for components that cannot choose one themselves. */
  async freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    return port;
  }

  /** Wait until something accepts on a port of the loopback. */
  async accepts(port: number): Promise<void> {
    const until = Date.now() + TIMEOUT_MS;
    while (Date.now() < until) {
      const socket = connect(port, '127.0.0.1');
      const [event] = await Promise.race([
        // `once` also rejects at an error.
        once(socket, 'connect').then(
          () => ['connect'],
          () => ['error'],
        ),
      ]);
      socket.destroy();
      if (event === 'connect') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`nothing accepts on port ${port}`);
  }
}

let identities: Promise<Record<string, string>> | undefined;

/** What ping and pong would make and keep for themselves, made once for all scenarios: a key takes up to 0.7 s here. */
async function makeIdentities(): Promise<Record<string, string>> {
  const pem = async (commonName: string): Promise<string> => {
    const { secureContextOptions: pair } = await makeIdentity({ commonName });
    if (!('cert' in pair)) throw new Error('not made of PEM');
    return `${pair.key.trimEnd()}\n${pair.cert.trimEnd()}\n`;
  };
  return { 'tentacle-ping': await pem('tentacle-ping'), 'tentacle-pong': await pem('tentacle-pong') };
}
