import type { FailureId } from '../catalogue.js';
import type { Step } from '../row.js';
import type { Seen } from './seen.js';

/**
 * What a line must hold: literal text, in which `...` stands for anything between (nothing too). Case and the kind of
 * blank do not matter. Where that is not enough: a regular expression, and the literals of which a line must have one
 * before it is tried. It is run on lower-case text, and has to take linear time on whatever a stranger wrote.
 */
export type Pattern = string | { readonly oneOf: readonly string[]; readonly regex: RegExp };

/** One thing that may be behind a message. */
export interface Cause {
  readonly text: string;
  /** What ping and diagnose call it, where they can see it. */
  readonly failure?: FailureId;
}

/** Who can tell which cause it is: the network alone, a look at the host, or both ends together. */
export type Tells = 'network' | 'host' | 'both';

/** One known message of the real products: how to recognise it, what turned out to be behind it, what to do. */
export interface LogLine<Id extends string = string> {
  /** `area.what`, where no failure has that id. API: never renamed. */
  readonly id: Id;
  readonly patterns: readonly Pattern[];
  /** Named groups take what varies out of the line; see `Seen`. */
  readonly captures?: readonly RegExp[];
  /** The message as it is known, `...` for what varies; in brackets what is no message but what people report. */
  readonly text: string;
  readonly means: string;
  readonly causes: readonly Cause[];
  /** What to do, in order; the first step is the one that tells the causes apart. */
  readonly next: (seen: Seen) => readonly Step[];
  readonly tells: Tells;
  /** A line as it stands in a log. */
  readonly example: string;
}

/** Keeps a row's id as a type of its own, from which the type of all ids is made. */
export function logLine<const Id extends string>(line: LogLine<Id>): LogLine<Id> {
  return line;
}
