import { incompleteBeta } from './incomplete-beta.js';

/** With one degree of freedom it is this for an error of one in a million, far below any that is used. */
const T_MOST = 1e6;

/** The `t` that Student's distribution exceeds, to either side, with a chance of `error` (Abramowitz and Stegun, 26.7.1). */
export function studentQuantile(error: number, degrees: number): number {
  let [low, high] = [0, T_MOST];
  // Sixty halvings are more than a double has digits.
  for (let i = 0; i < 60; i++) {
    const t = (low + high) / 2;
    if (incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) > error) low = t;
    else high = t;
  }
  return high;
}
