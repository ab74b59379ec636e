/** Up to this many durations are kept as they are: a histogram takes 116 KB, whatever it counts. */
export const FEW_MAX = 32;

/** HdrHistogram with three significant digits: durations below this have a bucket each. */
const EXACT_BELOW = 2048;

/** Nearest rank among durations in ascending order: the longest duration of its HdrHistogram bucket, up to the maximum. */
export function percentileOf(sortedUs: readonly number[], percentile: number): number {
  // A product such as 0.07 * 100 may be a little larger than the exact integer.
  const rank = Math.max(1, Math.ceil((percentile / 100) * sortedUs.length - 1e-9));
  const us = sortedUs[rank - 1] ?? 0;
  const width = us < EXACT_BELOW ? 1 : 2 ** doublingOf(us);
  return Math.min((Math.floor(us / width) + 1) * width - 1, sortedUs.at(-1) ?? 0);
}

function doublingOf(us: number): number {
  return Math.floor(Math.log2(us)) - 10;
}
