import { logGamma } from './log-gamma.js';

/** Chances that are equal but for rounding count as equal, as R's fisher.test does it. */
const ROUNDING = 1 + 1e-7;

/** What is less than this share of a sum does not change it. */
const NOTHING = 1e-17;

/**
 * Fisher's exact test, two-sided: the chance of counts as uneven as `a` of `ofA` against `b` of `ofB`, where both have
 * the same share (A. Agresti, Categorical Data Analysis, 3.5.1: the sum over all tables that are no likelier). The
 * tables have one peak, so these are two tails, each summed from its likeliest end.
 */
export function fisherExact(a: number, ofA: number, b: number, ofB: number): number {
  const both = a + b;
  const least = Math.max(0, both - ofB);
  const most = Math.min(both, ofA);
  const whole = logChoose(ofA + ofB, both);
  const chance = (x: number): number => Math.exp(logChoose(ofA, x) + logChoose(ofB, both - x) - whole);
  const seen = chance(a) * ROUNDING;
  const peak = Math.min(most, Math.floor(((both + 1) * (ofA + 1)) / (ofA + ofB + 2)));
  if (chance(peak) <= seen) return 1;
  const tail = (end: number, step: 1 | -1): number => {
    // The tail begins at the first table from the peak on that is no likelier than what was seen.
    let likelier = peak;
    let beyond = end + step;
    while (Math.abs(beyond - likelier) > 1) {
      const middle = likelier + step * Math.floor(Math.abs(beyond - likelier) / 2);
      if (chance(middle) <= seen) beyond = middle;
      else likelier = middle;
    }
    let sum = 0;
    for (let x = beyond; step * (end - x) >= 0; x += step) {
      const each = chance(x);
      sum += each;
      if (each <= sum * NOTHING) break;
    }
    return sum;
  };
  return Math.min(1, tail(least, -1) + tail(most, 1));
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
