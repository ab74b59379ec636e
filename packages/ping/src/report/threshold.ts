import type { Report } from './report.js';

/** A limit of a run, which decides its exit status and not its verdict. Plain data. */
export type Threshold =
  | { readonly name: 'max-loss'; readonly unit: 'percent'; readonly limit: number }
  | { readonly name: 'max-p50' | 'max-p99'; readonly unit: 'us'; readonly limit: number };

/** A threshold and what the run measured. */
export interface ThresholdResult {
  /** The option that set it. */
  readonly name: Threshold['name'];
  /** `percent` of the attempts that ended; `us`: microseconds of the whole attempt (`stages.total`). */
  readonly unit: Threshold['unit'];
  readonly limit: number;
  /** Absent where nothing was measured: then the threshold is not met. */
  readonly measured?: number;
  readonly isMet: boolean;
}

/** Compares what a run measured with its thresholds. A value that equals its limit meets it. */
export function compareWithThresholds(
  thresholds: readonly Threshold[],
  report: Pick<Report, 'attempts' | 'stages'>,
): readonly ThresholdResult[] {
  return thresholds.map((threshold) => {
    const measured = measuredFor(threshold, report);
    return measured === undefined
      ? { ...threshold, isMet: false }
      : { ...threshold, measured, isMet: measured <= threshold.limit };
  });
}

function measuredFor({ name }: Threshold, { attempts, stages }: Pick<Report, 'attempts' | 'stages'>) {
  switch (name) {
    case 'max-loss': {
      const ended = attempts.ok + attempts.failed;
      return ended === 0 ? undefined : (attempts.failed / ended) * 100;
    }
    case 'max-p50':
      return stages.total?.p50Us;
    case 'max-p99':
      return stages.total?.p99Us;
  }
}
