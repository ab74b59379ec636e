import { omitUndefined } from 'tentacle-protocol/cli';
import type { AlignedStage } from './align-stages.js';
import type { QuantileComparison, StageComparison, TimeMark } from './comparison.js';
import { overlayHistograms } from './histogram-overlay.js';
import type { AttemptOutcome, ParsedReport } from './parsed-report.js';
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
 * The smallest relevant difference: half a millisecond, which over the hundred calls of a deployment is a twentieth of a
 * second, and a tenth of the time, by which a path varies from one hour to the next.
 */
export const LEAST_US = 500;
export const LEAST_SHARE = 0.1;

/** Quantiles, and the sample size from which each has an interval with two limits, also if two values count as one. */
const QUANTILES = [
  [0.5, 0],
  [0.9, 200],
  [0.99, 2000],
] as const;

/** The quantiles of a stage to compare. The choice depends on the counts alone, or it would be a test itself. */
export function quantilesOf({ a, b }: AlignedStage): number[] {
  return QUANTILES.filter(([, least]) => Math.min(a.count, b.count) >= least).map(([p]) => p);
}

/**
 * Compares the times of one stage.
 * @param error the probability of a false alarm for each quantile.
 */
export function compareTimes(aligned: AlignedStage, a: ParsedReport, b: ParsedReport, error: number): StageComparison {
  return {
    stage: aligned.stage,
    referenceCount: aligned.a.count,
    candidateCount: aligned.b.count,
    longerShare: probabilityOfSuperiority(aligned.a, aligned.b),
    quantiles: quantilesOf(aligned).map((p) =>
      compareQuantile(aligned, p, [a.attemptSequence, b.attemptSequence], error),
    ),
    steps: overlayHistograms(aligned.a, aligned.b),
  };
}

function compareQuantile(
  { stage, a, b }: AlignedStage,
  p: number,
  [sequenceA, sequenceB]: readonly [readonly AttemptOutcome[], readonly AttemptOutcome[]],
  error: number,
): QuantileComparison {
  const [inflationA, inflationB] = [inflationOf(sequenceA, stage, a, p), inflationOf(sequenceB, stage, b, p)];
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
    ...omitUndefined({ lowUs: finite(low), highUs: finite(high) }),
    leastUs,
    mark,
    ...(mark === 'unknown'
      ? { samplesNeeded: needed({ a, b, p, ofA, ofB, leastUs, error, worst: Math.max(inflationA, inflationB) }) }
      : {}),
    referenceInflation: rounded(inflationA),
    candidateInflation: rounded(inflationB),
  };
}

/** Whether the whole interval is beyond the smallest relevant difference, the whole is within it, or neither. */
function markOf(low: number, high: number, least: number): TimeMark {
  if (low > least) return 'slower';
  if (high < -least) return 'faster';
  return low >= -least && high <= least ? 'same' : 'unknown';
}

/** The autocorrelation of the attempts above the quantile. */
function inflationOf(attemptSequence: readonly AttemptOutcome[], stage: string, sample: Sample, p: number): number {
  const limit = quantile(sample, p);
  return autocorrelationFactor(
    attemptSequence.flatMap(({ stagesUs }) => stagesUs[stage] ?? []).map((us) => (us > limit ? 1 : 0)),
  );
}

interface SampleSizeInput {
  readonly a: Sample;
  readonly b: Sample;
  readonly p: number;
  readonly ofA: QuantileInterval;
  readonly ofB: QuantileInterval;
  readonly leastUs: number;
  readonly error: number;
  readonly worst: number;
}

function needed({ a, b, p, ofA, ofB, leastUs, error, worst }: SampleSizeInput): number {
  const half = ({ lowUs, highUs }: QuantileInterval): number => (highUs - lowUs) / 2;
  const byScatter = samplesNeeded(
    { count: a.count, half: half(ofA) },
    { count: b.count, half: half(ofB) },
    leastUs,
    error,
  );
  // If a run sets no limit, its scatter is unknown; only the number of samples is known to be too low.
  return Number.isFinite(byScatter)
    ? Math.max(byScatter, Math.min(a.count, b.count) + 1)
    : Math.ceil(2 * worst * samplesForInterval(p, error));
}

function intervalOf({ valueUs, lowUs, highUs }: QuantileInterval): Interval {
  return { value: valueUs, low: lowUs, high: highUs };
}

/** A limit in whole microseconds; undefined where the samples set none. */
function finite(us: number): number | undefined {
  return Number.isFinite(us) ? Math.round(us) : undefined;
}

function rounded(factor: number): number {
  return Math.round(factor * 10) / 10;
}
