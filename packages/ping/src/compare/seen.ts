import type { OutcomeComparison, Pair, QuantileComparison } from './comparison.js';
import type { Side } from './side.js';

/** A quantile of a stage. */
export interface SeenTime extends QuantileComparison {
  readonly stage: string;
}

/** What the comparison of two files saw: the ground of its verdict. */
export interface Seen {
  readonly a: Side;
  readonly b: Side;
  readonly pair: Omit<Pair, 'verdict'>;
  readonly about: 'pong-and-tentacle' | 'two-runs';
  /** Outcomes that one side has more often than chance makes it. */
  readonly failing: readonly OutcomeComparison[];
  /** Times that differ by more than the least difference that counts. */
  readonly moved: readonly SeenTime[];
  /** Times that differ by what a Tentacle does of itself. */
  readonly habit: readonly SeenTime[];
  /** Times of which neither is shown. */
  readonly open: readonly SeenTime[];
  /** Failures that both sides have. */
  readonly shared: readonly OutcomeComparison[];
  /** Failures that one side has, too seldom to tell. */
  readonly single: readonly OutcomeComparison[];
}
