/** Times of one stage: distinct values in rising order, and how many lie at or below each. Integer microseconds. */
export interface Sample {
  readonly valuesUs: readonly number[];
  readonly upTo: readonly number[];
  readonly count: number;
}

/** @param counts how often each value occurs, in any order; a value may come several times. */
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
