import { count, tableText } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Report } from '../report/report.js';
import { clockText } from './moment.js';

/** All failures of a run: how often each happened, and when. */
export function failureTable({ failures }: Pick<Report, 'failures'>, width: number): string {
  const rows = failures.map(({ id, count: times, firstAt, lastAt }) => [id, String(times), firstAt, lastAt]);
  return tableText({ sides: 'lrll', heads: ['failure', 'count', 'first', 'last'], rows }, width);
}

/** Failures other than the verdict's, a line each. */
export function otherFailures({ failures, verdict }: Pick<Report, 'failures' | 'verdict'>): string[] {
  return failures
    .filter(({ id }) => id !== verdict.id)
    .map(({ id, count: times, firstAt, lastAt }) => {
      const from = clockText(firstAt);
      const to = clockText(lastAt);
      const when = from === to ? `at ${from} UTC` : `${from} to ${to} UTC`;
      return `${id} ${times === 1 ? 'once' : count(times, 'time')}, ${when}: ${failureDefinition(id).title}`;
    });
}
