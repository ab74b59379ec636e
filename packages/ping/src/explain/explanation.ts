import type { CapturedFieldName, Step } from 'tentacle-protocol/diagnostics';

/** The output of `explain --json`: plain JSON, from which docs/explanation.schema.json is generated. */
export interface Explanation {
  readonly schema: 'tentacle-ping/explanation/1';
  /** The file that was read; absent for a message, an id and standard input. */
  readonly file?: string;
  /** The known messages that were found, the most frequent first. */
  readonly matches: readonly Match[];
  /** Number of messages that look like errors or warnings but are not known; in a pasted text, of all unknown messages. */
  readonly unknownLines: number;
  /** The first of the unknown messages. */
  readonly unknownExamples: readonly Quote[];
  /** Number of lines read. */
  readonly lines: number;
  /** Number of lines of which only the beginning was read, because they are very long. */
  readonly cutLines: number;
  /** Whether reading was stopped before the end (Ctrl+C). */
  readonly stopped: boolean;
}

/** A piece of the text, without control characters, with secrets masked, and shortened. */
export interface Quote {
  readonly line: number;
  readonly text: string;
}

/** One known message, with all its occurrences. */
export interface Match extends Quote {
  /** An id of docs/log-lines.md; if the input was an id, possibly one of docs/failures/. */
  readonly id: string;
  /** Line of the first occurrence; 0 if the input was an id. */
  readonly line: number;
  /** The text of that line; if the input was an id, the message or title that the id is for. */
  readonly text: string;
  /** Number of messages, not lines: an exception and its inner exceptions are one message. */
  readonly count: number;
  /** Time of the first and the last occurrence that has one, as the log writes it. */
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** The end that wrote the message, or a script that a step runs; if the text or the name of the log shows it. */
  readonly loggedBy?: 'tentacle' | 'server' | 'script';
  /** Whether the Tentacle of the message listens for the server or polls it, if the text shows it. */
  readonly tentacleMode?: 'listening' | 'polling';
  readonly means: string;
  readonly causes: readonly MatchCause[];
  /** The steps to take, in order; the first one separates the causes. */
  readonly next: readonly Step[];
  /** The evidence that identifies the cause: the network alone, a check on the host, or both ends together. */
  readonly tells?: 'network' | 'host' | 'both';
  /** Values of the variable parts of the message, the first few distinct values of each. */
  readonly seen: Partial<Record<CapturedFieldName, readonly string[]>>;
}

export interface MatchCause {
  readonly text: string;
  /** An id of docs/failures/. */
  readonly failure?: string;
}
