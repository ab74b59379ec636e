import {
  buildDistribution,
  columns,
  type DurationFigures,
  formatDuration,
  ms,
  padStart,
  type Screen,
  stepLabel,
} from 'tentacle-protocol/cli';

/** A row of the table: its name, and its figures. */
export type FiguresRow = readonly [name: string, figures: DurationFigures];

/** As many times as a percentile has parts: with fewer, it is the maximum under another name. */
const P90_MIN_COUNT = 10;
const P99_MIN_COUNT = 100;

/** The width from which the table has the minimum and the mean too. */
const WIDE_TABLE_CHARS = 72;

/** Times in milliseconds, a row for each stage, as tentacle-ping shows them. */
export function figuresTable(rows: readonly FiguresRow[], { width }: Screen): string {
  if (rows.length === 0) return '';
  const isWide = width >= WIDE_TABLE_CHARS;
  const head = isWide ? ['min', 'mean', 'p50', 'p90', 'p99', 'max'] : ['p50', 'p99', 'max'];
  const cells = rows.map(([name, f]) => {
    const p90 = f.count < P90_MIN_COUNT ? '-' : ms(f.p90Us);
    const p99 = f.count < P99_MIN_COUNT ? '-' : ms(f.p99Us);
    const figures = isWide
      ? [ms(f.minUs), ms(f.meanUs), ms(f.p50Us), p90, p99, ms(f.maxUs)]
      : [ms(f.p50Us), p99, ms(f.maxUs)];
    return [name, f.count.toLocaleString('en-US'), ...figures];
  });
  return columns(`l${'r'.repeat(head.length + 1)}`, [['ms', 'count', ...head], ...cells], width);
}

/** The longest bar, and what a line needs besides: five gaps, and two shares. */
const BAR_MAX_CHARS = 40;
const BESIDE_BAR_CHARS = 18;

/** The distribution of times: a bar for each step of 1, 2, 5, 10, ..., its share, and the share of all up to it. */
export function distributionText(name: string, figures: DurationFigures, { width, unicode }: Screen): string {
  const steps = buildDistribution(figures);
  const most = Math.max(...steps.map((step) => step.count));
  const labels = steps.map(({ upToUs }) => `<= ${stepLabel(upToUs)}`);
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const besideBar = BESIDE_BAR_CHARS + name.length + labelWidth + String(most).length;
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, width - besideBar));
  let sum = 0;
  const rows = steps.map((step, i) => {
    sum += step.count;
    const bar = (unicode ? '█' : '#').repeat(Math.ceil((step.count / most) * barMax));
    return [
      i === 0 ? name : '',
      labels[i] ?? '',
      String(step.count),
      percent(step.count / figures.count),
      bar.padEnd(barMax),
      percent(sum / figures.count),
    ];
  });
  return columns('lrrrlr', rows, width);
}

/** A share in whole percent, or under 1 %. */
export function percent(share: number): string {
  return padStart(share > 0 && share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`, 4);
}

/** How long something took, with its unit and at most one decimal: `10 min`. */
export function spanText(fromIso: string, toIso: string): string {
  return formatDuration((Date.parse(toIso) - Date.parse(fromIso)) * 1000);
}
