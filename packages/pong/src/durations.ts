import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';

/** A distribution of durations: its figures, and all of it as a compressed HdrHistogram (base64). */
export interface Durations {
  readonly count: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly histogram: string;
}

/** A day. Connections last far less, except one that is used without a pause. */
const LONGEST_US = 24 * 3_600_000_000;

/** Counts durations in constant memory. */
export class DurationStats {
  readonly #histogram = build({
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
    // Most durations are under a second.
    autoResize: true,
  });

  add(durationUs: number): void {
    // A histogram counts no zero as a duration, and throws above its range.
    this.#histogram.recordValue(Math.min(Math.max(durationUs, 1), LONGEST_US));
  }

  get figures(): Durations {
    const { totalCount: count, minNonZeroValue, maxValue, mean } = this.#histogram;
    const percentile = (percent: number): number => Math.min(this.#histogram.getValueAtPercentile(percent), maxValue);
    return {
      count,
      minUs: count === 0 ? 0 : minNonZeroValue,
      meanUs: count === 0 ? 0 : Math.round(mean),
      p50Us: percentile(50),
      p90Us: percentile(90),
      p99Us: percentile(99),
      maxUs: maxValue,
      histogram: encodeIntoCompressedBase64(this.#histogram),
    };
  }
}
