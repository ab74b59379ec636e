import { logGamma } from './log-gamma.js';

/**
 * I_x(a, b), for a, b > 0 and 0 < x < 1, by the continued fraction of Abramowitz and Stegun, 26.5.8, which converges
 * fast below the mean; above it by I_x(a, b) = 1 - I_(1-x)(b, a).
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** It takes some square root of a + b steps: 1,500 for a million samples, so this is never reached. */
const STEPS_MOST = 100_000;
const EXACT = 1e-15;
/** In place of a zero, by which Lentz's way would divide. */
const TINY = 1e-300;

/** The continued fraction, by the modified way of Lentz (Thompson and Barnett, J. Comput. Phys. 64, 1986). */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < STEPS_MOST; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < EXACT) break;
  }
  return value;
}

function notZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
