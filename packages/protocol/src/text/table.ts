import { styled } from './style.js';
import { padEnd, padStart, textWidth } from './text-width.js';
import { wrap } from './units.js';

/** Rows of cells under heads. `sides` has a letter for each column: `l` aligns it left, `r` right. */
export interface Table {
  readonly sides: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The indent of the cells of a row that is too wide for one line. */
const INDENT = '    ';

/** A table with dim heads; where it is wider than the screen, each row on lines of its own. Empty for no rows. */
export function tableText(table: Table, width: number): string {
  const { sides, heads, rows } = table;
  if (rows.length === 0) return '';
  const widths = columnWidths(table);
  const total = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + 2 * (widths.length - 1);
  if (total > width) return rows.map((row) => stackedRow(heads, row, width)).join('');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (sides[i] === 'l' ? padEnd(cell, widths[i] ?? 0) : padStart(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${styled('dim', line(heads))}\n${rows.map((row) => `${line(row)}\n`).join('')}`;
}

function columnWidths({ heads, rows }: Table): number[] {
  return heads.map((head, i) => Math.max(textWidth(head), ...rows.map((row) => textWidth(row[i] ?? ''))));
}

function stackedRow(heads: readonly string[], [first = '', ...cells]: readonly string[], width: number): string {
  const rest = cells.flatMap((cell, i) => (cell === '' ? [] : [`${heads[i + 1] ?? ''}: ${cell}`]));
  return `${wrap(first, '', INDENT, width)}\n${rest.map((text) => `${wrap(text, INDENT, `${INDENT}  `, width)}\n`).join('')}`;
}

/**
 * The table without the columns that do not fit, the least important first.
 * @param dropped the heads of columns that may be left out, in this order.
 */
export function fitTable(table: Table, dropped: readonly string[], width: number): Table {
  const widths = columnWidths(table);
  const total = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + 2 * (widths.length - 1);
  const [least, ...others] = dropped;
  if (total <= width || least === undefined) return table;
  const index = table.heads.indexOf(least);
  return fitTable(index < 0 ? table : withoutColumn(table, index), others, width);
}

function withoutColumn({ sides, heads, rows }: Table, index: number): Table {
  return {
    sides: sides.slice(0, index) + sides.slice(index + 1),
    heads: heads.filter((_, i) => i !== index),
    rows: rows.map((row) => row.filter((_, i) => i !== index)),
  };
}
