import { incompleteBeta } from './incomplete-beta.js';

/** The chance of at most `k` successes in `n` trials of chance `p`: a regularised incomplete beta function. */
export function chanceOfAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1);
}
