import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program's stdout and its time from start to end. */
export interface Ran {
  readonly stdout: string;
  readonly wallUs: number;
}

/** A program that runs until it is stopped. */
export interface Running {
  readonly pid: number;
  /** The match in its output that shows that it is ready. */
  readonly ready: RegExpExecArray;
  stop(): Promise<void>;
}

/** Returns the command that starts a built program of this folder. */
export function benchProgram(program: string): string[] {
  return [process.execPath, fileURLToPath(new URL(program, import.meta.url))];
}

/** Often enough to sample a process shortly before its end. */
const SAMPLE_EVERY_MS = 50;

/**
 * Runs a program to its end.
 * @param sample is called with its process ID periodically while it runs.
 * @throws Error with its output if its exit status is not 0.
 */
export async function run(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  sample?: (pid: number) => void,
): Promise<Ran> {
  const startedMs = performance.now();
  const { child, output } = start(command, env);
  const sampling = sample && setInterval(() => sample(child.pid ?? 0), SAMPLE_EVERY_MS);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(sampling);
  const wallUs = Math.round((performance.now() - startedMs) * 1000);
  if (status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${status ?? 'a signal'}: ${output.stdout}${output.stderr}`);
  }
  return { stdout: output.stdout, wallUs };
}

/** Starts a program and waits until its output shows that it is ready. */
export async function serve(command: readonly string[], env: NodeJS.ProcessEnv, readyText: RegExp): Promise<Running> {
  const { child, output } = start(command, env);
  const closed = once(child, 'close');
  const ready = await new Promise<RegExpExecArray>((resolve, reject) => {
    const check = (): void => {
      const match = readyText.exec(output.stdout) ?? readyText.exec(output.stderr);
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', check);
    child.stderr?.on('data', check);
    child.on('close', () => reject(new Error(`${command.join(' ')} ended: ${output.stdout}${output.stderr}`)));
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
): { child: ChildProcess; output: { stdout: string; stderr: string } } {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
  return { child, output };
}
