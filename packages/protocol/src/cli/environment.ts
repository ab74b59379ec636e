import type { Screen } from '../text/screen.js';
import type { ErrorTextOptions } from './error-output.js';
import type { StatusLine } from './status-line.js';

/** Asks a person for a secret without echoing it; undefined when they cancel. */
export type AskHidden = (question: string) => Promise<string | undefined>;

/** A log on stderr. Its lines never wait for a reader: those that find no room are dropped. */
export interface LogOutput {
  /** @param options whether the line is an error of the program itself, which is dropped last; whether it is text for people. */
  readonly write: (line: string, options?: ErrorTextOptions & { readonly isStyled?: boolean }) => void;
  readonly droppedLines: () => number;
}

/** Columns of text for a terminal that does not say how many it has: those of remote consoles. */
export const UNKNOWN_WIDTH = 80;

/** What a program needs of the process that runs it. Only main.ts has the process itself. */
export interface Environment extends Screen {
  /**
   * Writes results. Here and below, characters that could act on a terminal are replaced, and styles become colors where
   * the output shows them; line ends are kept.
   */
  readonly stdout: (text: string) => void;
  /** Writes progress, warnings and errors. */
  readonly stderr: (text: string) => void;
  /** A line that is rewritten on a terminal on stderr; absent elsewhere. */
  readonly status?: StatusLine | undefined;
  /**
   * Uses stderr as a log from now on.
   * @param describeDropped returns the line that reports how many lines were dropped.
   */
  readonly openLog: (describeDropped: (lines: number) => string) => LogOutput;
  readonly stdin: AsyncIterable<Buffer> & { readonly isTTY?: boolean };
  /** Whether a person reads stderr as it is written. */
  readonly stderrIsTerminal: boolean;
  /** Absent without a terminal. */
  readonly askHidden?: AskHidden | undefined;
  readonly platform: NodeJS.Platform;
  /** The runtime, as `--version` shows it: `Node v22.11.0, OpenSSL 3.0.15, linux x64`. */
  readonly runtime: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The account's home directory; empty when it has none. */
  readonly home: string;
  /** Aborted when the program is to stop in order and report. */
  readonly stop: AbortSignal;
  /** Has SIGHUP call this in place of a stop, as services do that read their files again. Absent: SIGHUP stops. */
  readonly onHangup?: (reload: () => void) => void;
}

/** The part of the environment that decides where an account keeps its settings. */
export type AccountEnvironment = Pick<Environment, 'platform' | 'env' | 'home'>;
