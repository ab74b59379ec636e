/** Returns the moment this long after another, to the millisecond in which it lies. Both are UTC, ISO 8601. */
export function momentAfter(startedAt: string, durationUs: number): string {
  return new Date(Date.parse(startedAt) + Math.floor(durationUs / 1000)).toISOString();
}
