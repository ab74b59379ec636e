/** With fewer, no correlation is told from chance. */
const LEAST = 20;

/**
 * By how much values that resemble those before them make a share less certain than as many independent ones: the
 * integrated autocorrelation time, at least 1. Summed over pairs of lags while these are positive (C. J. Geyer,
 * Statistical Science 7, 1992, the initial monotone sequence), so that what it finds in pure noise stays small.
 * @param series what each attempt was, in order: 1 or 0.
 */
export function inflation(series: readonly number[]): number {
  const n = series.length;
  if (n < LEAST) return 1;
  const mean = series.reduce((sum, x) => sum + x, 0) / n;
  const off = series.map((x) => x - mean);
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (off[i] ?? 0) * (off[i - lag] ?? 0);
    return sum;
  };
  const variance = at(0);
  if (variance === 0) return 1;
  let time = -1;
  let before = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = Math.min((at(lag) + at(lag + 1)) / variance, before);
    if (pair <= 0) break;
    time += 2 * pair;
    before = pair;
  }
  return Math.max(1, time);
}
