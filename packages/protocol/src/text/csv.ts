/** A cell: a text, a number, a flag, or empty. */
export type CsvCell = string | number | boolean | undefined;

/** A row as RFC 4180 writes it: cells separated by commas, quoted where they have to be, ended by CR LF. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/**
 * A text that begins with one of these, which a peer may have chosen, would be run as a formula by a spreadsheet, unless
 * an apostrophe precedes it.
 */
const FORMULA = /^[=+\-@\t\r]/;

function cellText(cell: CsvCell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
