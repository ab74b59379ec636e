import {
  type ClosedBy,
  type ConnectionView,
  type EndingId,
  endings,
  RecordRing,
  type RecordsAnswer,
  type RecordsQuestion,
  RECORDS_MAX,
  type ArrivedConnection,
} from 'tentacle-protocol';

/** What pong saw of one connection. Plain JSON: log, summary and the other end's view are functions of these. */
export interface ConnectionRecord extends ArrivedConnection {
  readonly ending: EndingId;
  readonly closedBy: ClosedBy;
}

/**
 * As many as a ping makes in a quarter of an hour. Three kinds at some 600 bytes each are a few megabytes; of peers
 * that send as much as is kept of them (4 KB), 24.
 */
const KEPT_OF_EACH = 2000;

/** What the answer to a question for records needs of everything else. */
export interface RecordsContext {
  /** The connection that asks, as it is seen. */
  readonly asker: Pick<ConnectionView, 'connectionId' | 'address' | 'clientThumbprint' | 'pongVersion'>;
  /** All connections that are open now. */
  readonly open: readonly ArrivedConnection[];
  readonly acceptedAtOnce: number;
}

/** The last connections: those served, those that need no look, and those that failed, each kind apart. */
export class Records {
  readonly #ring: RecordRing<ConnectionRecord>;
  #completeFrom = new Date().toISOString();

  constructor(keptOfEach = KEPT_OF_EACH) {
    this.#ring = new RecordRing(keptOfEach, kindOf);
  }

  add(record: ConnectionRecord): void {
    const dropped = this.#ring.add(record);
    if (dropped !== undefined && dropped.startedAt >= this.#completeFrom)
      this.#completeFrom = new Date(Date.parse(dropped.startedAt) + 1).toISOString();
  }

  get kept(): readonly ConnectionRecord[] {
    return this.#ring.all();
  }

  /** The asker's own connections: with its certificate, or from its address. Of all others not more than a count. */
  answer({ from, to, after, max }: RecordsQuestion, { asker, open, acceptedAtOnce }: RecordsContext): RecordsAnswer {
    const kept = this.#ring.numbered();
    const isAsked = (record: ArrivedConnection): boolean => record.startedAt >= from && record.startedAt <= to;
    const isOwn = (record: ArrivedConnection): boolean => belongsTo(asker, record);
    const isNobodys = (record: ArrivedConnection): boolean => {
      return !isOwn(record) && record.connectionId !== asker.connectionId && !record.clientThumbprint;
    };
    const rest = kept.filter(({ number, item }) => number > after && isAsked(item) && isOwn(item));
    const page = rest.slice(0, Math.min(max, RECORDS_MAX));
    const last = page.at(-1);
    const isLastPage = page.length === rest.length;
    return {
      pongVersion: asker.pongVersion,
      now: new Date().toISOString(),
      completeFrom: this.#completeFrom,
      acceptedAtOnce,
      withheld: [...kept.map(({ item }) => item), ...open].filter(isAsked).filter(isNobodys).length,
      records: [...page.map(({ item }) => item), ...(isLastPage && max > 0 ? open.filter(isAsked).filter(isOwn) : [])],
      ...(isLastPage || last === undefined ? {} : { next: last.number }),
    };
  }
}

function belongsTo(asker: RecordsContext['asker'], record: ArrivedConnection): boolean {
  if (record.connectionId === asker.connectionId) return false;
  if (record.address === asker.address) return true;
  return asker.clientThumbprint !== null && record.clientThumbprint === asker.clientThumbprint;
}

/** Health checks are many and need no look: they must push out neither what was served nor what failed. */
function kindOf({ ending }: ConnectionRecord): string {
  if (ending === 'served') return ending;
  return endings.find(({ id }) => id === ending)?.level === 'info' ? 'needs no look' : 'failed';
}
