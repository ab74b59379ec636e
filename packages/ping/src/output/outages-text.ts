import { count, formatDuration, tableText, wrap } from 'tentacle-protocol/cli';
import type { FailurePattern, Outage } from '../report/attempt-sequence.js';
import type { Report } from '../report/report.js';
import { momentOf } from './moment.js';

/** As many as a reader takes in at a glance; the report has more. */
const LINES_MAX = 8;

type Outages = Pick<Report, 'failurePattern' | 'outages' | 'outagesDropped' | 'startedAt'>;

/** How failures follow each other, and the outages; empty where all attempts succeeded, or all failed. */
export function outagesText(report: Outages, width: number): string {
  const { failurePattern, outages, outagesDropped } = report;
  if (failurePattern === 'none' || failurePattern === 'constant') return '';
  const all = outages.length + outagesDropped;
  const shown = longest(outages);
  const more = all > shown.length ? `; the ${shown.length} longest of ${count(all, 'outage')}` : '';
  const rows = shown.map(({ fromAt, toAt, attempts, id }) => [
    momentOf(fromAt, report),
    formatDuration((Date.parse(toAt) - Date.parse(fromAt)) * 1000),
    String(attempts),
    id,
  ]);
  return [
    `${wrap(`${PATTERNS[failurePattern](outages)}${more}`, '', '  ', width)}\n`,
    tableText({ sides: 'lrrl', heads: ['outage from (UTC)', 'for', 'attempts', 'failure'], rows }, width),
  ].join('');
}

/** The same in a sentence, with the longest outage. */
export function outagesWarning(report: Outages): string[] {
  const { failurePattern, outages, outagesDropped } = report;
  if (failurePattern === 'none' || failurePattern === 'constant') return [];
  const [first] = [...outages].sort((a, b) => b.attempts - a.attempts);
  const pattern = PATTERNS[failurePattern](outages);
  const all = outages.length + outagesDropped;
  // A pattern of one outage names its end already.
  if (first === undefined || failurePattern === 'came-up' || failurePattern === 'stopped') return [pattern];
  const duration = formatDuration((Date.parse(first.toAt) - Date.parse(first.fromAt)) * 1000);
  const longestText = `${count(first.attempts, 'attempt')} from ${momentOf(first.fromAt, report)} UTC for ${duration}`;
  return [`${pattern}; ${all === 1 ? 'one outage' : `${count(all, 'outage')}, the longest`}: ${longestText}`];
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
