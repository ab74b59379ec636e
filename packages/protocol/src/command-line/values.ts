import { UsageError } from './usage-error.js';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** Timers of Node hold 2^31 - 1 ms: a longer one would fire at once. */
const LONGEST_US = (2 ** 31 - 1) * 1000;

/**
 * A span of time as people write it: `500ms`, `10s`, `2m`, `1.5h`; a bare number is seconds, as with ping.
 * @returns integer microseconds.
 * @throws UsageError
 */
export function parseDuration(text: string, option: string): number {
  const parts = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(text.trim());
  const us = Math.round(Number(parts?.[1]) * (UNIT_US[parts?.[2] ?? 's'] ?? Number.NaN));
  if (Number.isNaN(us)) {
    throw new UsageError(`${option} ${shown(text)} is no span of time; write it as 500ms, 10s or 2m`);
  }
  if (us > LONGEST_US) throw new UsageError(`${option} ${shown(text)} is longer than 24 days; give a shorter one`);
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
 * A number of bytes as people write it: `10MB` is ten million, `10MiB` and `10M` are 10 * 1024 * 1024, as with dd; in
 * either case; a bare number is bytes.
 * @throws UsageError
 */
export function parseSize(text: string, option: string, least: number, most: number): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]{0,3})$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (UNIT_BYTES[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isNaN(bytes)) {
    throw new UsageError(`${option} ${shown(text)} is no size; write it as 512, 64KB, 10MB or 1GiB`);
  }
  if (bytes < least || bytes > most) {
    throw new UsageError(`${option} ${shown(text)} will not do; give from ${least} to ${most} bytes`);
  }
  return bytes;
}

/**
 * A whole number within bounds.
 * @throws UsageError
 */
export function parseWhole(text: string, option: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text.trim()) || number < least || number > most) {
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
    throw new UsageError(`${option} ${shown(text)} will not do; give a whole number ${bounds}`);
  }
  return number;
}

/** What the user wrote, in quotes, cut, fit for one line. */
export function shown(text: string): string {
  return `"${text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 100)}"`;
}
