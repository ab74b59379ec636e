import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createIdentity } from 'tentacle-protocol';
import { binary } from './programs.js';

/** The output of a command. */
export interface Output {
  stdout: string;
  stderr: string;
}

/** A running component. */
export interface Component {
  readonly process: ChildProcess;
  readonly output: Output;
  /** Resolves with the first match in either stream; rejects if the component ends first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Longer than any component needs to become ready or to end on a busy machine; after that it counts as broken. */
const TIMEOUT_MS = 20_000;

/** Above the ports of common services; 32,768 is where Linux starts with outgoing connections by default. */
const LAB_PORT_MIN = 20_000;
const EPHEMERAL_PORT_MIN = 32_768;

/** The environment of one scenario: everything that it starts or creates is removed by {@link end}. */
export class Lab {
  readonly directory: string;
  readonly #cleanups: (() => Promise<void> | void)[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<Lab> {
    const lab = new Lab(await mkdtemp(join(tmpdir(), 'tentacle-lab-')));
    const pems = (identities ??= makeIdentities());
    for (const [name, pem] of Object.entries(await pems)) {
      await mkdir(join(lab.directory, name), { mode: 0o700 });
      await writeFile(join(lab.directory, name, 'identity.pem'), pem, { mode: 0o600 });
    }
    return lab;
  }

  /** Registers work for the end of the scenario; the last one runs first. */
  onClose(work: () => Promise<void> | void): void {
    this.#cleanups.push(work);
  }

  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const work of this.#cleanups.reverse()) {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    }
    await rm(this.directory, { recursive: true, force: true });
    if (failures.length > 0) throw new AggregateError(failures, 'the lab could not be cleaned up');
  }

  /** Writes a file into the lab's folder. @returns its path. */
  async file(name: string, text: string | Buffer): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, text);
    return path;
  }

  /** Starts a component in the foreground; it ends with the lab. */
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
    const checks = new Set<() => void>();
    const collect = (stream: 'stdout' | 'stderr') => (text: string) => {
      output[stream] += text;
      for (const check of checks) check();
    };
    child.stdout.setEncoding('utf8').on('data', collect('stdout'));
    child.stderr.setEncoding('utf8').on('data', collect('stderr'));
    child.on('error', (error) => (output.stderr += error.message));
    this.onClose(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        // A stopped process receives other signals only after SIGCONT.
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
          const fail = (error: Error): void => {
            clearTimeout(timer);
            checks.delete(check);
            reject(error);
          };
          const everything = (): string => `${command.join(' ')}: ${output.stdout}${output.stderr}`;
          const timer = setTimeout(
            () => fail(new Error(`never printed ${String(pattern)}: ${everything()}`)),
            TIMEOUT_MS,
          );
          const check = (): void => {
            const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
            if (match === null) return;
            clearTimeout(timer);
            checks.delete(check);
            resolve(match);
          };
          checks.add(check);
          check();
          child.once('close', () => fail(new Error(`ended: ${everything()}`)));
          child.once('error', fail);
        }),
    };
  }

  /** Runs a quick command to its end. @throws if it fails. */
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

  /** Runs a slow command, for example one that generates a key, without blocking concurrent scenarios. */
  async runLong(command: readonly string[]): Promise<void> {
    const [file = '', ...args] = command;
    await promisify(execFile)(file, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
  }

  /** Starts a pong with its own identity; `prefix` as in `['ip', 'netns', 'exec', 'lab1']`. @returns its port. */
  async pong(args: readonly string[] = [], prefix: readonly string[] = []): Promise<number> {
    const [, port] = await this.startPong(args, prefix).printed(/"port":(\d+)/);
    return Number(port);
  }

  /** Starts a pong, which will print its port as JSON. */
  startPong(args: readonly string[] = [], prefix: readonly string[] = []): Component {
    const env = { XDG_CONFIG_HOME: this.directory };
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const command = [...prefix, process.execPath, binary('pong'), ...port, '--json', ...args];
    return this.start(command, env);
  }

  /**
   * Returns a port that is free, for components that cannot choose one themselves. It is below the ports that the system
   * gives to outgoing connections: one of those, of another test, could take it before the component listens.
   */
  async freePort(): Promise<number> {
    for (;;) {
      const port = randomInt(LAB_PORT_MIN, EPHEMERAL_PORT_MIN);
      const server = createServer().listen(port, '127.0.0.1');
      const isFree = await once(server, 'listening').then(
        () => true,
        // `once` also rejects on an error event: the port is taken.
        () => false,
      );
      if (!isFree) continue;
      server.close();
      await once(server, 'close');
      return port;
    }
  }

  /** Waits until a loopback port accepts connections. */
  async accepts(port: number): Promise<void> {
    const until = Date.now() + TIMEOUT_MS;
    while (Date.now() < until) {
      const socket = connect(port, '127.0.0.1');
      const [event] = await Promise.race([
        // `once` also rejects on an error event.
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

/** Creates the identities of ping and pong once for all scenarios: generating a key takes up to 0.7 s. */
async function makeIdentities(): Promise<Record<string, string>> {
  const pem = async (commonName: string): Promise<string> => {
    const { secureContextOptions: pair } = await createIdentity({ commonName });
    if (!('cert' in pair)) throw new Error('not in PEM format');
    return `${pair.key.trimEnd()}\n${pair.cert.trimEnd()}\n`;
  };
  return { 'tentacle-ping': await pem('tentacle-ping'), 'tentacle-pong': await pem('tentacle-pong') };
}
