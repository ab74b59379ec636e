import type { DurationFigures } from '../plain-data/histogram.js';
import { count, ms } from '../text/units.js';
import { histogramChart } from './charts/histogram-chart.js';
import { histogramSteps } from './charts/histogram-steps.js';
import { type BarPart, shareBar } from './charts/share-bar.js';
import { type Child, fragment, h, type Markup } from './markup.js';
import { table } from './parts.js';

/** The times of a stage, or of whole attempts or connections. */
export interface StageTimes {
  readonly name: string;
  /** What it is, in a few words. */
  readonly what?: string;
  readonly figures: DurationFigures;
  /** Its place in the mean of the whole. */
  readonly bar?: BarPart;
  /** A row for the whole, apart from its parts. */
  readonly isTotal?: boolean;
}

/** With fewer times than a percentile has parts, it is the maximum under another name. */
const P90_MIN_COUNT = 10;
const P99_MIN_COUNT = 100;

/** Times in milliseconds, a row for each stage. */
export function stageTable(caption: string, stages: readonly StageTimes[]): Markup {
  const hasBars = stages.some(({ bar }) => bar !== undefined);
  return table({
    caption,
    columns: [
      { name: 'stage', kind: 'nowrap' },
      ...(hasBars ? [{ name: 'share of the mean', kind: 'bar' as const }] : []),
      ...['count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'].map((name) => ({ name, kind: 'number' as const })),
    ],
    rows: stages.map(({ name, what, figures, bar, isTotal }) => ({
      ...(isTotal === true ? { className: 'total' } : {}),
      cells: [
        named(h('code', {}, name), what, 'muted'),
        ...(hasBars ? [bar === undefined ? '' : shareBar([bar])] : []),
        figures.count.toLocaleString('en-US'),
        ...numbers(figures),
      ],
    })),
  });
}

function numbers({ count: times, minUs, meanUs, p50Us, p90Us, p99Us, maxUs }: DurationFigures): string[] {
  const [p90, p99] = [times < P90_MIN_COUNT ? '-' : ms(p90Us), times < P99_MIN_COUNT ? '-' : ms(p99Us)];
  return [ms(minUs), ms(meanUs), ms(p50Us), p90, p99, ms(maxUs)];
}

/** With fewer times, a distribution shows less than the table. */
const TIMES_LEAST = 10;

/** The distribution of the times of each stage that has enough. */
export function distributionCharts(stages: readonly StageTimes[]): Markup {
  const charts = stages
    .filter(({ figures }) => figures.count >= TIMES_LEAST)
    .map(({ name, what, figures: { p50Us, p99Us, count: times, histogram } }) => {
      const marks = [{ name: 'p50', us: p50Us }, ...(times >= P99_MIN_COUNT ? [{ name: 'p99', us: p99Us }] : [])];
      const about = [what ?? [], count(times, 'time')].flat().join(', ');
      return h(
        'div',
        {},
        h('h3', {}, named(name, about, 'note')),
        histogramChart({ name, steps: histogramSteps(histogram), marks }),
      );
    });
  return charts.length === 0 ? fragment() : h('div', { class: 'small-charts' }, charts);
}

function named(name: Child, what: string | undefined, className: string): Child {
  return what === undefined ? name : [name, ' ', h('span', { class: className }, what)];
}
