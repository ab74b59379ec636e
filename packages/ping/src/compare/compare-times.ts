import type { Aligned } from './align.js';
import type { QuantileComparison, StageComparison, TimeMark } from './comparison.js';
import { overlay } from './steps.js';
import type { Passed, Side } from './side.js';
import {
  autocorrelationFactor,
  differenceInterval,
  type Interval,
  probabilityOfSuperiority,
  quantile,
  quantileInterval,
  type QuantileInterval,
  type Sample,
  samplesForInterval,
  samplesNeeded,
} from './statistics/estimates.js';

/**
 * The smallest difference that counts: half a millisecond, which over the hundred calls of a deployment makes a
 * twentieth of a second, and a tenth of the time, by which a path differs from one hour to the next.
 */
export const LEAST_US = 500;
export const LEAST_SHARE = 0.1;

/** Quantiles, and the samples from which on each has an interval with two ends, also where two values count as one. */
const QUANTILES = [
  [0.5, 0],
  [0.9, 200],
  [0.99, 2000],
] as const;

/** Which quantiles of a stage are compared: this depends on the counts alone, or the choice itself would be a test. */
export function quantilesOf({ a, b }: Aligned): number[] {
  return QUANTILES.filter(([, least]) => Math.min(a.count, b.count) >= least).map(([p]) => p);
}

/**
 * One stage's times on both sides.
 * @param error the chance of a false alarm that each of its quantiles may have.
 */
export function compareTimes(aligned: Aligned, a: Side, b: Side, error: number): StageComparison {
  return {
    stage: aligned.stage,
    referenceCount: aligned.a.count,
    candidateCount: aligned.b.count,
    longerShare: probabilityOfSuperiority(aligned.a, aligned.b),
    quantiles: quantilesOf(aligned).map((p) => compareQuantile(aligned, p, [a.course, b.course], error)),
    steps: overlay(aligned.a, aligned.b),
  };
}

function compareQuantile(
  { stage, a, b }: Aligned,
  p: number,
  [courseA, courseB]: readonly [readonly Passed[], readonly Passed[]],
  error: number,
): QuantileComparison {
  const [inflationA, inflationB] = [inflationOf(courseA, stage, a, p), inflationOf(courseB, stage, b, p)];
  const ofA = quantileInterval(a, p, error, inflationA);
  const ofB = quantileInterval(b, p, error, inflationB);
  const { value, low, high } = differenceInterval(intervalOf(ofA), intervalOf(ofB));
  const leastUs = Math.max(LEAST_US, Math.round(ofA.valueUs * LEAST_SHARE));
  const mark = markOf(low, high, leastUs);
  return {
    quantile: p,
    referenceUs: ofA.valueUs,
    candidateUs: ofB.valueUs,
    differenceUs: value,
    ...(Number.isFinite(low) ? { lowUs: Math.round(low) } : {}),
    ...(Number.isFinite(high) ? { highUs: Math.round(high) } : {}),
    leastUs,
    mark,
    ...(mark === 'unknown'
      ? { samplesNeeded: needed({ a, b, p, ofA, ofB, leastUs, error, worst: Math.max(inflationA, inflationB) }) }
      : {}),
    referenceInflation: rounded(inflationA),
    candidateInflation: rounded(inflationB),
  };
}

/** Beyond the least difference with the whole interval, within it with the whole interval, or neither. */
function markOf(low: number, high: number, least: number): TimeMark {
  if (low > least) return 'slower';
  if (high < -least) return 'faster';
  return low >= -least && high <= least ? 'same' : 'unknown';
}

/** How much the attempts beyond the quantile cling together. */
function inflationOf(course: readonly Passed[], stage: string, sample: Sample, p: number): number {
  const limit = quantile(sample, p);
  return autocorrelationFactor(
    course.flatMap(({ stagesUs }) => stagesUs[stage] ?? []).map((us) => (us > limit ? 1 : 0)),
  );
}

interface Wanted {
  readonly a: Sample;
  readonly b: Sample;
  readonly p: number;
  readonly ofA: QuantileInterval;
  readonly ofB: QuantileInterval;
  readonly leastUs: number;
  readonly error: number;
  readonly worst: number;
}

function needed({ a, b, p, ofA, ofB, leastUs, error, worst }: Wanted): number {
  const half = ({ lowUs, highUs }: QuantileInterval): number => (highUs - lowUs) / 2;
  const byScatter = samplesNeeded(
    { count: a.count, half: half(ofA) },
    { count: b.count, half: half(ofB) },
    leastUs,
    error,
  );
  // Where a side sets no limit, nothing is known of its scatter yet, but that so few can set none.
  return Number.isFinite(byScatter)
    ? Math.max(byScatter, Math.min(a.count, b.count) + 1)
    : Math.ceil(2 * worst * samplesForInterval(p, error));
}

function intervalOf({ valueUs, lowUs, highUs }: QuantileInterval): Interval {
  return { value: valueUs, low: lowUs, high: highUs };
}

function rounded(factor: number): number {
  return Math.round(factor * 10) / 10;
}
