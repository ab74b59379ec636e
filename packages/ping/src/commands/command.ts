import type { AskHidden, Asked, CommandLine, Surroundings } from 'tentacle-protocol';

/** What a command writes to and lives in. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether somebody sees it as it is written, and a line of it may be drawn anew. */
  readonly stderrIsTerminal: boolean;
  /** What is piped in. */
  readonly stdin: AsyncIterable<Buffer>;
  readonly surroundings: Surroundings;
  /** Asks a person for a password; absent where there is no terminal. */
  readonly askHidden?: AskHidden | undefined;
  /** Aborted when the command is to end and report. */
  readonly stop: AbortSignal;
}

/** One command: its options, which its help shows, and what it does. */
export interface Command {
  readonly face: (version: string) => CommandLine;
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** @returns the exit status, as the command's help documents it. */
export type Run = (asked: Asked & { kind: 'run' }, version: string, io: Io) => Promise<number>;
