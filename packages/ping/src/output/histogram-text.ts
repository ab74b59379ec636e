import {
  bar,
  buildDistribution,
  fitTable,
  formatShare,
  type Screen,
  stepLabel,
  tableText,
} from 'tentacle-protocol/cli';
import { joinSteps } from '../report/join-steps.js';
import type { Report } from '../report/report.js';
import type { HistogramStage } from '../options/report-text-options.js';

/** The longest bar: differences between longer ones are seen no better. */
const BAR_MAX_COLUMNS = 40;

/** What a line has besides its bar. */
const BESIDE_BAR_COLUMNS = 40;

/** With fewer times, the table shows as much. */
const TIMES_LEAST = 10;

/**
 * The distribution of the times of one stage, the round trip's without a choice: counts, shares, cumulative shares, bars.
 * @param linesMax steps are joined until there are at most this many.
 */
export function histogramText(
  { stages }: Pick<Report, 'stages'>,
  chosen: HistogramStage | undefined,
  screen: Screen,
  linesMax: number,
): string {
  if (chosen === 'none') return '';
  const name = chosen ?? (stages.rpc === undefined ? 'total' : 'rpc');
  const figures = stages[name];
  if (figures === undefined) return chosen === undefined ? '' : `no attempt has times of ${name}\n`;
  if (chosen === undefined && figures.count < TIMES_LEAST) return '';
  const steps = joinSteps(buildDistribution(figures), linesMax);
  const most = Math.max(...steps.map(({ count }) => count));
  const barColumns = Math.min(BAR_MAX_COLUMNS, screen.width - BESIDE_BAR_COLUMNS);
  let cumulative = 0;
  const rows = steps.map(({ upToUs, count }) => {
    cumulative += count;
    return [
      `<= ${stepLabel(upToUs)}`,
      count.toLocaleString('en-US'),
      formatShare(count, figures.count),
      formatShare(cumulative, figures.count),
      bar(count / most, barColumns, screen),
    ];
  });
  const table = { sides: 'rrrrl', heads: [name, 'count', 'share', 'cumulative', ''], rows };
  return tableText(barColumns > 0 ? table : fitTable(table, [''], 0), screen.width);
}
