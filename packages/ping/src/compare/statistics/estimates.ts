import { binomialCdf, normalQuantile, studentQuantile } from './distributions.js';

/** Times of one stage: distinct values in ascending order, and the cumulative count at each. Integer microseconds. */
export interface Sample {
  readonly valuesUs: readonly number[];
  readonly upTo: readonly number[];
  readonly count: number;
}

/** @param counts how often each value occurs, in any order; a value may occur several times. */
export function sampleOf(counts: Iterable<readonly [valueUs: number, count: number]>): Sample {
  const byValue = new Map<number, number>();
  for (const [value, count] of counts) if (count > 0) byValue.set(value, (byValue.get(value) ?? 0) + count);
  const valuesUs = [...byValue.keys()].sort((a, b) => a - b);
  let count = 0;
  const upTo = valuesUs.map((value) => (count += byValue.get(value) ?? 0));
  return { valuesUs, upTo, count };
}

/** The value at a rank from 1 to the count. */
export function valueAtRank({ valuesUs, upTo }: Sample, rank: number): number {
  let low = 0;
  let high = upTo.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) >= rank) high = middle;
    else low = middle + 1;
  }
  return valuesUs[low] ?? 0;
}

/** The nearest-rank quantile, as in reports. */
export function quantile(sample: Sample, p: number): number {
  return valueAtRank(sample, Math.max(1, Math.ceil(p * sample.count - 1e-9)));
}

/** A quantile of a sample and its confidence interval. Microseconds. */
export interface QuantileInterval {
  readonly valueUs: number;
  /** 0 where the sample is too small for a limit. */
  readonly lowUs: number;
  /** Infinity where the sample is too small for a limit. */
  readonly highUs: number;
}

/**
 * The interval between two order statistics that contains the quantile `p` except with probability `error`, exact for
 * independent values of any distribution (H. A. David and H. N. Nagaraja, Order Statistics, 7.1): the number of values
 * below a quantile is binomial. Heavy tails, several modes and ties do not affect it.
 * @param inflation how many values count as one because each resembles the previous ones; at least 1.
 */
export function quantileInterval(sample: Sample, p: number, error: number, inflation = 1): QuantileInterval {
  const { valuesUs, upTo, count } = sample;
  const valueUs = quantile(sample, p);
  const worth = count / inflation;
  // Whether so few values are below (or above) this one that it is unlikely to be on that side of the quantile.
  const isBelow = (i: number): boolean => isUnlikely((upTo[i - 1] ?? 0) / inflation, worth, p, error);
  const isAbove = (i: number): boolean => isUnlikely((count - (upTo[i] ?? 0)) / inflation, worth, 1 - p, error);
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

function isUnlikely(few: number, of: number, p: number, error: number): boolean {
  return binomialCdf(few, of, p) <= error / 2;
}

/** Whether this many values, if independent, set limits to a quantile at all. */
function setsLimits(p: number, count: number, error: number): boolean {
  return isUnlikely(0, count, Math.min(p, 1 - p), error);
}

/** In a normal distribution these are one standard deviation to either side of the median. */
const DEVIATION = [0.16, 0.84] as const;

/**
 * How far the median of a run that drifts may be from its estimate. Ranks set no limits for so few independent values;
 * their scatter does, by Student's t. The interval is wide for two or three values, and still excludes a difference of a
 * hundred times the scatter.
 */
function reachOfMedian(sample: Sample, worth: number, error: number): number {
  const scatterUs = (quantile(sample, DEVIATION[1]) - quantile(sample, DEVIATION[0])) / 2;
  // Half as many: a run as short as its own drift shows only a part of it. Simulated with correlation times of 10 and 33
  // attempts and runs of 20 to 300: false alarms in 0.5 to 5 of 100 runs, and in up to 16 without the half.
  const few = Math.max(2, worth / 2);
  return (studentQuantile(error, few - 1) * scatterUs) / Math.sqrt(few);
}

/** The index closest to the middle for which the condition still holds. */
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

/** An estimate and the interval around it. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval of a difference `b - a` from the intervals of its two sides: the distances to the sides' limits, squared
 * and added (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008). It preserves the skew of the sides' intervals. If
 * a side has no limit, the difference has none.
 */
export function differenceInterval(a: Interval, b: Interval): Interval {
  const value = b.value - a.value;
  return {
    value,
    low: value - Math.hypot(b.value - b.low, a.high - a.value),
    high: value + Math.hypot(b.high - b.value, a.value - a.low),
  };
}

/**
 * A share and its interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927), valid also for 0 % and 100 % of a few. The
 * difference of two of these is method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998), 873.
 */
export function proportionInterval(count: number, of: number, error: number): Interval {
  const z2 = normalQuantile(1 - error / 2) ** 2;
  const share = count / of;
  const middle = (share + z2 / (2 * of)) / (1 + z2 / of);
  const half = Math.sqrt((share * (1 - share) * z2) / of + z2 ** 2 / (4 * of ** 2)) / (1 + z2 / of);
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** With fewer, correlation cannot be distinguished from chance. */
const MIN_SERIES = 20;

/**
 * How many values of a series count as one independent value, because each resembles the previous ones: the integrated
 * autocorrelation time, at least 1. Summed over pairs of lags while these are positive (C. J. Geyer, Statistical Science
 * 7, 1992, the initial monotone sequence), so that it stays small for pure noise.
 * @param series the state of each attempt, in order: 1 or 0.
 */
export function autocorrelationFactor(series: readonly number[]): number {
  const n = series.length;
  if (n < MIN_SERIES) return 1;
  const mean = series.reduce((sum, x) => sum + x, 0) / n;
  const off = series.map((x) => x - mean);
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (off[i] ?? 0) * (off[i - lag] ?? 0);
    return sum;
  };
  const variance = at(0);
  if (variance === 0) return 1;
  let time = -1;
  let before = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = Math.min((at(lag) + at(lag + 1)) / variance, before);
    if (pair <= 0) break;
    time += 2 * pair;
    before = pair;
  }
  return Math.max(1, time);
}

/**
 * The share of all pairs, one value of each sample, in which the value of `b` is greater, ties counted half: the effect
 * size of the Mann-Whitney test (A. Vargha and H. D. Delaney, J. Educ. Behav. Stat. 25, 2000). 0.5: neither; 1: always.
 */
export function probabilityOfSuperiority(a: Sample, b: Sample): number {
  let pairs = 0;
  let below = 0;
  let i = 0;
  b.valuesUs.forEach((value, k) => {
    while (i < a.valuesUs.length && (a.valuesUs[i] ?? 0) < value) below = a.upTo[i++] ?? 0;
    const upToIt = a.valuesUs[i] === value ? (a.upTo[i] ?? 0) : below;
    pairs += ((b.upTo[k] ?? 0) - (b.upTo[k - 1] ?? 0)) * ((below + upToIt) / 2);
  });
  return pairs / (a.count * b.count);
}

/** The scatter of a sample, from its interval. */
export interface Scatter {
  readonly count: number;
  /** Half the width of the interval. */
  readonly half: number;
}

/** The usual power: four of five runs of that size show the difference. */
const POWER = 0.8;

/**
 * How many samples each side needs to distinguish a difference of twice `least` from none: with that many, the interval
 * of the difference at this `error` is narrow enough with a probability of 80 %. The width of an interval falls with the
 * square root of its sample (J. Cohen, Statistical Power Analysis, 2.4, for any estimate that is nearly normal).
 */
export function samplesNeeded(a: Scatter, b: Scatter, least: number, error: number): number {
  const z = normalQuantile(1 - error / 2);
  const share = (z + normalQuantile(POWER)) / z;
  return Math.ceil((a.count * a.half ** 2 + b.count * b.half ** 2) * (share / least) ** 2);
}

/** How many independent samples the interval of a quantile needs to have two limits. */
export function samplesForInterval(p: number, error: number): number {
  return Math.ceil(Math.log(error / 2) / Math.log(Math.max(p, 1 - p)));
}
