import { count, formatDuration, type MarkKind } from 'tentacle-protocol/cli';
import { type ConnectionRecord, endings } from 'tentacle-protocol/diagnostics';
import { figures, fragment, h, markIcon, type PageResult, section, shareBar, table } from 'tentacle-protocol/html';
import { lengthUs, momentText } from './moments.js';
import type { PageContext } from './page-context.js';

/** The connections that tentacle-pong recorded. */
export interface ConnectionsReport {
  readonly version: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly connections: readonly ConnectionRecord[];
  /** Lines of the file that are incomplete or damaged. */
  readonly unreadable: number;
}

/** Addresses and connections that are listed. */
const ADDRESSES_MAX = 100;
const CONNECTIONS_MAX = 500;

/** The page of the records of tentacle-pong: how connections ended, from which addresses, and the last of them. */
export function connectionsPage(report: ConnectionsReport, { glossary }: PageContext): PageResult {
  const { connections, version, startedAt, unreadable } = report;
  const ended = connections.filter(({ ending }) => ending !== undefined);
  const isServed = ({ ending }: ConnectionRecord): boolean => levelOf(ending) === 'info';
  const other = ended.filter((one) => !isServed(one)).length;
  const kind: MarkKind = other === 0 ? 'good' : 'warning';
  const headline =
    other === 0
      ? `${count(connections.length, 'connection')} without a problem`
      : `${other} of ${count(connections.length, 'connection')} need attention`;
  const last = connections.at(-1)?.startedAt ?? startedAt;
  const total = Math.max(1, connections.length);
  return {
    title: 'Connections to tentacle-pong',
    about: `tentacle-pong ${version}, ${momentText(startedAt)} UTC, ${formatDuration(lengthUs(startedAt, last))}`,
    kind,
    headline,
    lead: fragment(
      h('section', { class: `verdict ${kind}` }, h('h2', {}, markIcon(kind), h('span', {}, headline))),
      figures([
        ['Connections', connections.length.toLocaleString('en-US')],
        ['Addresses', new Set(connections.map(({ address }) => address)).size.toLocaleString('en-US')],
        ['Calls', connections.reduce((sum, { calls }) => sum + callsOf(calls), 0).toLocaleString('en-US')],
        ['Unreadable lines', unreadable === 0 ? undefined : unreadable.toLocaleString('en-US')],
      ]),
    ),
    sections: [
      section(
        { id: 'endings', title: 'How connections ended' },
        table({
          caption: 'Endings',
          columns: [
            { name: 'ending', kind: 'nowrap' },
            { name: 'share', kind: 'bar' },
            { name: 'connections', kind: 'number' },
            { name: 'meaning' },
          ],
          rows: counted(connections, ({ ending = 'open' }) => ending).map(([id, times]) => [
            glossary.endingLink(id),
            shareBar([{ className: levelOf(id) === 'info' ? 'series-1' : 'failed', from: 0, to: times / total }]),
            times.toLocaleString('en-US'),
            endings.find((ending) => ending.id === id)?.title ?? '',
          ]),
        }),
      ),
      section(
        { id: 'addresses', title: 'Addresses' },
        table({
          caption: `Where connections came from, at most ${ADDRESSES_MAX}`,
          columns: [{ name: 'address' }, { name: 'share', kind: 'bar' }, { name: 'connections', kind: 'number' }],
          rows: counted(connections, ({ address }) => address)
            .slice(0, ADDRESSES_MAX)
            .map(([address, times]) => [
              address,
              shareBar([{ className: 'series-1', from: 0, to: times / total }]),
              times.toLocaleString('en-US'),
            ]),
        }),
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
            { name: 'client certificate' },
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
              one.clientThumbprint === undefined ? '' : h('code', {}, one.clientThumbprint ?? 'none'),
            ]),
        }),
      ),
    ],
  };
}

function levelOf(id: string | undefined): string {
  return endings.find((ending) => ending.id === id)?.level ?? 'info';
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
