import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a program printed on stdout, and how long it lived: from its start to its end. */
export interface Ran {
  readonly stdout: string;
  readonly wallUs: number;
}

/** A program that goes on until it is stopped. */
export interface Running {
  readonly pid: number;
  /** What matched in what it printed: the sign that it is ready. */
  readonly ready: RegExpExecArray;
  stop(): Promise<void>;
}

/** A program of this folder, as built: the words that start it. */
export function own(program: string): string[] {
  return [process.execPath, fileURLToPath(new URL(program, import.meta.url))];
}

/** Often enough to see a process shortly before its end. */
const LOOK_EVERY_MS = 50;

/**
 * Run a program to its end.
 * @param look is called with its process id now and then while it lives.
 * @throws Error with what it said when it ends with another status than 0.
 */
export async function run(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  look?: (pid: number) => void,
): Promise<Ran> {
  const startedMs = performance.now();
  const { child, said } = start(command, env);
  const looking = look && setInterval(() => look(child.pid ?? 0), LOOK_EVERY_MS);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(looking);
  const wallUs = Math.round((performance.now() - startedMs) * 1000);
  if (status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${status ?? 'a signal'}: ${said.stdout}${said.stderr}`);
  }
  return { stdout: said.stdout, wallUs };
}

/** Start a program and wait until it says that it is ready. */
export async function serve(command: readonly string[], env: NodeJS.ProcessEnv, sign: RegExp): Promise<Running> {
  const { child, said } = start(command, env);
  const closed = once(child, 'close');
  const ready = await new Promise<RegExpExecArray>((resolve, reject) => {
    const look = (): void => {
      const match = sign.exec(said.stdout) ?? sign.exec(said.stderr);
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.on('close', () => reject(new Error(`${command.join(' ')} ended: ${said.stdout}${said.stderr}`)));
  });
  return {
    pid: child.pid ?? 0,
    ready,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function start(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; said: { stdout: string; stderr: string } } {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said.stderr += text));
  return { child, said };
}
