/** The time of day of a moment, in UTC: `12:03:14`. @param iso UTC, ISO 8601. */
export function clockText(iso: string): string {
  return iso.slice(11, 19);
}
