import {
  type ConnectionRecord,
  type ConnectionView,
  type EndedConnectionRecord,
  endings,
  RecordRing,
  type RecordsPage,
  type RecordsQuery,
  RECORDS_MAX,
} from 'tentacle-protocol/diagnostics';

/**
 * As many as a ping makes in a quarter of an hour. Three kinds at some 600 bytes each are a few megabytes; of peers
 * that send as much as is kept of them (4 KB), 24.
 */
const MAX_OF_EACH_KIND = 2000;

/** What an answer to a question for records depends on, apart from the records. */
export interface RecordsContext {
  /** The connection that the question arrived on. */
  readonly asker: Pick<ConnectionView, 'connectionId' | 'address' | 'clientThumbprint' | 'pongVersion'>;
  /** All connections that are open now. */
  readonly open: readonly ConnectionRecord[];
  readonly largestAcceptBatch: number;
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

  /** The asker's own connections: with its certificate, or from its address. Of all others, a count at most. */
  query({ from, to, after, max }: RecordsQuery, { asker, open, largestAcceptBatch }: RecordsContext): RecordsPage {
    const numbered = this.#ring.numbered();
    const isInPeriod = (record: ConnectionRecord): boolean => record.startedAt >= from && record.startedAt <= to;
    const isOwn = (record: ConnectionRecord): boolean => belongsTo(asker, record);
    const isUnattributed = (record: ConnectionRecord): boolean => {
      return !isOwn(record) && record.connectionId !== asker.connectionId && !record.clientThumbprint;
    };
    const remaining = numbered.filter(({ number, item }) => number > after && isInPeriod(item) && isOwn(item));
    const page = remaining.slice(0, Math.min(max, RECORDS_MAX));
    const last = page.at(-1);
    const isLastPage = page.length === remaining.length;
    const ownOpen = isLastPage && max > 0 ? open.filter(isInPeriod).filter(isOwn) : [];
    return {
      pongVersion: asker.pongVersion,
      now: new Date().toISOString(),
      completeFrom: this.#completeFrom,
      largestAcceptBatch,
      withheld: [...numbered.map(({ item }) => item), ...open].filter(isInPeriod).filter(isUnattributed).length,
      records: [...page.map(({ item }) => item), ...ownOpen],
      ...(isLastPage || last === undefined ? {} : { next: last.number }),
    };
  }
}

function belongsTo(asker: RecordsContext['asker'], record: ConnectionRecord): boolean {
  if (record.connectionId === asker.connectionId) return false;
  if (record.address === asker.address) return true;
  return asker.clientThumbprint !== null && record.clientThumbprint === asker.clientThumbprint;
}

/** Health checks are many and harmless: they must not push out what was served or what failed. */
function kindOf({ ending }: EndedConnectionRecord): string {
  if (ending === 'served') return ending;
  return endings.find(({ id }) => id === ending)?.level === 'info' ? 'harmless' : 'failed';
}
