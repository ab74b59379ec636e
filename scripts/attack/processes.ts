import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A process that was started here, with what it printed. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  /** Lines that it wrote to stderr and that were read. */
  stderrLines(): number;
  /** Resolves with the first match in its stdout, or in the beginning of its stderr; rejects when the process ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends SIGTERM and waits for the end. @returns its exit status; undefined when a signal ended it. */
  stop(): Promise<number | undefined>;
  readonly ended: Promise<number | null>;
}

/** How long a process may take to end after SIGTERM, before SIGKILL: ten thousand records on a busy machine take a while. */
const STOP_MS = 60_000;

/** Enough for the start text of a program. */
const STDERR_HEAD_CHARS = 4096;

/**
 * The priority of a process whose computing is another machine's in reality: it gets the processor when pong and the healthy
 * ping do not want it. With the same priority, its share of two processors is what a healthy ping beside it measures.
 */
const OTHER_MACHINE_PRIORITY = 10;

/**
 * Starts a Node program.
 * @param leavesLogUnread nothing reads its stderr. @param isOtherMachine it has {@link OTHER_MACHINE_PRIORITY}.
 */
export function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { leavesLogUnread = false, ipc = false, isOtherMachine = false } = {},
): Started {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  if (isOtherMachine && child.pid !== undefined) setPriority(child.pid, OTHER_MACHINE_PRIORITY);
  const ended = once(child, 'exit').then(([status]) => status as number | null);
  let stdout = '';
  let stderrLines = 0;
  let stderrHead = '';
  const checks = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const check of checks) check();
  });
  if (!leavesLogUnread) {
    child.stderr?.on('data', (bytes: Buffer) => {
      for (const byte of bytes) if (byte === 0x0a) stderrLines++;
      if (stderrHead.length >= STDERR_HEAD_CHARS) return;
      stderrHead += bytes.toString();
      for (const check of checks) check();
    });
  }
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderrLines: () => stderrLines,
    ended,
    printed: async (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderrHead);
          if (match === null) return;
          checks.delete(check);
          resolve(match);
        };
        checks.add(check);
        check();
        void ended.then((status) => reject(new Error(`${args.join(' ')} ended with ${status ?? 'a signal'}`)));
      }),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const status = await ended;
      clearTimeout(timer);
      if (child.stdout?.readableEnded === false) await once(child.stdout, 'end');
      return status ?? undefined;
    },
  };
}

/** Returns the arguments that start the built tentacle-ping or tentacle-pong. */
export function binary(name: 'ping' | 'pong', ...args: string[]): string[] {
  const script = new URL(`../../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url);
  return [fileURLToPath(script), ...args];
}

/** Returns the arguments that start a built program of this folder. */
export function attackProgram(file: string, ...args: string[]): string[] {
  return [fileURLToPath(new URL(file, import.meta.url)), ...args];
}

/** Returns the most memory that a process had at one time; undefined where the system does not tell, or it has ended. */
export function peakRssBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
