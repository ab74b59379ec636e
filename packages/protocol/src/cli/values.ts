import { quote } from '../text/sanitize.js';
import { UsageError } from './usage-error.js';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** Node's timers hold 2^31 - 1 ms, which is 24.8 days: a longer one would fire immediately. */
const LONGEST_US = (2 ** 31 - 1) * 1000;

/**
 * A duration as people write it: `500ms`, `10s`, `2m`, `1.5h`; a plain number is seconds, as in ping.
 * @returns integer microseconds.
 * @throws UsageError
 */
export function parseDuration(text: string, option: string): number {
  const parts = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(text.trim());
  const us = Math.round(Number(parts?.[1]) * (UNIT_US[parts?.[2] ?? 's'] ?? Number.NaN));
  if (Number.isNaN(us)) {
    throw new UsageError(`${option}: ${quote(text)} is not a duration; use a value such as 500ms, 10s or 2m`);
  }
  if (us > LONGEST_US) throw new UsageError(`${option}: ${quote(text)} is longer than 24 days; use a shorter duration`);
  return us;
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(
    ['k', 'm', 'g', 't'].flatMap((letter, index) => [
      [`${letter}b`, 1000 ** (index + 1)],
      [letter, 1024 ** (index + 1)],
      [`${letter}ib`, 1024 ** (index + 1)],
    ]),
  ),
};

/**
 * A number of bytes as people write it, in upper or lower case: `10MB` is ten million, `10MiB` and `10M` are
 * 10 * 1024 * 1024, as in dd; a plain number is bytes.
 * @throws UsageError
 */
export function parseSize(text: string, option: string, least: number, most: number): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]{0,3})$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (UNIT_BYTES[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isNaN(bytes)) {
    throw new UsageError(`${option}: ${quote(text)} is not a size; use a value such as 512, 64KB, 10MB or 1GiB`);
  }
  if (bytes < least || bytes > most) {
    throw new UsageError(`${option}: ${quote(text)} is out of range; use ${least} to ${most} bytes`);
  }
  return bytes;
}

/**
 * A whole number within bounds.
 * @throws UsageError
 */
export function parseWhole(text: string, option: string, least: number, most: number): number {
  const number = Number(text);
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  if (!/^-?\d+$/.test(text.trim()))
    throw new UsageError(`${option}: ${quote(text)} is not a whole number; use one ${bounds}`);
  if (number < least || number > most)
    throw new UsageError(`${option}: ${quote(text)} is out of range; use a whole number ${bounds}`);
  return number;
}
