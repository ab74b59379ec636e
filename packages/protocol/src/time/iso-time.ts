/** `2026-01-31T12:34:56.`: what all times of one second have in common. */
const SECOND_LENGTH = 20;
const ISO_LENGTH = 24;

let secondMs = Number.NaN;
let prefix = '';

/**
 * A time as UTC, ISO 8601 with milliseconds, as `Date.prototype.toISOString` returns it. An attempt and a connection need
 * one each, and thousands of them share their second: 0.1 us instead of 2.
 * @param ms since 1970, by default now.
 */
export function isoTime(ms = Date.now()): string {
  const startMs = Math.floor(ms / 1000) * 1000;
  if (startMs !== secondMs) {
    prefix = new Date(startMs).toISOString().slice(0, SECOND_LENGTH);
    secondMs = startMs;
  }
  const rest = Math.floor(ms) - startMs;
  return `${prefix}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

/** The milliseconds since 1970 of a time in ISO 8601; NaN for a text that is none. Fast for times of one second. */
export function isoTimeMs(text: string): number {
  if (text.length === ISO_LENGTH && text.startsWith(prefix) && text.endsWith('Z') && prefix !== '') {
    const [hundreds, tens, ones] = [digitAt(text, 20), digitAt(text, 21), digitAt(text, 22)];
    if (hundreds >= 0 && tens >= 0 && ones >= 0) return secondMs + 100 * hundreds + 10 * tens + ones;
  }
  return Date.parse(text);
}

/** The digit at this place; -1 for another character. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
