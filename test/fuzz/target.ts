import type fc from 'fast-check';

/** A decoder, the inputs to start from, and the errors with which it may answer. */
export interface FuzzTarget {
  readonly name: string;
  /** Complete and partly damaged inputs. */
  readonly seeds: readonly Buffer[];
  /** Inputs that are well-formed on the outside, where changed bytes rarely are. */
  readonly variants?: fc.Arbitrary<Buffer>;
  /** Decodes the bytes; any value is right, also none. */
  readonly decode: (bytes: Buffer) => unknown;
  /** Whether the value is all that the first seed holds: a decoder that skips its input would answer anything. */
  readonly isWhole?: (value: unknown) => boolean;
  /** The names of the errors that say what is wrong with the input. Any other error is a defect. */
  readonly errors: readonly string[];
  /** A run takes this many times as long as that of a small decoder, so it gets as many times fewer. */
  readonly cost?: number;
}
