/** The upper bound of a histogram's step, a round number: `500 us`, `20 ms`, `5 s`. */
export function stepLabel(us: number): string {
  if (us < 1000) return `${us} us`;
  return us < 1_000_000 ? `${us / 1000} ms` : `${us / 1_000_000} s`;
}
