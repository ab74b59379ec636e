import { count, DurationHistogram, formatDuration, omitUndefined, shortThumbprint } from 'tentacle-protocol/cli';
import type { ConnectionRecord } from 'tentacle-protocol/diagnostics';
import {
  distributionCharts,
  endingsTable,
  failedConnections,
  figures,
  fragment,
  h,
  lengthUs,
  type Markup,
  momentText,
  OPEN,
  type PageResult,
  percentText,
  section,
  shareBar,
  stageTable,
  type StageTimes,
  table,
  verdictBlock,
  verdictOnConnections,
} from 'tentacle-protocol/html';
import type { PageContext } from './page-context.js';

/** The connections that tentacle-pong recorded. */
export interface ConnectionsReport {
  readonly version: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly port: number;
  readonly connections: readonly ConnectionRecord[];
  /** Lines of the file that are incomplete or damaged. */
  readonly unreadable: number;
}

/** Addresses or certificates, and connections, that are listed. */
const CLIENTS_MAX = 100;
const CONNECTIONS_MAX = 500;

/** The page of the records of tentacle-pong: how connections ended, from which addresses, and the last of them. */
export function connectionsPage(report: ConnectionsReport, { glossary }: PageContext): PageResult {
  const { connections, version, startedAt, port, unreadable } = report;
  const endings = Object.fromEntries(counted(connections, ({ ending = OPEN }) => ending));
  const { verdict, kind } = verdictOnConnections({
    endings,
    total: connections.length,
    port,
    ...omitUndefined({ rejected: rejectedIn(connections) }),
  });
  const failed = failedConnections(endings);
  const last = connections.at(-1)?.startedAt ?? startedAt;
  const total = Math.max(1, connections.length);
  const stages = stagesOf(connections);
  return {
    title: `tentacle-pong on port ${port}`,
    about: `Records of connections, tentacle-pong ${version}, ${momentText(startedAt)} UTC, ${formatDuration(lengthUs(startedAt, last))}`,
    kind,
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary, kind }),
      figures([
        ['Connections', connections.length.toLocaleString('en-US')],
        [
          'Failed',
          fragment(failed.toLocaleString('en-US'), ' ', h('small', {}, percentText(failed, connections.length))),
        ],
        ['Addresses', new Set(connections.map(({ address }) => address)).size.toLocaleString('en-US')],
        ['Calls', connections.reduce((sum, { calls }) => sum + callsOf(calls), 0).toLocaleString('en-US')],
        ['Unreadable lines', unreadable === 0 ? undefined : unreadable.toLocaleString('en-US')],
      ]),
    ),
    sections: [
      section({ id: 'endings', title: 'How connections ended' }, endingsTable(endings, connections.length, glossary)),
      section({ id: 'stages', title: 'Stages' }, stageTable('Times in ms, as this end saw them', stages)),
      section({ id: 'distributions', title: 'Distributions' }, distributionCharts(stages)),
      section(
        { id: 'clients', title: 'Clients' },
        sharesTable(
          'address',
          counted(connections, ({ address }) => address),
          total,
        ),
        sharesTable(
          'client certificate',
          counted(connections, ({ clientThumbprint }) => clientThumbprint ?? 'none'),
          total,
        ),
      ),
      section(
        { id: 'connections', title: 'Connections' },
        table({
          caption: `The last ${count(Math.min(CONNECTIONS_MAX, connections.length), 'connection')}`,
          columns: [
            { name: 'accepted', kind: 'nowrap' },
            { name: 'address', kind: 'nowrap' },
            { name: 'ending', kind: 'nowrap' },
            { name: 'calls', kind: 'number' },
            { name: 'time', kind: 'number' },
            { name: 'TLS', kind: 'nowrap' },
            { name: 'client certificate', kind: 'nowrap' },
          ],
          rows: connections
            .slice(-CONNECTIONS_MAX)
            .map((one) => [
              momentText(one.startedAt),
              `${one.address}:${one.port}`,
              one.ending === undefined ? 'open' : glossary.endingLink(one.ending),
              callsOf(one.calls),
              formatDuration(one.durationUs),
              one.tlsVersion ?? '',
              one.clientThumbprint === undefined ? '' : h('code', {}, shortThumbprint(one.clientThumbprint ?? 'none')),
            ]),
        }),
      ),
    ],
  };
}

/** The stages that records have, with the names that tentacle-ping uses, and whole connections. */
function stagesOf(connections: readonly ConnectionRecord[]): StageTimes[] {
  const all = [
    ['tls', 'TLS handshake', ({ tlsUs }: ConnectionRecord) => tlsUs],
    ['identity', 'exchange of identities', ({ identityUs }: ConnectionRecord) => identityUs],
    ['rpc', 'first call and its response', ({ rpcUs }: ConnectionRecord) => rpcUs],
    ['total', 'whole connections', ({ durationUs }: ConnectionRecord) => durationUs],
  ] as const;
  return all.flatMap(([name, what, of]): StageTimes[] => {
    const times = new DurationHistogram();
    for (const us of connections.map(of)) if (us !== undefined) times.add(us);
    return times.count === 0 ? [] : [{ name, what, figures: times.figures, isTotal: name === 'total' }];
  });
}

/** The thumbprint of the last client that was rejected because of it. */
function rejectedIn(connections: readonly ConnectionRecord[]): string | undefined {
  return connections.findLast(({ ending }) => ending === 'refused.thumbprint')?.clientThumbprint ?? undefined;
}

/** How many connections came from each client. */
function sharesTable(name: string, counts: readonly (readonly [string, number])[], total: number): Markup {
  return table({
    caption: `Connections by ${name}${counts.length > CLIENTS_MAX ? `, the first ${CLIENTS_MAX}` : ''}`,
    columns: [{ name }, { name: 'share', kind: 'bar' }, { name: 'connections', kind: 'number' }],
    rows: counts
      .slice(0, CLIENTS_MAX)
      .map(([text, times]) => [
        h('code', {}, text),
        shareBar([{ className: 'series-1', from: 0, to: times / total }]),
        times.toLocaleString('en-US'),
      ]),
  });
}

function callsOf(calls: ConnectionRecord['calls']): number {
  return Object.values(calls).reduce((sum, times) => sum + times, 0);
}

/** The values and how often each occurs, the most frequent first. */
function counted(connections: readonly ConnectionRecord[], of: (one: ConnectionRecord) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const one of connections) counts.set(of(one), (counts.get(of(one)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
