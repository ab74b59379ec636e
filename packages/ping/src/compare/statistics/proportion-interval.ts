import type { Interval } from './difference.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * A share and its interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927), fit for none and for all of few. The
 * difference of two such is method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998), 873.
 */
export function proportionInterval(count: number, of: number, error: number): Interval {
  const z2 = normalQuantile(1 - error / 2) ** 2;
  const share = count / of;
  const middle = (share + z2 / (2 * of)) / (1 + z2 / of);
  const half = Math.sqrt((share * (1 - share) * z2) / of + z2 ** 2 / (4 * of ** 2)) / (1 + z2 / of);
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
