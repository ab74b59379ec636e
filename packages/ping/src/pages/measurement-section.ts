import { count, formatDuration, formatRate, formatSize, ms } from 'tentacle-protocol/cli';
import { type Child, fragment, h, part, type Section, section, shareBar, table } from 'tentacle-protocol/html';
import type { IdleReport, IdleProbe } from '../report/idle-report.js';
import type { Report } from '../report/report.js';
import type { SizesReport } from '../report/sizes-report.js';
import type { TransferReport } from '../report/transfer-report.js';
import { limitText } from '../output/transfers-text.js';
import type { PageContext } from './page-context.js';

/** What the run was for, where that is not round trips. */
export function measurementSection({ idle, sizes, transfers }: Report, context: PageContext): Section | undefined {
  if (idle !== undefined) return idleSection(idle, context);
  if (sizes !== undefined) return sizesSection(sizes, context);
  return transfers === undefined ? undefined : transfersSection(transfers);
}

function idleSection(
  { keepAliveOn, keepAliveOff, probes, fromUs, toUs }: IdleReport,
  { glossary }: PageContext,
): Section | undefined {
  const outcome = (id: string): Child => (id.includes('.') ? glossary.link(id) : id);
  const limits = (
    [
      [`every ${formatDuration(keepAliveOn.keepAliveUs)}`, keepAliveOn],
      ['off', keepAliveOff],
    ] as const
  ).map(([name, side]) => [
    name,
    outcome(side.outcome),
    side.longestOkUs === undefined ? '' : formatDuration(side.longestOkUs),
    side.shortestDeadUs === undefined ? '' : formatDuration(side.shortestDeadUs),
    side.normal ? 'yes' : 'no',
  ]);
  const rows = [...probes]
    .filter((probe) => probe.outcome !== 'cut')
    .sort((a, b) => a.spanUs - b.spanUs)
    .map((probe) => [
      formatDuration(probe.spanUs),
      idleBar(probe, toUs),
      probe.keepAliveUs === undefined ? 'off' : formatDuration(probe.keepAliveUs),
      outcome(probe.outcome),
      formatDuration(probe.idleUs),
      probe.checkUs === undefined ? '' : ms(probe.checkUs),
    ]);
  return section(
    { id: 'idle', title: 'Idle connections' },
    table({
      caption: `How long connections survive without calls; tested from ${formatDuration(fromUs)} to ${formatDuration(toUs)}`,
      columns: [
        { name: 'TCP keep-alive' },
        { name: 'outcome' },
        { name: 'survived', kind: 'number' },
        { name: 'ended after', kind: 'number' },
        { name: "the peer's own limit" },
      ],
      rows: limits,
    }),
    table({
      caption: 'Each connection; the time of the call after the idle time in ms',
      columns: [
        { name: 'idle for', kind: 'nowrap' },
        { name: 'survived', kind: 'bar' },
        { name: 'keep-alive' },
        { name: 'outcome' },
        { name: 'ended or used after', kind: 'number' },
        { name: 'call', kind: 'number' },
      ],
      rows,
    }),
  );
}

function idleBar({ outcome, idleUs }: IdleProbe, toUs: number): Child {
  const className = outcome === 'ok' ? 's-tls' : 'failed';
  return shareBar([{ className, from: 0, to: Math.min(1, idleUs / Math.max(1, toUs)) }]);
}

function sizesSection({ upload, download, tried, by }: SizesReport, { glossary }: PageContext): Section | undefined {
  const limits = (
    [
      ['upload', upload],
      ['download', download],
    ] as const
  ).flatMap(([name, limit]) =>
    limit === undefined
      ? []
      : [
          [
            name,
            limit.largestOkBytes === undefined ? 'none' : formatSize(limit.largestOkBytes),
            limit.smallestFailedBytes === undefined ? 'none' : formatSize(limit.smallestFailedBytes),
            limit.complete ? 'yes' : 'no',
            limit.passesInPieces === undefined ? '' : limit.passesInPieces ? 'yes' : 'no',
          ],
        ],
  );
  return section(
    { id: 'sizes', title: 'Data sizes' },
    table({
      caption: `Which sizes passed, ${by === 'page' ? 'as part of a request for the page' : 'as data streams, compared byte for byte'}`,
      columns: [
        { name: 'direction' },
        { name: 'largest that passed', kind: 'number' },
        { name: 'smallest that failed', kind: 'number' },
        { name: 'search complete' },
        { name: 'passes in small pieces' },
      ],
      rows: limits,
    }),
    table({
      caption: `Each size that was tried, in order; times in ms`,
      columns: [
        { name: '#', kind: 'number' },
        { name: 'direction' },
        { name: 'size', kind: 'number' },
        { name: 'outcome' },
        { name: 'moved', kind: 'number' },
        { name: 'time', kind: 'number' },
      ],
      rows: tried.map(({ number, direction, sizeBytes, pieces, outcome, movedBytes, durationUs }) => [
        number,
        direction,
        pieces === undefined ? formatSize(sizeBytes) : `${count(pieces, 'piece')} of ${formatSize(sizeBytes)}`,
        outcome.includes('.') ? glossary.link(outcome) : outcome,
        formatSize(movedBytes),
        ms(durationUs),
      ]),
    }),
  );
}

function transfersSection(transfers: readonly TransferReport[]): Section | undefined {
  return section(
    { id: 'transfers', title: 'Data transfers' },
    table({
      caption: 'Transfers by direction; the receiving end verified every byte of the whole ones',
      columns: [
        { name: 'direction' },
        { name: 'size', kind: 'number' },
        { name: 'whole', kind: 'number' },
        { name: 'broken', kind: 'number' },
        { name: 'moved', kind: 'number' },
        { name: 'slowest', kind: 'number' },
        { name: 'fastest', kind: 'number' },
      ],
      rows: transfers.map((one) => [
        one.direction,
        formatSize(one.sizeBytes),
        one.whole,
        one.broken,
        formatSize(one.movedBytes),
        formatRate(one.slowestPerSecond),
        formatRate(one.fastestPerSecond),
      ]),
    }),
    transfers.map((one) => limitParagraph(one)),
    transfers.map((one) => part(`${one.direction} over time`, rateTable(one))),
  );
}

function limitParagraph(report: TransferReport): Child {
  const limit = limitText(report);
  return limit === undefined ? fragment() : h('p', {}, `${report.direction}: ${limit}`);
}

/** Rows of a table of rates. */
const RATES_MAX = 40;

function rateTable({ direction, last: { intervalUs, bytes } }: TransferReport): Child {
  const size = Math.max(1, Math.ceil(bytes.length / RATES_MAX));
  const sums = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.slice(i * size, (i + 1) * size).reduce((sum, one) => sum + one, 0),
  );
  const most = sums.reduce((a, b) => Math.max(a, b), 1);
  // Fewer intervals show nothing.
  if (sums.length < 4) return fragment();
  return table({
    caption: `${direction}: bytes in each interval of the last transfer; the last interval may be shorter`,
    columns: [
      { name: 'from', kind: 'nowrap' },
      { name: 'moved', kind: 'bar' },
      { name: 'bytes', kind: 'number' },
    ],
    rows: sums.map((sum, i) => [
      formatDuration(i * size * intervalUs),
      shareBar([{ className: 's-data', from: 0, to: sum / most }]),
      formatSize(sum),
    ]),
  });
}
