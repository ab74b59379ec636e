import type { DurationFigures } from '../plain-data/histogram.js';
import type { ListenerHealth } from '../services/listener-health.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { count, formatDuration, formatSize } from '../text/units.js';
import { endingsTable, failedConnections, verdictOnConnections } from './connections-verdict.js';
import type { Glossary } from './glossary.js';
import { fragment, h, type Markup } from './markup.js';
import { lengthUs, momentText, percentText, runText } from './moments.js';
import type { PageResult } from './page.js';
import { bulletList, facts, figures, folded, section, table } from './parts.js';
import { distributionCharts, stageTable, type StageTimes } from './stage-figures.js';
import { valueFacts } from './value-facts.js';
import { verdictBlock } from './verdict-block.js';

/** The summary of tentacle-pong as its page shows it. Files of older versions lack what is optional here. */
export interface ShownSummary {
  readonly tool: { readonly name: string; readonly version: string };
  readonly startedAt: string;
  readonly endedAt: string;
  readonly port: number;
  readonly thumbprint: string;
  readonly connections: { readonly total: number; readonly open: number; readonly peak: number };
  readonly listener?: ListenerHealth;
  readonly endings: Readonly<Record<string, number>>;
  readonly stages?: Readonly<Record<string, DurationFigures>>;
  readonly totals?: Readonly<Record<string, DurationFigures>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly limits?: object;
  readonly transfers?: { readonly movedBytes: number; readonly refused: number; readonly cut: number };
  readonly durations: DurationFigures;
  readonly refused: readonly { readonly thumbprint: string; readonly count: number; readonly lastAddress: string }[];
  readonly logLinesDropped?: number;
  readonly recordsLeftOut?: number;
}

/** The page of what tentacle-pong counted: how connections ended, beside the ids of tentacle-ping, and their times. */
export function summaryPage(summary: ShownSummary, glossary: Glossary, runtime?: string): PageResult {
  const { connections, port, startedAt, endedAt, refused, calls, durations, tool, limits } = summary;
  const failed = failedConnections(summary.endings);
  const { verdict, kind } = verdictOnConnections({
    endings: summary.endings,
    total: connections.total,
    port,
    ...omitUndefined({ rejected: refused.at(-1)?.thumbprint }),
  });
  return {
    title: `tentacle-pong on port ${port}`,
    about: `Received connections, ${runText(startedAt, endedAt)}`,
    kind,
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary, kind }),
      figures([
        ['Connections', connections.total.toLocaleString('en-US')],
        [
          'Failed',
          fragment(failed.toLocaleString('en-US'), ' ', h('small', {}, percentText(failed, connections.total))),
        ],
        ['Open at a time', connections.peak.toLocaleString('en-US')],
        [
          'Calls',
          Object.values(calls)
            .reduce((sum, times) => sum + times, 0)
            .toLocaleString('en-US'),
        ],
        ['Median', durations.count === 0 ? undefined : formatDuration(durations.p50Us)],
        ['Maximum', durations.count === 0 ? undefined : formatDuration(durations.maxUs)],
        ['Duration', formatDuration(lengthUs(startedAt, endedAt))],
      ]),
    ),
    sections: [
      section(
        { id: 'endings', title: 'How connections ended' },
        endingsTable(summary.endings, connections.total, glossary),
      ),
      section(
        { id: 'stages', title: 'Stages' },
        stageTable(
          'Times in ms, as this end saw them; stages have the names that tentacle-ping uses.',
          stagesOf(summary),
        ),
      ),
      section({ id: 'distributions', title: 'Distributions' }, distributionCharts(stagesOf(summary))),
      section(
        { id: 'refused', title: 'Rejected clients' },
        table({
          caption: 'Clients whose certificate is not among those of --trust, the latest last',
          columns: [
            { name: 'thumbprint' },
            { name: 'times', kind: 'number' },
            { name: 'last address', kind: 'nowrap' },
          ],
          rows: refused.map((client) => [
            h('code', {}, client.thumbprint),
            client.count.toLocaleString('en-US'),
            client.lastAddress,
          ]),
        }),
      ),
      section({ id: 'calls', title: 'Calls' }, callsTable(summary)),
      section({ id: 'missing', title: 'What was not seen' }, bulletList(missingTexts(summary))),
      section(
        { id: 'settings', title: 'Options and environment' },
        facts([
          ['thumbprint', h('code', {}, summary.thumbprint)],
          ['port', String(port)],
          ['open at the end', connections.open.toLocaleString('en-US')],
          ['program', `${tool.name} ${tool.version}`],
          ['runtime', runtime],
          ['platform', summary.listener?.platform],
        ]),
        limits === undefined ? undefined : folded('Limits in force', valueFacts(limits)),
      ),
    ],
  };
}

/** Names of connections by what they were for. */
const KINDS: Readonly<Record<string, readonly [name: string, what: string]>> = {
  ping: ['total', 'connections with calls'],
  probe: ['probes', 'connections that only test'],
  idle: ['idle', 'connections whose idle time was measured'],
  transfer: ['transfers', 'connections that transferred data'],
};

const STAGES: Readonly<Record<string, string>> = {
  tls: 'TLS handshake',
  identity: 'exchange of identities',
  rpc: 'echo and its response',
};

/** Stages, then connections that did not fail by what they were for, then all. */
function stagesOf({ stages = {}, totals = {}, durations }: ShownSummary): StageTimes[] {
  const kinds = Object.entries(totals).map(([kind, times], i): StageTimes => {
    const [name, what] = KINDS[kind] ?? [kind, ''];
    return { name, what, figures: times, isTotal: i === 0 };
  });
  const isAll = kinds.length === 1 && kinds[0]?.figures.count === durations.count;
  return [
    ...Object.entries(stages).map(([name, times]) => ({ name, what: STAGES[name] ?? '', figures: times })),
    ...kinds,
    ...(isAll || durations.count === 0 ? [] : [{ name: 'all', what: 'failed connections too', figures: durations }]),
  ];
}

function callsTable({ calls, transfers }: ShownSummary): Markup {
  const { movedBytes = 0, refused = 0, cut = 0 } = transfers ?? {};
  return fragment(
    table({
      caption: 'Answered calls',
      columns: [{ name: 'call' }, { name: 'times', kind: 'number' }],
      rows: Object.entries(calls).map(([name, times]) => [h('code', {}, name), times.toLocaleString('en-US')]),
    }),
    facts([
      ['transferred', movedBytes === 0 ? undefined : formatSize(movedBytes)],
      ['transfers refused by a limit', refused === 0 ? undefined : refused.toLocaleString('en-US')],
      ['transfers cut by a limit', cut === 0 ? undefined : cut.toLocaleString('en-US')],
    ]),
  );
}

/** What the counts, the log and the file of --record do not contain. */
function missingTexts({ logLinesDropped = 0, recordsLeftOut = 0, listener }: ShownSummary): string[] {
  const { closedWithoutHandleMax = 0, leftInQueue = 0, events = [] } = listener ?? {};
  return [
    closedWithoutHandleMax === 0
      ? []
      : `No file handle was free at times: up to ${count(closedWithoutHandleMax, 'connection')} were closed unseen.`,
    leftInQueue === 0 ? [] : `${count(leftInQueue, 'connection')} waited in the queue at the end.`,
    events.flatMap(({ from, stalledUs, listenOverflows }) => [
      ...(stalledUs === undefined
        ? []
        : [`${momentText(from)}: this process did not run for ${formatDuration(stalledUs)}.`]),
      ...(listenOverflows === undefined
        ? []
        : [
            `${momentText(from)}: the system dropped ${count(listenOverflows, 'new connection')}, because a queue was full.`,
          ]),
    ]),
    logLinesDropped === 0 ? [] : `The log lacks ${count(logLinesDropped, 'line')}.`,
    recordsLeftOut === 0 ? [] : `The file of --record lacks ${count(recordsLeftOut, 'connection')}.`,
  ].flat();
}
