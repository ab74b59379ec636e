import { count, formatDuration, ms } from 'tentacle-protocol/cli';
import {
  clockText,
  folded,
  fragment,
  h,
  legend,
  type Markup,
  momentText,
  type Section,
  section,
  table,
  timeChart,
} from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';
import { TimelineTally } from '../report/timeline.js';

/** Up to here, each attempt is a dot; beyond, dots hide each other. */
const POINTS_MAX = 600;

/** Outages that are drawn. */
const OUTAGES_MAX = 100;

/** Latency over time, with the failures and outages where they happened. */
export function latencySection(report: Report): Section | undefined {
  const timeline = report.timeline ?? timelineOfRecords(report);
  // Failed attempts alone have no times to draw.
  if (timeline === undefined || report.attempts.sent < 2 || report.attempts.ok === 0) return undefined;
  const startMs = Date.parse(timeline.startedAt);
  const buckets = timeline.intervals.map(({ startMs: offsetMs, ok, failed = {}, minUs, p50Us, maxUs }) => ({
    startMs: startMs + offsetMs,
    ok,
    failed: Object.values(failed).reduce((sum, times) => sum + times, 0),
    minUs,
    p50Us,
    maxUs,
  }));
  const points = pointsOf(report);
  const shown = { bucketMs: timeline.intervalMs, buckets, points, outages: outagesOf(report) };
  const chart = timeChart({ ...shown, label: labelOf(report) });
  const hasOutages = shown.outages.length > 0;
  return section(
    { id: 'latency', title: 'Latency over time' },
    h(
      'p',
      { class: 'note' },
      `Total time of each successful attempt by the time at which it began${points === undefined ? `, in intervals of ${formatDuration(timeline.intervalMs * 1000)}` : ''}.`,
    ),
    chart,
    legend([
      ...(points === undefined
        ? ([
            ['band', 'minimum to maximum'],
            ['series-1', 'median'],
          ] as const)
        : ([['series-1', 'one attempt']] as const)),
      ['failed', 'share of attempts that failed'],
      ...(hasOutages ? ([['outage', 'outage: several failures in a row']] as const) : []),
    ]),
    valuesTable(report, timeline),
  );
}

/** Older reports have no timeline. */
function timelineOfRecords({ records, recordsDropped }: Report): Report['timeline'] {
  if (recordsDropped > 0) return undefined;
  const tally = new TimelineTally();
  for (const record of records) if (record.number > 0) tally.add(record);
  return tally.timeline;
}

function pointsOf({ records, recordsDropped }: Report): { readonly atMs: number; readonly us: number }[] | undefined {
  if (recordsDropped > 0 || records.length > POINTS_MAX) return undefined;
  return records
    .filter(({ outcome, number }) => outcome === 'ok' && number > 0)
    .map(({ startedAt, totalUs }) => ({ atMs: Date.parse(startedAt), us: totalUs }));
}

/** A single failure is visible in the strip below the times. */
function outagesOf({ outages }: Report): { fromMs: number; toMs: number; text: string }[] {
  const long = outages.filter(({ attempts }) => attempts > 1);
  return long.slice(0, OUTAGES_MAX).map(({ fromAt, toAt, attempts, id }) => ({
    fromMs: Date.parse(fromAt),
    toMs: Date.parse(toAt),
    text: `${count(attempts, 'attempt')} failed from ${clockText(fromAt)} to ${clockText(toAt)} (${id})`,
  }));
}

function labelOf({ attempts, stages, outages }: Report): string {
  const { total } = stages;
  const times =
    total === undefined ? '' : ` Median ${formatDuration(total.p50Us)}, maximum ${formatDuration(total.maxUs)}.`;
  return `Latency over time of ${count(attempts.sent, 'attempt')}, of which ${attempts.failed.toLocaleString('en-US')} failed, in ${count(outages.length, 'outage')}.${times}`;
}

/** The values of the chart, for readers who do not see it, and for copying. */
function valuesTable({ startedAt }: Report, timeline: NonNullable<Report['timeline']>): Markup {
  const startMs = Date.parse(timeline.startedAt);
  const rows = joined(timeline.intervals).map(({ startMs: offsetMs, ok, failed, minUs, maxUs }) => {
    const at = new Date(startMs + offsetMs).toISOString();
    return [
      at.slice(0, 10) === startedAt.slice(0, 10) ? clockText(at) : momentText(at),
      ok.toLocaleString('en-US'),
      failed.toLocaleString('en-US'),
      ...(ok === 0 ? ['', ''] : [ms(minUs), ms(maxUs)]),
    ];
  });
  return fragment(
    folded(
      'Values',
      table({
        caption: 'Attempts over time; times in ms',
        columns: [
          { name: 'from', kind: 'nowrap' },
          ...['ok', 'failed', 'min', 'max'].map((name) => ({ name, kind: 'number' as const })),
        ],
        rows,
      }),
    ),
  );
}

/** As many rows as a table of values is read for. */
const ROWS_MAX = 60;

function joined(intervals: NonNullable<Report['timeline']>['intervals']) {
  const size = Math.ceil(intervals.length / ROWS_MAX);
  return Array.from({ length: Math.ceil(intervals.length / size) }, (_, i) => {
    const some = intervals.slice(i * size, (i + 1) * size);
    return {
      startMs: some[0]?.startMs ?? 0,
      ok: some.reduce((sum, { ok }) => sum + ok, 0),
      failed: some.flatMap(({ failed = {} }) => Object.values(failed)).reduce((sum, times) => sum + times, 0),
      minUs: some.reduce(
        (least, { minUs = Number.POSITIVE_INFINITY }) => Math.min(least, minUs),
        Number.POSITIVE_INFINITY,
      ),
      maxUs: some.reduce((most, { maxUs = 0 }) => Math.max(most, maxUs), 0),
    };
  });
}
