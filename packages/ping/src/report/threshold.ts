import type { Threshold } from '../options/thresholds.js';

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

/** The part of a report that thresholds are compared with. */
interface Measured {
  readonly attempts: { readonly ok: number; readonly failed: number };
  readonly stages: { readonly total?: { readonly p50Us: number; readonly p99Us: number } };
}

/** Compares what a run measured with its thresholds. A value that equals its limit meets it. */
export function compareWithThresholds(thresholds: readonly Threshold[], report: Measured): readonly ThresholdResult[] {
  return thresholds.map((threshold) => {
    const measured = measuredFor(threshold, report);
    return measured === undefined
      ? { ...threshold, isMet: false }
      : { ...threshold, measured, isMet: measured <= threshold.limit };
  });
}

function measuredFor({ name }: Threshold, { attempts, stages }: Measured) {
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
