import type { FailureId } from '../catalogue.js';
import type { Step } from '../step.js';
import type { CapturedFields } from './captured-fields.js';
import type { LogOrigin } from './log-origin.js';

/**
 * Text that a line must contain: a literal, in which `...` matches any text, also none. Case and the kind of whitespace
 * do not matter. Where a literal is not enough: a regular expression, and the literals of which a line must contain one
 * before the expression is tried. It runs on lower-case text and has to take linear time on untrusted input.
 */
export type Pattern = string | { readonly oneOf: readonly string[]; readonly regex: RegExp };

/** A possible cause of a message. */
export interface Cause {
  readonly text: string;
  /** The failure that ping and diagnose report for it, where they can observe it. */
  readonly failure?: FailureId;
}

/** The evidence that identifies the cause: the network alone, a check on the host, or both ends together. */
export type DecidedBy = 'network' | 'host' | 'both';

/** What the texts and steps of a row depend on: the values captured from the message, and the end that wrote it. */
export type MessageFacts = CapturedFields & {
  readonly origin?: LogOrigin;
  /** In a log: the first distinct values of `detail` in all occurrences of the message. */
  readonly details?: readonly string[];
};

/** A text or list that is the same for every message, or depends on its values and on the end that wrote it. */
type Dependent<T> = T | ((seen: MessageFacts) => T);

/** A known message of the real products: how to recognize it, its causes, and the steps to take. */
export interface KnownMessage<Id extends string = string> {
  /** `area.name`; no failure has the same id. API: never renamed. */
  readonly id: Id;
  readonly patterns: readonly Pattern[];
  /** Their named groups capture the variable parts of the line; see `CapturedFields`. */
  readonly captures?: readonly RegExp[];
  /** The message, with `...` for its variable parts; in brackets a signature that people report without a message. */
  readonly text: string;
  readonly means: Dependent<string>;
  readonly causes: Dependent<readonly Cause[]>;
  /** The steps to take, in order; the first one separates the causes. */
  readonly next: (seen: MessageFacts) => readonly Step[];
  readonly decidedBy: DecidedBy;
  /** Usual in the log of an end that works: listed after the other messages, however often it occurs. */
  readonly isUsual?: boolean;
  /** A line as a log contains it. */
  readonly example: string;
}

/** Returns the row; its id keeps its literal type, from which the type of all ids is derived. */
export function defineMessage<const Id extends string>(line: KnownMessage<Id>): KnownMessage<Id> {
  return line;
}

/** What a row says about one message. */
export interface MessageText {
  readonly means: string;
  readonly causes: readonly Cause[];
  readonly next: readonly Step[];
}
