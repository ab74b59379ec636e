import { count, formatDuration, tableText, wrap } from 'tentacle-protocol/cli';
import type { Outage } from '../report/attempt-sequence.js';
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
    `${wrap(`${patternText(report)}${more}`, '', '  ', width)}\n`,
    tableText({ sides: 'lrrl', heads: ['outage from (UTC)', 'for', 'attempts', 'failure'], rows }, width),
  ].join('');
}

/** The same in a sentence, with the longest outage. */
export function outagesWarning(report: Outages): string[] {
  const { failurePattern, outages, outagesDropped } = report;
  if (failurePattern === 'none' || failurePattern === 'constant') return [];
  const [first] = [...outages].sort((a, b) => b.attempts - a.attempts);
  const pattern = patternText(report);
  const all = outages.length + outagesDropped;
  // A pattern of one outage names its end already.
  if (first === undefined || failurePattern === 'came-up' || failurePattern === 'stopped') return [pattern];
  const duration = formatDuration((Date.parse(first.toAt) - Date.parse(first.fromAt)) * 1000);
  const longestText = `${count(first.attempts, 'attempt')} from ${momentOf(first.fromAt, report)} UTC for ${duration}`;
  // Of one attempt, the verdict has the time.
  if (failurePattern === 'scattered' && all === 1) return first.attempts === 1 ? [] : [`one outage: ${longestText}`];
  return [`${pattern}; ${all === 1 ? 'one outage' : `${count(all, 'outage')}, the longest`}: ${longestText}`];
}

/** How the failures follow each other, in a clause; empty where none failed, or all. */
function patternText(report: Outages): string {
  const { failurePattern, outages } = report;
  const [first] = outages;
  switch (failurePattern) {
    case 'came-up':
      return `came up: no attempt failed after ${momentOf(first?.toAt ?? '', report)} UTC`;
    case 'stopped':
      return `stopped: no attempt succeeded after ${momentOf(first?.fromAt ?? '', report)} UTC`;
    case 'alternating':
      return 'alternating: every second attempt failed';
    case 'bursts':
      return 'in bursts: failures follow each other more often than by chance';
    case 'scattered':
      // One stretch of failures is not scattered.
      if (outages.length === 1) return 'one outage';
      return 'scattered: failures do not follow each other more often than by chance';
    case 'none':
    case 'constant':
      return '';
  }
}

function longest(outages: readonly Outage[]): Outage[] {
  return [...outages]
    .sort((a, b) => b.attempts - a.attempts)
    .slice(0, LINES_MAX)
    .sort((a, b) => a.fromAt.localeCompare(b.fromAt));
}
