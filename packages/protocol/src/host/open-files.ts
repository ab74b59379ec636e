import { readdirSync, readFileSync } from 'node:fs';
import { type CacheEnvironment, useCompileCache } from './compile-cache.js';

// Loaded before everything else, when files may be few: it imports nothing more of its own.

/** How many files and sockets this process may open, and has open. */
export interface OpenFiles {
  readonly max: number;
  readonly open: number;
}

/** What a program opens at one time while it starts: 96 were enough and 64 were not (Node 20, both programs). */
const START_MIN = 128;

/**
 * Left free beside connections: record file, counters of the system, name resolution, certificates, and modules that are
 * loaded when they are first used.
 */
const RESERVE = 64;

/** Enough for 4,000 connections, and allowed to any account on common systems. */
const ADVISED_MIN = 4096;

/** Codes of a process or a system that has no free handle. */
const EXHAUSTED = ['EMFILE', 'ENFILE'];

/** Reads both numbers; undefined where the system does not show them, as on Windows, which has no such limit. */
export function readOpenFiles(): OpenFiles | undefined {
  const max = readOpenFilesMax();
  if (max === undefined) return undefined;
  try {
    // One of them is the folder itself.
    return { max, open: readdirSync('/proc/self/fd').length - 1 };
  } catch {
    return { max, open: max };
  }
}

/** Reads how many files and sockets this process may open. Node raises that to what the account may set at most. */
export function readOpenFilesMax(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/** For how many connections a limit leaves room, at least one. */
export function roomForConnections({ max, open }: OpenFiles): number {
  return Math.max(1, max - open - RESERVE);
}

/** How to raise the limit, so that there is room for this many connections, as the end of a sentence. */
export function howToRaise(connections = 0): string {
  const needed = Math.max(ADVISED_MIN, 2 ** Math.ceil(Math.log2(connections + 2 * RESERVE)));
  return `raise it with ulimit -n ${needed}, or for a service with LimitNOFILE=${needed}`;
}

/** Whether an error says that no handle is free. */
export function isOutOfHandles(error: unknown): boolean {
  return EXHAUSTED.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** One line for a program that cannot work, because it cannot open its files. */
export function describeTooFewFiles(name: string): string {
  const max = readOpenFilesMax();
  const problem =
    max === undefined
      ? 'too many files are open'
      : max < START_MIN
        ? `the limit of ${max} open files is too low: ${START_MIN} are needed`
        : `all ${max} files that this process, or the system, may open are open`;
  return `${name}: ${problem}; ${howToRaise()}\n`;
}

/** The part of a process that the start of a program needs. */
export interface StartingProcess extends CacheEnvironment {
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
}

/** Loads and runs a program, unless this process may open too few files for that: then one line says so. */
export async function startProgram(
  name: string,
  load: () => Promise<unknown>,
  process: StartingProcess,
): Promise<void> {
  const max = readOpenFilesMax();
  if (max !== undefined && max < START_MIN) {
    fail(name, process);
    return;
  }
  useCompileCache(name, process);
  try {
    await load();
  } catch (error) {
    if (!isOutOfHandles(error)) throw error;
    fail(name, process);
  }
}

function fail(name: string, process: StartingProcess): void {
  process.stderr.write(describeTooFewFiles(name));
  process.exitCode = 1;
}
