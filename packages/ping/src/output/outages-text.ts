import { columns, count, formatDuration, wrap } from 'tentacle-protocol/cli';
import type { FailurePattern, Outage } from '../report/attempt-sequence.js';
import type { Report } from '../report/report.js';

/** As many as a reader takes in at a glance; the report has more. */
const LINES_MAX = 8;

/** How failures follow each other, and the outages; empty where all attempts succeeded, or all failed. */
export function outagesText(
  report: Pick<Report, 'failurePattern' | 'outages' | 'outagesDropped'>,
  width: number,
): string {
  const { failurePattern, outages, outagesDropped } = report;
  if (failurePattern === 'none' || failurePattern === 'constant') return '';
  const all = outages.length + outagesDropped;
  const shown = longest(outages);
  const more = all > shown.length ? `; the ${shown.length} longest of ${count(all, 'outage')}` : '';
  const rows = shown.map(({ fromAt, toAt, attempts, id }) => [
    fromAt,
    formatDuration((Date.parse(toAt) - Date.parse(fromAt)) * 1000),
    String(attempts),
    id,
  ]);
  return [
    `${wrap(`${PATTERNS[failurePattern](outages)}${more}`, '', '  ', width)}\n`,
    columns('lrrl', [['outage from', 'for', 'attempts', 'failure'], ...rows], width),
  ].join('');
}

const PATTERNS: Readonly<Record<Exclude<FailurePattern, 'none' | 'constant'>, (outages: readonly Outage[]) => string>> =
  {
    'came-up': ([outage]) => `came up: no attempt failed after ${outage?.toAt ?? ''}`,
    stopped: ([outage]) => `stopped: no attempt succeeded after ${outage?.fromAt ?? ''}`,
    alternating: () => 'alternating: every second attempt failed',
    bursts: () => 'in bursts: failures follow each other more often than by chance',
    scattered: () => 'scattered: failures do not follow each other more often than by chance',
  };

function longest(outages: readonly Outage[]): Outage[] {
  return [...outages]
    .sort((a, b) => b.attempts - a.attempts)
    .slice(0, LINES_MAX)
    .sort((a, b) => a.fromAt.localeCompare(b.fromAt));
}
