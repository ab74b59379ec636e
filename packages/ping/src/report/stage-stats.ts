import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** One stage's times. Integer microseconds; percentiles within a thousandth of the value. */
export interface StageReport {
  readonly count: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** HdrHistogram in its standard compressed form (V2, base64): microseconds, 3 significant digits. */
  readonly histogram: string;
}

/** An hour: no stage lasts longer, and above its range HdrHistogram throws. */
const HIGHEST_US = 3_600_000_000;

/** Counts times of one stage in constant memory. Least, greatest and mean are exact, percentiles bucketed. */
export class StageStats {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    // A second's times need 11 buckets of the hour's 22; most stages never see longer.
    autoResize: true,
  });
  #count = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;

  add(durationUs: number): void {
    const us = Math.min(Math.max(durationUs, 0), HIGHEST_US);
    this.#histogram.recordValue(us);
    this.#count++;
    this.#sumUs += us;
    this.#minUs = Math.min(this.#minUs, us);
    this.#maxUs = Math.max(this.#maxUs, us);
  }

  get count(): number {
    return this.#count;
  }

  /** The figures so far; there must be one at least. */
  report(): StageReport {
    // A bucket's edge may lie above the greatest value that was seen.
    const percentile = (p: number): number => Math.min(this.#histogram.getValueAtPercentile(p), this.#maxUs);
    return {
      count: this.#count,
      minUs: this.#minUs,
      meanUs: Math.round(this.#sumUs / this.#count),
      p50Us: percentile(50),
      p90Us: percentile(90),
      p99Us: percentile(99),
      maxUs: this.#maxUs,
      histogram: encodeIntoCompressedBase64(this.#histogram),
    };
  }
}
