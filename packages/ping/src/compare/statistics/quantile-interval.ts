import { chanceOfAtMost } from './binomial.js';
import { quantile, type Sample, valueAtRank } from './sample.js';

/** A quantile and what it may be where only a sample was seen. Microseconds. */
export interface QuantileInterval {
  readonly valueUs: number;
  /** 0 where the sample is too small to say more: no time is shorter. */
  readonly lowUs: number;
  /** Infinity where the sample is too small to say. */
  readonly highUs: number;
}

/**
 * The interval between two order statistics that holds the quantile `p` but for a chance of `error`, exact whatever the
 * distribution (H. A. David and H. N. Nagaraja, Order Statistics, 7.1): how many of n values lie below a quantile is
 * binomial. Heavy tails, several modes and ties cannot deceive it.
 * @param worth for how many independent values the sample stands: its count, or fewer where values resemble those
 *   before them. The ranks are those of so many values, spread over the sample.
 */
export function quantileInterval(sample: Sample, p: number, error: number, worth: number): QuantileInterval {
  const n = Math.max(1, Math.floor(Math.min(worth, sample.count)));
  const spread = (sample.count + 1) / (n + 1);
  const low = lowRank(n, p, error / 2);
  // The same, counted from above.
  const high = lowRank(n, 1 - p, error / 2);
  return {
    valueUs: quantile(sample, p),
    lowUs: low === 0 ? 0 : valueAtRank(sample, Math.max(1, Math.floor(low * spread))),
    highUs:
      high === 0
        ? Number.POSITIVE_INFINITY
        : valueAtRank(sample, Math.min(sample.count, Math.ceil((n + 1 - high) * spread))),
  };
}

/** The greatest rank whose value lies above the quantile with a chance of at most `error`; 0: not even the first. */
function lowRank(n: number, p: number, error: number): number {
  // The value at rank r lies above the quantile when fewer than r values lie below it.
  let none = 0;
  let over = n + 1;
  while (over - none > 1) {
    const rank = (none + over) >> 1;
    if (chanceOfAtMost(rank - 1, n, p) <= error) none = rank;
    else over = rank;
  }
  return none;
}
