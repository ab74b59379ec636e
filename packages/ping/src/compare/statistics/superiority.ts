import type { Sample } from './sample.js';

/**
 * In how many of all pairs of a value of each sample the one of `b` is greater, ties counted half: the effect size of
 * the Mann-Whitney test (A. Vargha and H. D. Delaney, J. Educ. Behav. Stat. 25, 2000). 0.5: neither; 1: always.
 */
export function superiority(a: Sample, b: Sample): number {
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
