import { count, formatDuration } from 'tentacle-protocol/cli';
import {
  type EndedConnectionRecord,
  endings,
  type PageExtras,
  type PageRequest,
  PONG_PAGE_MARK,
  renderConnectionPage,
  renderUntrustedPage,
} from 'tentacle-protocol/diagnostics';

/** Facts of the text at the start: a name and a value each. */
export type StartFacts = readonly (readonly [name: string, value: string])[];

/** What the page shows beyond its own connection. */
export interface PageContext {
  /** The latest connections from an address that have ended, the latest first. */
  readonly latestFrom: (address: string, max: number) => readonly EndedConnectionRecord[];
  /** Empty before pong listens. */
  readonly startFacts: () => StartFacts;
}

/** As many as a person compares, in a page of a few kilobytes. */
const LATEST_MAX = 20;

/**
 * pong's page for a browser: its own connection, the latest ones from the same address, and on this host the text at the
 * start. With trusted clients, any other one receives the mark by which tentacle-ping identifies pong, and the certificate
 * that arrived: neither the version nor anything else about this host.
 */
export function renderPage(request: PageRequest, { latestFrom, startFacts }: PageContext): string {
  if (!request.isTrusted) return renderUntrustedPage(PONG_PAGE_MARK, request.clientThumbprint);
  const facts = isLoopback(request.address) ? startFacts() : [];
  return renderConnectionPage(
    { name: PONG_PAGE_MARK, heading: 'tentacle-pong is listening', standsInFor: 'an Octopus Tentacle' },
    request,
    {
      ...(facts.length === 0 ? {} : { facts: { title: 'To test this port', rows: facts } }),
      list: listOf(latestFrom(request.address, LATEST_MAX)),
    },
  );
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** Without what names a client: several may share the address. */
function listOf(records: readonly EndedConnectionRecord[]): NonNullable<PageExtras['list']> {
  return {
    title: 'Latest connections from your address',
    note:
      records.length === 0
        ? 'None has ended before this one.'
        : `${count(records.length, 'connection')}, the latest first. Other clients may share your address.`,
    head: ['Accepted (UTC)', 'How it ended', 'Took', 'Calls', 'Id', 'TLS', 'Port'],
    rows: records.map(({ startedAt, port, ending, durationUs, calls, tlsVersion = '-' }) => {
      const { title = ending, level = 'warn' } = endings.find(({ id }) => id === ending) ?? {};
      const kind = level === 'info' ? 'good' : level === 'warn' ? 'warning' : 'bad';
      return [
        { text: startedAt.slice(0, 19).replace('T', ' '), kind: 'nowrap' as const },
        { text: title, kind },
        { text: formatDuration(durationUs), kind: 'nowrap' as const },
        { text: String(Object.values(calls).reduce((sum, times) => sum + times, 0)) },
        { text: ending, kind: 'nowrap' as const },
        { text: tlsVersion, kind: 'nowrap' as const },
        { text: String(port) },
      ];
    }),
  };
}
