import type { SeenName, Step } from 'tentacle-protocol';

/** What `explain --json` prints. Plain JSON; made into docs/explanation.schema.json. */
export interface Explanation {
  readonly schema: 'tentacle-ping/explanation/1';
  /** The known messages that were found, the most frequent first. */
  readonly matches: readonly Match[];
  /** How many messages look like errors or warnings and are in no table; of a pasted text, whatever it looks like. */
  readonly unknownLines: number;
  /** The first few of them. */
  readonly unknownExamples: readonly Quote[];
  /** Lines read. */
  readonly lines: number;
  /** Lines of which only the beginning was looked at, because they are very long. */
  readonly cutLines: number;
  /** The reading was stopped before the end (Ctrl+C). */
  readonly stopped: boolean;
}

/** A piece of the text: control characters taken out, secrets masked, cut. */
export interface Quote {
  readonly line: number;
  readonly text: string;
}

/** One known message, with all its occurrences. */
export interface Match extends Quote {
  /** Of a row of docs/log-lines.md; where an id was asked for, maybe of docs/failures.md. */
  readonly id: string;
  /** Line of the first occurrence; 0 where an id was asked for and nothing read. */
  readonly line: number;
  /** That line; where an id was asked for, the row's own words. */
  readonly text: string;
  /** Messages, not lines: an exception and its inner ones are one message. */
  readonly count: number;
  /** As the first and the last of them that have a time show it. */
  readonly firstAt?: string;
  readonly lastAt?: string;
  readonly means: string;
  readonly causes: readonly MatchCause[];
  /** In order; the first one tells the causes apart. */
  readonly next: readonly Step[];
  /** Who can tell which cause it is. */
  readonly tells?: 'network' | 'host' | 'both';
  /** What varies in the message, the first few different values of each. */
  readonly seen: Partial<Record<SeenName, readonly string[]>>;
}

export interface MatchCause {
  readonly text: string;
  /** A row of docs/failures.md. */
  readonly failure?: string;
}
