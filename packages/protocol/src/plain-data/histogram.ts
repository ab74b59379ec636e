import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  JsHistogram,
} from 'hdr-histogram-js';
import { FEW_MAX, percentileOf } from './few-durations.js';

/** The distribution of durations in figures. Integer microseconds; percentiles are within a thousandth of the value. */
export interface DurationFigures {
  readonly count: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** The standard deviation of a sample; absent for fewer than two durations, and in reports of earlier versions. */
  readonly stddevUs?: number;
  /** HdrHistogram in its standard compressed form (V2, base64): microseconds, 3 significant digits. */
  readonly histogram: string;
}

/** A day: stages and idle connections end after far less, and above its range HdrHistogram throws. */
const HIGHEST_US = 24 * 3_600_000_000;

/** Counts durations in constant memory. Minimum, maximum, mean and standard deviation are exact, percentiles bucketed. */
export class DurationHistogram {
  /** The durations themselves, as long as they are few; then they are in the histogram. */
  #fewUs: number[] = [];
  #histogram: Histogram | undefined;
  #count = 0;
  #sumUs = 0;
  /** By Welford's method, which loses no digits where the deviations are small beside the mean. */
  #runningMeanUs = 0;
  #squaredDeviations = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;
  /** Encodes the histogram for figures that were taken and whose histogram was not read. */
  #encode: (() => string) | undefined;

  /** A duration out of range counts as the nearest in range. */
  add(durationUs: number): void {
    this.#encode?.();
    const us = Math.min(Math.max(durationUs, 0), HIGHEST_US);
    this.#record(us);
    this.#count++;
    this.#sumUs += us;
    const deviation = us - this.#runningMeanUs;
    this.#runningMeanUs += deviation / this.#count;
    this.#squaredDeviations += deviation * (us - this.#runningMeanUs);
    this.#minUs = Math.min(this.#minUs, us);
    this.#maxUs = Math.max(this.#maxUs, us);
  }

  get count(): number {
    return this.#count;
  }

  /** A percentile, from 0 to 100; 0 where there are no durations. */
  percentileUs(percentile: number): number {
    if (this.#histogram === undefined) return percentileOf(this.#sortedUs, percentile);
    // A bucket's edge may lie above the maximum.
    return Math.min(this.#histogram.getValueAtPercentile(percentile), this.#maxUs);
  }

  get maxUs(): number {
    return this.#maxUs;
  }

  /** The figures of all durations; zeros where there are none. */
  get figures(): DurationFigures {
    const isEmpty = this.#count === 0;
    let encoded: string | undefined;
    // When it is read, or before it changes: to encode it takes as long as all else of a report, and text does not show it.
    const encode = (): string => {
      this.#encode = undefined;
      return (encoded ??= encodeIntoCompressedBase64(this.#histogram ?? this.#histogramOfFew()));
    };
    this.#encode?.();
    this.#encode = encode;
    return {
      count: this.#count,
      minUs: isEmpty ? 0 : this.#minUs,
      meanUs: isEmpty ? 0 : Math.round(this.#sumUs / this.#count),
      p50Us: this.percentileUs(50),
      p90Us: this.percentileUs(90),
      p99Us: this.percentileUs(99),
      maxUs: this.#maxUs,
      ...(this.#count < 2 ? {} : { stddevUs: Math.round(Math.sqrt(this.#squaredDeviations / (this.#count - 1))) }),
      get histogram() {
        return encode();
      },
    };
  }

  #record(us: number): void {
    if (this.#histogram === undefined && this.#count < FEW_MAX) {
      this.#fewUs.push(us);
      return;
    }
    if (this.#histogram === undefined) {
      this.#histogram = this.#histogramOfFew();
      this.#fewUs = [];
    }
    this.#histogram.recordValue(us);
  }

  #histogramOfFew(): Histogram {
    const histogram = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: HIGHEST_US,
      numberOfSignificantValueDigits: 3,
    });
    for (const us of this.#fewUs) histogram.recordValue(us);
    return histogram;
  }

  get #sortedUs(): number[] {
    return this.#fewUs.sort((a, b) => a - b);
  }
}

/** How often a value occurs: the highest that its bucket holds. */
export interface BucketCount {
  readonly us: number;
  readonly count: number;
}

/**
 * The buckets with a count of a histogram that {@link DurationHistogram} encoded, ascending. Only for histograms of this
 * process: the library trusts the lengths in what it decodes.
 */
export function bucketsOf(histogram: string): BucketCount[] {
  const values = decodeFromCompressedBase64(histogram);
  // It always is one unless WebAssembly is switched on.
  if (!(values instanceof JsHistogram)) return [];
  const buckets: BucketCount[] = [];
  const iterator = values.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    buckets.push({ us: valueIteratedTo, count: countAtValueIteratedTo });
  }
  return buckets;
}
