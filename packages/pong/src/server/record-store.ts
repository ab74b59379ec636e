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
  WITHHELD,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';

/**
 * As many connections as one tentacle-ping opens in a quarter of an hour. Three kinds at about 600 bytes a record are a few
 * megabytes; from peers that send as much as a record keeps (4 KB), 24 MB.
 */
const MAX_OF_EACH_KIND = 2000;

/** What is known of a connection that has no ending yet, before a record of it is made. */
export interface OpenConnection {
  /** Its place in the order in which connections were accepted. */
  readonly number: number;
  readonly connectionId: string;
  readonly startedAt: string;
  readonly facts: Pick<ConnectionRecord, 'address' | 'clientThumbprint'>;
}

/** What the answer to a query for records depends on, apart from the records. */
export interface RecordsContext {
  /** The connection that the query arrived on. */
  readonly caller: Pick<ConnectionView, 'connectionId' | 'address' | 'clientThumbprint' | 'pongVersion'>;
  /** Calls back for each connection that is open now. A record costs more than all else: it is made where it is returned. */
  readonly forEachOpen: (visit: (connection: OpenConnection, makeRecord: () => ConnectionRecord) => void) => void;
  readonly largestAcceptBatch: number;
  readonly listener?: ListenerHealth;
}

/** The latest connections of three kinds, each kept apart: served, harmless (health checks and the like), and failed. */
export class RecordStore {
  readonly #ring: RecordRing<KeptRecord>;
  #completeFrom = new Date().toISOString();

  constructor(maxOfEachKind = MAX_OF_EACH_KIND) {
    this.#ring = new RecordRing(maxOfEachKind, ({ record }) => kindOf(record));
  }

  /** @param number its place in the order in which connections were accepted. */
  add(record: EndedConnectionRecord, number: number): void {
    const dropped = this.#ring.add({ number, record })?.record;
    if (dropped !== undefined && dropped.startedAt >= this.#completeFrom)
      this.#completeFrom = new Date(Date.parse(dropped.startedAt) + 1).toISOString();
  }

  get all(): readonly EndedConnectionRecord[] {
    return this.#ring.all().map(({ record }) => record);
  }

  /**
   * Returns the latest connections that have ended from this address, the latest first. Several clients may share an address, so
   * what names one of them is for the caller to leave out.
   */
  latestFrom(address: string, max: number): readonly EndedConnectionRecord[] {
    let latest: KeptRecord[] = [];
    this.#ring.forEach((kept) => {
      if (kept.record.address !== address) return;
      latest.push(kept);
      // Few sorts of little are enough.
      if (latest.length > 8 * max) latest = latestOf(latest, max);
    });
    return latestOf(latest, max).map(({ record }) => record);
  }

  /**
   * Returns the caller's own connections: with its certificate, or from its address. Of all others, at most the number.
   * They are in the order of acceptance, ended and open ones alike, so that one that ends between two pages is neither
   * lost nor returned twice. For 6,000 records and 10,000 open connections that takes a few milliseconds.
   */
  query(
    { from, to, after, max }: RecordsQuery,
    { caller, forEachOpen, largestAcceptBatch, listener }: RecordsContext,
  ): RecordsPage {
    const page = new PageSelection(after, Math.min(max, RECORDS_MAX));
    const isInPeriod = ({ startedAt }: Pick<ConnectionRecord, 'startedAt'>): boolean =>
      startedAt >= from && startedAt <= to;
    let withheld = 0;
    this.#ring.forEach(({ number, record }) => {
      if (!isInPeriod(record) || record.connectionId === caller.connectionId) return;
      if (belongsTo(caller, record)) page.offer(number, record);
      else if (!record.clientThumbprint) withheld++;
    });
    forEachOpen((connection, makeRecord) => {
      if (!isInPeriod(connection) || connection.connectionId === caller.connectionId) return;
      if (belongsTo(caller, connection.facts)) page.offer(connection.number, makeRecord);
      else if (!connection.facts.clientThumbprint) withheld++;
    });
    const { chosen, next } = page;
    const records = chosen.map((one) => withoutOtherClients(caller, typeof one === 'function' ? one() : one));
    return {
      pongVersion: caller.pongVersion,
      now: new Date().toISOString(),
      completeFrom: this.#completeFrom,
      largestAcceptBatch,
      withheld,
      records,
      ...omitUndefined({ listener }),
      ...(next === undefined ? {} : omitUndefined({ next, completeTo: records.at(-1)?.startedAt })),
    };
  }
}

/** A record, and the place of its connection in the order of acceptance. */
interface KeptRecord {
  readonly number: number;
  readonly record: EndedConnectionRecord;
}

function latestOf(records: readonly KeptRecord[], max: number): KeptRecord[] {
  return [...records].sort((one, other) => other.number - one.number).slice(0, max);
}

/** A record, or the function that returns it. */
type Choice = ConnectionRecord | (() => ConnectionRecord);

/** Chooses the records of one page, those with the lowest numbers, without a sort of all. */
class PageSelection {
  readonly #after: number;
  readonly #max: number;
  #found: { readonly number: number; readonly choice: Choice }[] = [];
  /** No record above it is on the page. */
  #highest = Number.POSITIVE_INFINITY;

  constructor(after: number, max: number) {
    this.#after = after;
    this.#max = max;
  }

  offer(number: number, choice: Choice): void {
    if (number <= this.#after || number > this.#highest) return;
    this.#found.push({ number, choice });
    // One more than the page has shows that more follow. Few sorts of little are enough.
    if (this.#found.length > 4 * (this.#max + 1)) this.#reduce();
  }

  /** The records, in the order of their numbers. */
  get chosen(): readonly Choice[] {
    this.#reduce();
    return this.#found.slice(0, this.#max).map(({ choice }) => choice);
  }

  /** The number after which the next page continues; undefined on the last page, and on one that was to have no records. */
  get next(): number | undefined {
    this.#reduce();
    return this.#found.length > this.#max ? this.#found[this.#max - 1]?.number : undefined;
  }

  #reduce(): void {
    this.#found.sort((one, other) => one.number - other.number).splice(this.#max + 1);
    if (this.#found.length > this.#max) this.#highest = this.#found[this.#max]?.number ?? this.#highest;
  }
}

function belongsTo(caller: RecordsContext['caller'], { address, clientThumbprint }: OpenConnection['facts']): boolean {
  return address === caller.address || isClientOf(caller, clientThumbprint);
}

/** Whether a certificate shows that a connection is the caller's. */
function isClientOf(caller: RecordsContext['caller'], clientThumbprint: string | null | undefined): boolean {
  return caller.clientThumbprint !== null && clientThumbprint === caller.clientThumbprint;
}

/** The head of a TLS record, by which its first bytes are recognized as TLS; the names in a ClientHello follow it. */
const TLS_HEAD_BYTES = 5;

/**
 * The record without what names a client or its purpose, unless it has the caller's certificate: several clients may share
 * the caller's address. Its times, bytes, ports, calls and ending stay, by which the caller finds its own attempts.
 */
function withoutOtherClients(caller: RecordsContext['caller'], record: ConnectionRecord): ConnectionRecord {
  const { clientThumbprint, serverName: _, subscription: __, firstLine, firstBytes, ...rest } = record;
  if (isClientOf(caller, clientThumbprint)) return record;
  const isTls = firstBytes?.hex.startsWith('1603') === true;
  const kept = { text: firstBytes?.text.slice(0, TLS_HEAD_BYTES), hex: firstBytes?.hex.slice(0, 2 * TLS_HEAD_BYTES) };
  return {
    ...rest,
    ...omitUndefined({
      // None arrived, or it is not known: that names no client.
      clientThumbprint: typeof clientThumbprint === 'string' ? WITHHELD : clientThumbprint,
      // Its presence shows that a page was asked for.
      firstLine: firstLine === undefined ? undefined : WITHHELD,
      firstBytes: isTls ? { text: kept.text ?? '', hex: kept.hex ?? '' } : firstBytes,
    }),
  };
}

/** Health checks are many and harmless: they must not push out what was served or what failed. */
function kindOf({ ending }: EndedConnectionRecord): string {
  if (ending === 'served' || ending === 'rpc.unconfirmed') return 'served';
  return endings.find(({ id }) => id === ending)?.level === 'info' ? 'harmless' : 'failed';
}
