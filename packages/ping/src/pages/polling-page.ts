import { kindOfVerdict, count, formatDuration } from 'tentacle-protocol/cli';
import { endings } from 'tentacle-protocol/diagnostics';
import {
  clockText,
  distributionCharts,
  facts,
  figures,
  folded,
  fragment,
  h,
  momentText,
  type PageResult,
  part,
  percentText,
  runText,
  type Section,
  section,
  shareBar,
  stageTable,
  type StageTimes,
  table,
  timeChart,
  valueFacts,
  verdictBlock,
} from 'tentacle-protocol/html';
import type { PollingReport, SubscriptionReport } from '../measurements/polling-server/polling-report.js';
import { TimelineTally } from '../report/timeline.js';
import type { PageContext } from './page-context.js';

/** The page of a run in the place of a polling server. */
export function pollingPage(report: PollingReport, context: PageContext): PageResult {
  const { glossary, runtime } = context;
  const { port, verdict, calls, roundTrip, plan, tool, refused, ownThumbprint, connections } = report;
  return {
    title: `Polling server on port ${port}`,
    about: `tentacle-ping listen, ${runText(report.startedAt, report.endedAt)}`,
    kind: kindOfVerdict(verdict.id),
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary }),
      figures([
        ['Calls', calls.queued.toLocaleString('en-US')],
        ['Succeeded', calls.ok.toLocaleString('en-US')],
        [
          'Failed',
          fragment(
            calls.failed.toLocaleString('en-US'),
            ' ',
            h('small', {}, percentText(calls.failed, calls.ok + calls.failed)),
          ),
        ],
        ['Canceled', calls.cancelled === 0 ? undefined : calls.cancelled.toLocaleString('en-US')],
        ['Median round trip', roundTrip === undefined ? undefined : formatDuration(roundTrip.p50Us)],
        ['Connections', connections.total.toLocaleString('en-US')],
        ['At a time', connections.peak.toLocaleString('en-US')],
      ]),
    ),
    sections: [
      section({ id: 'pollers', title: 'Polling clients' }, report.subscriptions.map(subscriptionPart)),
      section(
        { id: 'refused', title: 'Rejected clients' },
        table({
          caption: 'Clients whose certificate is not trusted; --trust accepts one',
          columns: [
            { name: 'address' },
            { name: 'thumbprint' },
            { name: 'times', kind: 'number' },
            { name: 'last', kind: 'nowrap' },
          ],
          rows: refused.map(({ thumbprint, address, count: times, lastAt }) => [
            address,
            thumbprint === null ? 'no certificate' : h('code', {}, thumbprint),
            times.toLocaleString('en-US'),
            momentText(lastAt),
          ]),
        }),
      ),
      latencyOfCalls(report),
      timesSection(report),
      failuresOf(report, context),
      endingsSection(report, context),
      section(
        { id: 'settings', title: 'Options and environment' },
        valueFacts(plan),
        facts([
          ['your thumbprint', h('code', {}, ownThumbprint)],
          ['program', `${tool.name} ${tool.version}`],
          ['runtime', runtime],
        ]),
      ),
    ],
  };
}

function subscriptionPart({ subscription, peak, switches, pollers }: SubscriptionReport): ReturnType<typeof part> {
  return part(
    subscription,
    h(
      'p',
      { class: 'note' },
      `At most ${count(peak, 'connection')} at a time. Calls switched between machines ${count(switches, 'time')}.`,
    ),
    table({
      caption: 'Machines that polled for it',
      columns: [
        { name: 'address' },
        { name: 'thumbprint' },
        { name: 'peer' },
        { name: 'connections', kind: 'number' },
        { name: 'calls', kind: 'number' },
        { name: 'TLS' },
        { name: 'requested name' },
      ],
      rows: pollers.map((one) => [
        one.address,
        one.thumbprint === null ? 'no certificate' : h('code', {}, one.thumbprint),
        one.peer?.kind ?? 'unknown',
        one.connections.toLocaleString('en-US'),
        one.calls.toLocaleString('en-US'),
        one.tlsVersion,
        one.serverName ?? '',
      ]),
    }),
  );
}

function latencyOfCalls({ records, recordsDropped }: PollingReport): Section | undefined {
  const tally = new TimelineTally();
  for (const { startedAt, outcome, roundTripUs = 0 } of records)
    tally.add({ startedAt, outcome, totalUs: roundTripUs });
  const { timeline } = tally;
  if (timeline === undefined || records.length < 2) return undefined;
  const firstMs = Date.parse(timeline.startedAt);
  const buckets = timeline.intervals.map(({ startMs, ok, failed = {}, minUs, p50Us, maxUs }) => ({
    startMs: firstMs + startMs,
    ok,
    failed: Object.values(failed).reduce((sum, times) => sum + times, 0),
    minUs,
    p50Us,
    maxUs,
  }));
  const points = records
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ startedAt, roundTripUs = 0 }) => ({ atMs: Date.parse(startedAt), us: roundTripUs }));
  const note = recordsDropped === 0 ? '' : ` ${count(recordsDropped, 'earlier call')} are not shown.`;
  return section(
    { id: 'latency', title: 'Round trips over time' },
    h(
      'p',
      { class: 'note' },
      `From when a call was collected to its answer, by the time at which it was queued.${note}`,
    ),
    timeChart({
      bucketMs: timeline.intervalMs,
      buckets,
      points,
      outages: [],
      label: `Round trips of ${count(records.length, 'call')} over time`,
    }),
  );
}

function timesSection({ collect, roundTrip, keepAlive }: PollingReport): Section | undefined {
  const all = (
    [
      ['collect', collect],
      ['round trip', roundTrip],
      ['keep-alive', keepAlive],
    ] as const
  ).flatMap(([name, times]): StageTimes[] => (times === undefined ? [] : [{ name, figures: times }]));
  return section({ id: 'times', title: 'Times' }, stageTable('Times in ms', all), distributionCharts(all));
}

function failuresOf({ failures, calls }: PollingReport, { glossary }: PageContext): Section | undefined {
  return section(
    { id: 'failures', title: 'Failures' },
    table({
      caption: 'Failed calls',
      columns: [
        { name: 'failure', kind: 'nowrap' },
        { name: 'share', kind: 'bar' },
        { name: 'calls', kind: 'number' },
        { name: 'first', kind: 'nowrap' },
        { name: 'last', kind: 'nowrap' },
      ],
      rows: failures.map(({ id, count: times, firstAt, lastAt }) => [
        glossary.link(id),
        shareBar([{ className: 'failed', from: 0, to: times / Math.max(1, calls.queued) }]),
        times.toLocaleString('en-US'),
        momentText(firstAt),
        momentText(lastAt),
      ]),
    }),
    failures.map(({ id, evidence }) => folded(`Evidence of the first ${id}`, valueFacts(evidence))),
  );
}

/** Connections that are listed. */
const VISITS_MAX = 100;

function endingsSection(
  { endings: counts, visits, connections }: PollingReport,
  { glossary }: PageContext,
): Section | undefined {
  return section(
    { id: 'connections', title: 'Connections' },
    table({
      caption: 'How connections ended',
      columns: [
        { name: 'ending', kind: 'nowrap' },
        { name: 'share', kind: 'bar' },
        { name: 'connections', kind: 'number' },
        { name: 'meaning' },
      ],
      rows: Object.entries(counts).map(([id, times]) => [
        glossary.endingLink(id),
        shareBar([{ className: 'series-1', from: 0, to: times / Math.max(1, connections.total) }]),
        times.toLocaleString('en-US'),
        endings.find((ending) => ending.id === id)?.title ?? '',
      ]),
    }),
    table({
      caption: 'The last connections of each ending',
      columns: [
        { name: 'accepted', kind: 'nowrap' },
        { name: 'address' },
        { name: 'ending' },
        { name: 'time', kind: 'number' },
      ],
      rows: visits
        .slice(-VISITS_MAX)
        .map(({ startedAt, address, ending, durationUs }) => [
          clockText(startedAt),
          address,
          glossary.endingLink(ending),
          formatDuration(durationUs),
        ]),
    }),
  );
}
