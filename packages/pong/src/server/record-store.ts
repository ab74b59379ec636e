import {
  type ConnectionRecord,
  type ConnectionView,
  type EndedConnectionRecord,
  endings,
  type ListenerHealth,
  RecordRing,
  type RecordsPage,
  type RecordsQuery,
  RECORDS_MAX,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';

/**
 * As many connections as one tentacle-ping opens in a quarter of an hour. Three kinds at about 600 bytes a record are a few
 * megabytes; from peers that send as much as a record keeps (4 KB), 24 MB.
 */
const MAX_OF_EACH_KIND = 2000;

/** What the answer to a query for records depends on, apart from the records. */
export interface RecordsContext {
  /** The connection that the query arrived on. */
  readonly caller: Pick<ConnectionView, 'connectionId' | 'address' | 'clientThumbprint' | 'pongVersion'>;
  /** All connections that are open now. */
  readonly open: readonly ConnectionRecord[];
  readonly largestAcceptBatch: number;
  readonly listener?: ListenerHealth;
}

/** The latest connections of three kinds, each kept apart: served, harmless (health checks and the like), and failed. */
export class RecordStore {
  readonly #ring: RecordRing<EndedConnectionRecord>;
  #completeFrom = new Date().toISOString();

  constructor(maxOfEachKind = MAX_OF_EACH_KIND) {
    this.#ring = new RecordRing(maxOfEachKind, kindOf);
  }

  add(record: EndedConnectionRecord): void {
    const dropped = this.#ring.add(record);
    if (dropped !== undefined && dropped.startedAt >= this.#completeFrom)
      this.#completeFrom = new Date(Date.parse(dropped.startedAt) + 1).toISOString();
  }

  get all(): readonly EndedConnectionRecord[] {
    return this.#ring.all();
  }

  /** Returns the caller's own connections: with its certificate, or from its address. Of all others, at most the number. */
  query(
    { from, to, after, max }: RecordsQuery,
    { caller, open, largestAcceptBatch, listener }: RecordsContext,
  ): RecordsPage {
    const numbered = this.#ring.numbered();
    const isInPeriod = (record: ConnectionRecord): boolean => record.startedAt >= from && record.startedAt <= to;
    const isOwn = (record: ConnectionRecord): boolean => belongsTo(caller, record);
    const isUnattributed = (record: ConnectionRecord): boolean => {
      return !isOwn(record) && record.connectionId !== caller.connectionId && !record.clientThumbprint;
    };
    const remaining = numbered.filter(({ number, item }) => number > after && isInPeriod(item) && isOwn(item));
    const page = remaining.slice(0, Math.min(max, RECORDS_MAX));
    const last = page.at(-1);
    const isLastPage = page.length === remaining.length;
    const ownOpen = isLastPage && max > 0 ? open.filter(isInPeriod).filter(isOwn) : [];
    return {
      pongVersion: caller.pongVersion,
      now: new Date().toISOString(),
      completeFrom: this.#completeFrom,
      largestAcceptBatch,
      withheld: [...numbered.map(({ item }) => item), ...open].filter(isInPeriod).filter(isUnattributed).length,
      records: [...page.map(({ item }) => item), ...ownOpen],
      ...omitUndefined({ listener, next: isLastPage ? undefined : last?.number }),
    };
  }
}

function belongsTo(caller: RecordsContext['caller'], record: ConnectionRecord): boolean {
  if (record.connectionId === caller.connectionId) return false;
  if (record.address === caller.address) return true;
  return caller.clientThumbprint !== null && record.clientThumbprint === caller.clientThumbprint;
}

/** Health checks are many and harmless: they must not push out what was served or what failed. */
function kindOf({ ending }: EndedConnectionRecord): string {
  if (ending === 'served' || ending === 'rpc.unconfirmed') return 'served';
  return endings.find(({ id }) => id === ending)?.level === 'info' ? 'harmless' : 'failed';
}
