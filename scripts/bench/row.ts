import type { Spread } from './spread.js';

/** One line of the table, from one or several rounds. */
export interface Row {
  /** The number of the measurement, as documents use it: `1` to `8`. */
  readonly measurement: string;
  readonly what: string;
  /** The name of the reference. */
  readonly against?: string;
  readonly unit: string;
  readonly measured?: Spread;
  readonly reference?: Spread;
  /** This pair divided by the reference, or minus the reference; without either, this pair's figure alone counts. */
  readonly ratio?: Spread;
  readonly difference?: Spread;
  readonly target?: string;
  /** The reason why there are no figures. */
  readonly notMeasured?: string;
}

const HEADS = ['', 'measurement', 'unit', 'this pair', 'reference', 'reference is', 'ratio', 'difference', 'target'];

/** Returns the rows as text in columns, for a terminal. */
export function tableText(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cells)];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Returns the rows as a Markdown table. */
export function tableMarkdown(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEADS), line(HEADS.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}

function cells({ measurement, what, unit, against = '', target = '', ...row }: Row): string[] {
  const measured = row.notMeasured === undefined ? spreadText(row.measured) : `not measured: ${row.notMeasured}`;
  return [
    measurement,
    what,
    unit,
    measured,
    spreadText(row.reference),
    against,
    spreadText(row.ratio),
    spreadText(row.difference),
    target,
  ];
}

/** Formats minimum, median and maximum of the rounds. */
function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  const { min, median, max } = spread;
  return min === max ? shown(median) : [min, median, max].map(shown).join(' / ');
}

/** Formats a value with three significant digits, more only before the decimal point. */
function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
