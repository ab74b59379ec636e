import {
  attest,
  describeConnection,
  download,
  type EndedConnectionRecord,
  endings,
  records,
  stopKeepAlive,
  upload,
} from 'tentacle-protocol/diagnostics';

/**
 * What a connection was for. `ping`: calls, as those of a measured attempt or of an Octopus Server. `probe`: a connection
 * without a call, or with calls that find out what pong is and what it recorded. `idle`: an idle time was measured.
 * `transfer`: data was transferred.
 */
export type ConnectionKind = 'ping' | 'probe' | 'idle' | 'transfer';

const nameOf = ({ service, method }: { readonly service: string; readonly method: string }): string =>
  `${service}.${method}`;
const TRANSFERS = [upload, download].map(nameOf);
const PROBES = [describeConnection, records, attest].map(nameOf);
const IDLE = nameOf(stopKeepAlive);

/** Endings that are in order. */
const HARMLESS = new Set<string>(endings.filter(({ level }) => level === 'info').map(({ id }) => id));

/** Returns what a connection was for; undefined for one that failed: its duration is that of the failure. */
export function kindOfConnection({ ending, calls }: EndedConnectionRecord): ConnectionKind | undefined {
  if (!HARMLESS.has(ending) || ending === 'stopped') return undefined;
  const has = (name: string): boolean => calls[name] !== undefined;
  if (TRANSFERS.some(has)) return 'transfer';
  if (ending === 'rpc.idle' || has(IDLE)) return 'idle';
  return Object.keys(calls).length === 0 || PROBES.some(has) ? 'probe' : 'ping';
}
