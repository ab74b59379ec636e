import { padEnd, padStart, textWidth } from './text-width.js';

/** Milliseconds as people compare them: three significant digits, never in exponents. */
export function ms(us: number): string {
  const value = us / 1000;
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : value.toFixed(3);
}

/** Milliseconds for a column, in which decimal points stand below each other: one decimal, none from 10 s on. */
export function msAligned(us: number): string {
  return (us / 1000).toFixed(us < 10_000_000 ? 1 : 0);
}

/** A duration with its unit: `5.00 ms`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(us: number): string {
  if (us < 1_000_000) return `${ms(us)} ms`;
  if (us < 120_000_000) return `${Number((us / 1_000_000).toFixed(1))} s`;
  const seconds = Math.round(us / 1_000_000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  return twoUnits(Math.round(seconds / 60), 60, 'h', 'min');
}

function twoUnits(amount: number, perUnit: number, unit: string, smaller: string): string {
  const rest = amount % perUnit;
  const whole = `${Math.floor(amount / perUnit)} ${unit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smaller}`;
}

/** A size with its unit: `1,400 B` or, from a million on, `12.5 MB`. */
export function formatSize(bytes: number): string {
  return bytes < 1_000_000 ? `${grouped(bytes)} B` : `${threeDigits(bytes / 1_000_000)} MB`;
}

/** A rate in both units that people compare: `12.5 MB/s (100 Mbit/s)`. */
export function formatRate(bytesPerSecond: number): string {
  return `${threeDigits(bytesPerSecond / 1_000_000)} MB/s (${threeDigits((bytesPerSecond * 8) / 1_000_000)} Mbit/s)`;
}

/** Below a thousand, a whole number has no separators. */
const THOUSAND = 1000;

/** A whole number, `1,234`. Small ones without `toLocaleString`, which loads its tables when it is first used: 12 ms. */
export function grouped(number: number): string {
  return Number.isInteger(number) && Math.abs(number) < THOUSAND ? String(number) : number.toLocaleString('en-US');
}

/** A number with its noun, which agrees with it: `1 attempt`, `2,000 attempts`, `2 retries`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`;
}

/** Of fewer, one is at least a whole percent. */
const WHOLE_PERCENT_MOST = 200;

/** A share of a whole, which is 0 % or 100 % only where it is none or all: `12%`; of many `12.3%`, `<0.1%`. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%';
  if (part === whole) return '100%';
  const decimals = whole < WHOLE_PERCENT_MOST ? 0 : 1;
  const least = 10 ** -decimals;
  const percent = (part / whole) * 100;
  if (percent < least / 2) return `<${least}%`;
  return `${Math.min(percent, 100 - least).toFixed(decimals)}%`;
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A last column that would be narrower is not wrapped: words on lines of their own are harder to read than long lines. */
const LAST_COLUMN_MIN_CHARS = 16;

/**
 * Text in columns with two spaces between. A last column that is aligned left is wrapped within the terminal's width.
 * @param sides a letter for each column: `l` aligns it left, `r` right.
 */
export function columns(sides: string, rows: readonly (readonly string[])[], width: number): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, textWidth(cell))));
  const aligned = (cell: string, i: number): string =>
    sides[i] === 'l' ? padEnd(cell, widths[i] ?? 0) : padStart(cell, widths[i] ?? 0);
  const last = sides.length - 1;
  const indent = widths.slice(0, last).reduce((sum, columnWidth) => sum + columnWidth + 2, 0);
  const wraps = sides[last] === 'l' && width - indent >= LAST_COLUMN_MIN_CHARS;
  const line = (row: readonly string[]): string => {
    const cells = row.map(aligned);
    if (!wraps || row.length <= last) return cells.join('  ').trimEnd();
    const first = cells
      .slice(0, last)
      .map((cell) => `${cell}  `)
      .join('');
    return wrap(row[last] ?? '', first, ' '.repeat(indent), width).trimEnd();
  };
  return rows.map((row) => `${line(row)}\n`).join('');
}

/**
 * Words broken at spaces into lines of at most `width` columns, after `first` and, from the second on, `indent`. A word that
 * does not fit behind the indent, as a thumbprint on a narrow terminal, has a line of its own with a smaller one.
 */
export function wrap(text: string, first: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = first;
  let columnsUsed = textWidth(first);
  let isEmpty = true;
  for (const word of text.split(' ')) {
    const wordColumns = textWidth(word);
    const fits = columnsUsed + (isEmpty ? 0 : 1) + wordColumns <= width;
    if (!fits && (!isEmpty || line.trim() !== '')) {
      lines.push(line.trimEnd());
      line = indent;
      isEmpty = true;
    }
    if (!fits && textWidth(line) + wordColumns > width) line = indent.slice(0, Math.max(0, width - wordColumns));
    line += isEmpty ? word : ` ${word}`;
    columnsUsed = textWidth(line);
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
