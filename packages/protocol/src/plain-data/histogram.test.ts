import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { FEW_MAX } from './few-durations.js';
import { bucketsOf, DurationHistogram } from './histogram.js';

const durations = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 300 });

function statsOf(values: readonly number[]): DurationHistogram {
  const stats = new DurationHistogram();
  for (const value of values) stats.add(value);
  return stats;
}

/** What the compressed form holds. */
function plainOf(histogram: string): Buffer {
  return inflateSync(Buffer.from(histogram, 'base64').subarray(8));
}

/** The nearest-rank percentile, computed the naive way. */
function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] ?? 0;
}

describe('DurationHistogram', () => {
  it('agrees with the naive computation', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const report = statsOf(values).figures;
        expect(report.count).toBe(values.length);
        expect(report.minUs).toBe(Math.min(...values));
        expect(report.maxUs).toBe(Math.max(...values));
        expect(report.meanUs).toBe(Math.round(values.reduce((a, b) => a + b, 0) / values.length));
        for (const [p, got] of [
          [50, report.p50Us],
          [90, report.p90Us],
          [99, report.p99Us],
        ] as const) {
          const naive = percentile(values, p);
          // Three significant digits: within a thousandth of the value, one microsecond at the least.
          expect(Math.abs(got - naive)).toBeLessThanOrEqual(Math.max(1, naive / 1000));
        }
      }),
    );
  });

  it('has the exact standard deviation of a sample, also far from zero', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2 }), fc.constantFrom(0, 3_600_000_000), (deviations, offset) => {
        const histogram = new DurationHistogram();
        for (const us of deviations) histogram.add(offset + us);
        const mean = deviations.reduce((sum, us) => sum + us, 0) / deviations.length;
        const squares = deviations.reduce((sum, us) => sum + (us - mean) ** 2, 0);
        const expected = Math.sqrt(squares / (deviations.length - 1));
        expect(Math.abs((histogram.figures.stddevUs ?? -1) - expected)).toBeLessThanOrEqual(0.501);
      }),
    );
  });

  it('has figures of the moment at which they were taken, whenever the histogram is read', () => {
    const histogram = statsOf([5, 7]);
    const first = histogram.figures;
    const second = histogram.figures;
    histogram.add(900);
    const counts = [first, second, histogram.figures].map((figures) => bucketsOf(figures.histogram).length);
    expect(counts).toEqual([2, 2, 3]);
    expect(JSON.parse(JSON.stringify(first))).toEqual({ ...second });
  });

  it('has no standard deviation of one duration', () => {
    const histogram = new DurationHistogram();
    histogram.add(5);
    expect(histogram.figures.stddevUs).toBeUndefined();
  });

  it('exports a histogram that any HdrHistogram reads', () => {
    const report = statsOf([1, 10, 100, 1000]).figures;
    const read = decodeFromCompressedBase64(report.histogram);
    expect(read.totalCount).toBe(4);
    expect(read.getValueAtPercentile(50)).toBe(10);
  });

  it('exports histograms that add up: those of two runs equal that of both together', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const [sum, more] = [some, others].map((values) =>
          decodeFromCompressedBase64(statsOf(values).figures.histogram),
        );
        if (sum === undefined || more === undefined) throw new Error('no histogram');
        sum.add(more);
        expect(sum.totalCount).toBe(some.length + others.length);
        for (const p of [50, 90, 99]) {
          const naive = percentile([...some, ...others], p);
          expect(Math.abs(sum.getValueAtPercentile(p) - naive)).toBeLessThanOrEqual(Math.max(1, naive / 1000));
        }
      }),
    );
  });

  it('has the figures and buckets of HdrHistogram itself, for few durations as for many', () => {
    const few = fc.array(fc.oneof(fc.nat(5000), fc.nat(24 * 3_600_000_000)), { maxLength: 2 * FEW_MAX });
    fc.assert(
      fc.property(few, (values) => {
        const reference = build({ highestTrackableValue: 24 * 3_600_000_000, autoResize: false });
        for (const value of values) reference.recordValue(value);
        const { histogram, p50Us, p90Us, p99Us, maxUs } = statsOf(values).figures;
        const of = (p: number): number => Math.min(reference.getValueAtPercentile(p), maxUs);
        expect([p50Us, p90Us, p99Us]).toEqual([of(50), of(90), of(99)]);
        expect(plainOf(histogram)).toEqual(plainOf(encodeIntoCompressedBase64(reference)));
      }),
    );
  });

  it('has zeros for figures where there are no durations', () => {
    expect(new DurationHistogram().figures).toMatchObject({ count: 0, minUs: 0, meanUs: 0, p99Us: 0, maxUs: 0 });
  });

  it('counts values out of range as the nearest in range, and never throws', () => {
    const report = statsOf([-5, 2 ** 50]).figures;
    expect(report).toMatchObject({ count: 2, minUs: 0, maxUs: 24 * 3_600_000_000 });
  });

  it('returns the buckets of what it encoded: every duration, within a thousandth', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const buckets = bucketsOf(statsOf(values).figures.histogram);
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        const max = Math.max(...values);
        expect(Math.abs((buckets.at(-1)?.us ?? 0) - max)).toBeLessThanOrEqual(Math.max(1, max / 1000));
      }),
    );
  });
});
