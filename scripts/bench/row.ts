import type { Spread } from './spread.js';

/** One line of the table. Of several rounds, or of one. */
export interface Row {
  /** As issue and documents number the measurements: `1` to `8`. */
  readonly measurement: string;
  readonly what: string;
  /** What ours is measured against. */
  readonly against?: string;
  readonly unit: string;
  readonly ours?: Spread;
  readonly reference?: Spread;
  /** Ours by the reference's, or ours less the reference's; without either ours is what counts. */
  readonly ratio?: Spread;
  readonly difference?: Spread;
  readonly reachFor?: string;
  /** In place of figures: why there are none. */
  readonly notMeasured?: string;
}

const HEADS = ['', 'what', 'unit', 'ours', 'reference', 'against', 'ratio', 'difference', 'reach for'];

/** The rows as text in columns, for a terminal. */
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

/** The same rows as a table of Markdown. */
export function tableMarkdown(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEADS), line(HEADS.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}

function cells({ measurement, what, unit, against = '', reachFor = '', ...row }: Row): string[] {
  const ours = row.notMeasured === undefined ? spreadText(row.ours) : `not measured: ${row.notMeasured}`;
  return [
    measurement,
    what,
    unit,
    ours,
    spreadText(row.reference),
    against,
    spreadText(row.ratio),
    spreadText(row.difference),
    reachFor,
  ];
}

/** Least, middle and greatest of the rounds. */
function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  const { min, median, max } = spread;
  return min === max ? shown(median) : [min, median, max].map(shown).join(' / ');
}

/** Three significant digits, more only where they stand before the point. */
function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
