import type { OutcomeComparison, Pair, QuantileComparison } from './comparison.js';
import type { ParsedReport } from './parsed-report.js';

/** One compared quantile of a stage. */
export interface TimeFinding extends QuantileComparison {
  readonly stage: string;
}

/** The findings of comparing two reports. The verdict is based on them. */
export interface Findings {
  readonly a: ParsedReport;
  readonly b: ParsedReport;
  readonly pair: Omit<Pair, 'verdict'>;
  readonly about: 'pong-and-tentacle' | 'two-runs';
  /** Outcomes that one run has significantly more often. */
  readonly significantOutcomes: readonly OutcomeComparison[];
  /** Times that differ by more than the smallest relevant difference. */
  readonly significantTimes: readonly TimeFinding[];
  /** Times that differ by the usual delay of a Tentacle. */
  readonly expectedDifferences: readonly TimeFinding[];
  /** Times for which neither a difference nor equality is shown. */
  readonly inconclusiveTimes: readonly TimeFinding[];
  /** Failures that both runs have. */
  readonly sharedFailures: readonly OutcomeComparison[];
  /** Failures that one run has, too rarely to be significant. */
  readonly rareFailures: readonly OutcomeComparison[];
}
