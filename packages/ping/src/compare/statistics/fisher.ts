import { logGamma } from './log-gamma.js';

/** Chances that are equal but for rounding count as equal, as R's fisher.test does it. */
const ROUNDING = 1 + 1e-7;

/**
 * Fisher's exact test, two-sided: the chance of counts as uneven as `a` of `ofA` against `b` of `ofB`, where both have
 * the same share (A. Agresti, Categorical Data Analysis, 3.5.1: the sum over all tables that are no likelier).
 */
export function fisherExact(a: number, ofA: number, b: number, ofB: number): number {
  const both = a + b;
  const least = Math.max(0, both - ofB);
  const most = Math.min(both, ofA);
  const whole = logChoose(ofA + ofB, both);
  const chance = (x: number): number => Math.exp(logChoose(ofA, x) + logChoose(ofB, both - x) - whole);
  const seen = chance(a) * ROUNDING;
  let sum = 0;
  for (let x = least; x <= most; x++) {
    const each = chance(x);
    if (each <= seen) sum += each;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
