import { count, tableText } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Report } from '../report/report.js';
import { momentOf } from './moment.js';

/** All failures of a run: how often each happened, and when. */
export function failureTable({ failures, startedAt }: Pick<Report, 'failures' | 'startedAt'>, width: number): string {
  const rows = failures.map(({ id, count: times, firstAt, lastAt }) => [
    id,
    String(times),
    momentOf(firstAt, { startedAt }),
    momentOf(lastAt, { startedAt }),
  ]);
  return tableText({ sides: 'lrll', heads: ['failure', 'count', 'first (UTC)', 'last (UTC)'], rows }, width);
}

/** Failures other than the verdict's, a line each. */
export function otherFailures({
  failures,
  verdict,
  startedAt,
}: Pick<Report, 'failures' | 'verdict' | 'startedAt'>): string[] {
  return failures
    .filter(({ id }) => id !== verdict.id)
    .map(({ id, count: times, firstAt, lastAt }) => {
      const from = momentOf(firstAt, { startedAt });
      const to = momentOf(lastAt, { startedAt });
      const when = from === to ? `at ${from} UTC` : `${from} to ${to} UTC`;
      return `${id} ${times === 1 ? 'once' : count(times, 'time')}, ${when}: ${failureDefinition(id).title}`;
    });
}
