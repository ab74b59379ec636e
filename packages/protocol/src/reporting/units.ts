/** The narrowest terminal that a remote console gives. */
export const WIDTH = 80;

/** Milliseconds as people compare them: three significant digits, never in exponents. */
export function ms(us: number): string {
  const value = us / 1000;
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : value.toFixed(3);
}

/**
 * Text in columns, two blanks between.
 * @param sides a letter for each column: `l` sets it flush left, `r` flush right.
 */
export function columns(sides: string, rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (sides[i] === 'l' ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Words broken at blanks into lines of at most `width` characters, after `first` and, from the second on, `indent`. */
export function wrap(text: string, first: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
