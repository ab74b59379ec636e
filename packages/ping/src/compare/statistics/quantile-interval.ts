import { chanceOfAtMost } from './binomial.js';
import { quantile, type Sample } from './sample.js';
import { studentQuantile } from './student-quantile.js';

/** A quantile and what it may be where only a sample was seen. Microseconds. */
export interface QuantileInterval {
  readonly valueUs: number;
  /** 0 where the sample is too small to say more: no time is shorter. */
  readonly lowUs: number;
  /** Infinity where the sample is too small to say. */
  readonly highUs: number;
}

/**
 * The interval between two order statistics that holds the quantile `p` but for a chance of `error`, exact for
 * independent values of whatever distribution (H. A. David and H. N. Nagaraja, Order Statistics, 7.1): how many of n
 * values lie below a quantile is binomial. Heavy tails, several modes and ties cannot deceive it.
 * @param inflation how many values count as one, because each resembles those before it; at least 1.
 */
export function quantileInterval(sample: Sample, p: number, error: number, inflation = 1): QuantileInterval {
  const { valuesUs, upTo, count } = sample;
  const valueUs = quantile(sample, p);
  const worth = count / inflation;
  // So few values lie before this one, or behind it, that it would be strange, were it on that side of the quantile.
  const isBelow = (i: number): boolean => isStrange((upTo[i - 1] ?? 0) / inflation, worth, p, error);
  const isAbove = (i: number): boolean => isStrange((count - (upTo[i] ?? 0)) / inflation, worth, 1 - p, error);
  const middle = valuesUs.indexOf(valueUs);
  const last = valuesUs.length - 1;
  const reachUs =
    p === 0.5 && setsLimits(p, count, error) ? reachOfMedian(sample, worth, error) : Number.POSITIVE_INFINITY;
  return {
    valueUs,
    lowUs: isBelow(0)
      ? (valuesUs[innermost(0, middle, isBelow)] ?? 0)
      : Math.max(0, Math.min(valuesUs[0] ?? 0, valueUs - reachUs)),
    highUs: isAbove(last)
      ? (valuesUs[innermost(last, middle, isAbove)] ?? 0)
      : Math.max(valuesUs[last] ?? 0, valueUs + reachUs),
  };
}

function isStrange(few: number, of: number, p: number, error: number): boolean {
  return chanceOfAtMost(few, of, p) <= error / 2;
}

/** Whether so many values set limits to a quantile at all, were they independent. */
function setsLimits(p: number, count: number, error: number): boolean {
  return isStrange(0, count, Math.min(p, 1 - p), error);
}

/** Of a normal distribution these lie a standard deviation to either side of the median. */
const DEVIATION = [0.16, 0.84] as const;

/**
 * How far the median of a run that drifts may lie from where it seems to be: ranks set no limits to so few independent
 * values, their scatter does, by Student's t. Wide where there are two or three of them, and yet no doubt of a
 * difference a hundred times the scatter.
 */
function reachOfMedian(sample: Sample, worth: number, error: number): number {
  const scatterUs = (quantile(sample, DEVIATION[1]) - quantile(sample, DEVIATION[0])) / 2;
  // Half as many: a run as short as its own drift shows only a part of it. Simulated with memories of 10 and 33 attempts,
  // runs of 20 to 300: false alarms in 0.5 to 5 of 100, and in up to 16 without the half.
  const few = Math.max(2, worth / 2);
  return (studentQuantile(error, few - 1) * scatterUs) / Math.sqrt(few);
}

/** The index closest to the middle that still holds, from one that does. */
function innermost(outer: number, middle: number, holds: (i: number) => boolean): number {
  if (holds(middle)) return middle;
  let [good, bad] = [outer, middle];
  while (Math.abs(good - bad) > 1) {
    const half = Math.trunc((good + bad) / 2);
    if (holds(half)) good = half;
    else bad = half;
  }
  return good;
}
