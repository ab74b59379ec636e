import { normalQuantile } from './normal-quantile.js';

/** What a side's interval says of the scatter in its sample. */
export interface Scatter {
  readonly count: number;
  /** Half the width of its interval. */
  readonly half: number;
}

/** The usual one: four of five runs of that size show it. */
const POWER = 0.8;

/**
 * How many samples each side needs to tell a difference of twice `least` from none: so many that the interval of the
 * difference, at this `error`, is with a chance of 80 % no wider than it must be. An interval is as wide as the inverse
 * square root of its sample (J. Cohen, Statistical Power Analysis, 2.4, for any estimate that is nearly normal).
 */
export function samplesNeeded(a: Scatter, b: Scatter, least: number, error: number): number {
  const z = normalQuantile(1 - error / 2);
  const share = (z + normalQuantile(POWER)) / z;
  return Math.ceil((a.count * a.half ** 2 + b.count * b.half ** 2) * (share / least) ** 2);
}

/** How many independent samples the interval of a quantile needs to have two ends at all. */
export function samplesForInterval(p: number, error: number): number {
  return Math.ceil(Math.log(error / 2) / Math.log(Math.max(p, 1 - p)));
}
