import { count, ms } from 'tentacle-protocol/cli';
import { clockText, fragment, h, type Row, type Section, section, table } from 'tentacle-protocol/html';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { Report } from '../report/report.js';

/** Of each kind: with a line of 150 bytes, 150 KB of the page. */
const SHOWN_MAX = 500;

/** The last attempts, failures apart from successes, with the time of each stage. */
export function attemptsSection({ records, attempts }: Pick<Report, 'records' | 'attempts'>): Section | undefined {
  const isOk = ({ outcome }: AttemptRecord): boolean => outcome === 'ok';
  const counted = records.filter(({ number }) => number > 0);
  const shown = [
    ...counted.filter(isOk).slice(-SHOWN_MAX),
    ...counted.filter((record) => !isOk(record)).slice(-SHOWN_MAX),
  ].sort((a, b) => a.number - b.number);
  const stages = [...new Set(shown.flatMap((record) => record.stages.map(({ stage }) => stage)))].slice(0, 10);
  const rows = shown.map((record): Row => {
    const times = new Map(record.stages.map(({ stage, durationUs }) => [stage, durationUs]));
    return {
      outcome: record.outcome,
      cells: [
        record.number,
        clockText(record.startedAt),
        record.outcome,
        record.address ?? '',
        ms(record.totalUs),
        ...stages.map((stage) => {
          const us = times.get(stage);
          return us === undefined ? '' : ms(us);
        }),
      ],
    };
  });
  const missing = attempts.sent - shown.length;
  return section(
    { id: 'attempts', title: 'Attempts' },
    rows.length === 0
      ? undefined
      : fragment(
          h(
            'p',
            { class: 'note' },
            missing > 0
              ? `The last ${count(shown.length, 'attempt')}, failures apart from successes; ${count(missing, 'earlier attempt')} are in the charts only.`
              : 'All attempts, in the order in which they began.',
          ),
          h(
            'details',
            {},
            h('summary', {}, `Show ${count(shown.length, 'attempt')}`),
            h(
              'div',
              { class: 'attempts' },
              table({
                caption: 'Times in ms',
                columns: [
                  { name: '#' },
                  { name: 'began' },
                  { name: 'outcome' },
                  { name: 'address' },
                  ...['total', ...stages].map((name) => ({ name })),
                ],
                rows,
              }),
            ),
          ),
        ),
  );
}
