import type { ConnectionRecord } from './connection-record.js';
import { describeConnection, type Method } from './contracts.js';
import { type ListenerHealth, readListenerHealth } from './listener-health.js';
import { readConnectionRecord } from './read-connection-record.js';
import { UntrustedObject } from './untrusted-object.js';
import type { BsonValue } from '../halibut/bson-value.js';

/** Which records of its own connections a caller requests. */
export interface RecordsQuery {
  /** The period in which connections were accepted, by the listener's clock: UTC, ISO 8601, milliseconds. */
  readonly from: string;
  readonly to: string;
  /** Continue after this number, the `next` of the previous answer; 0: from the beginning. Only the listener interprets it. */
  readonly after: number;
  /** The most records to return; 0 asks for the clock only. */
  readonly max: number;
}

/** One page of records, and what is needed to interpret them. */
export interface RecordsPage {
  readonly pongVersion: string;
  /** The listener's clock when it answered. */
  readonly now: string;
  /** Every connection of the caller that was accepted since then is in the answer, or in the next pages. */
  readonly completeFrom: string;
  /** The most connections that were accepted in one turn of the event loop. It says nothing about the queue of new connections. */
  readonly largestAcceptBatch: number;
  /** Whether the listener could accept all connections of the period; absent: it is older than this figure, or does not listen. */
  readonly listener?: ListenerHealth;
  /**
   * Connections in the period from other addresses that presented no certificate before they ended. Their owner is
   * unknown, so they are counted and not returned.
   */
  readonly withheld: number;
  /**
   * Ended and open connections in the order in which they were accepted, each once, except the one that asks. (Older
   * versions: in the order in which they ended, and on the last page also all that are open.)
   */
  readonly records: readonly ConnectionRecord[];
  /**
   * With `next`: every connection of the caller that was accepted between `completeFrom` and the millisecond before this
   * is in this answer or in those before. Absent: the last page, or a version that does not state it.
   */
  readonly completeTo?: string;
  /** Ask again with this as `after`; absent on the last page. */
  readonly next?: number;
}

/**
 * The most records of one answer, of ended and open connections together. Enough for most runs; at up to 4 KB each, under a
 * megabyte. To encode as many takes 5 to 10 ms, for which the listener serves no other connection.
 */
export const RECORDS_MAX = 200;

/** Older versions return all open connections in addition to the last page's records. */
const ANSWER_MAX = 2000;

/**
 * The listener's records of the caller's own connections only: those with the caller's certificate, or from the address
 * of the connection that asks. Several clients may share an address, so what names a client is {@link WITHHELD} in
 * records without the caller's certificate.
 */
export const records: Method<RecordsQuery, RecordsPage> = {
  service: describeConnection.service,
  method: 'Records',
  writeParams: ({ from, to, after, max }) => [
    { $type: 'TentaclePong.RecordsQuestion, TentaclePong', from, to, after: BigInt(after), max },
  ],
  readParams: ([value]) => {
    const object = new UntrustedObject('a question for records', value);
    return {
      from: object.moment('from'),
      to: object.moment('to'),
      after: object.count('after'),
      max: object.count('max'),
    };
  },
  writeResult: ({ records: page, next, withheld, largestAcceptBatch, listener, ...rest }) => ({
    $type: 'TentaclePong.Records, TentaclePong',
    ...rest,
    withheld,
    largestAcceptBatch,
    ...(listener === undefined ? {} : { listener: healthValue(listener) }),
    records: page.map((record) => toValue(record)),
    ...(next === undefined ? {} : { next: BigInt(next) }),
  }),
  readResult: (value) => {
    const object = new UntrustedObject('records', value);
    return {
      pongVersion: object.text('pongVersion'),
      now: object.moment('now'),
      completeFrom: object.moment('completeFrom'),
      largestAcceptBatch: object.count('largestAcceptBatch'),
      ...object.optional('listener', (key) => readListenerHealth(object.value(key))),
      withheld: object.count('withheld'),
      records: object.list('records', ANSWER_MAX).map(readConnectionRecord),
      ...object.optional('completeTo', (key) => object.moment(key)),
      ...object.optional('next', (key) => object.count(key)),
    };
  },
};

/** Times and counters may exceed an int32; they are sent as int64. */
function healthValue({ events, ...health }: ListenerHealth): BsonValue {
  return {
    ...health,
    events: events.map(({ from, to, ...figures }) => ({
      from,
      to,
      ...Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, BigInt(figure)])),
    })),
  };
}

/** Counts that may exceed an int32 are sent as int64. */
function toValue(record: ConnectionRecord): BsonValue {
  const { durationUs, bytesIn, bytesOut, calls, firstBytes, idleUs, tlsUs, identityUs, rpcUs, ...rest } = record;
  return {
    ...rest,
    ...(firstBytes === undefined ? {} : { firstBytes: { ...firstBytes } }),
    ...bigTimes({ idleUs, tlsUs, identityUs, rpcUs }),
    durationUs: BigInt(durationUs),
    bytesIn: BigInt(bytesIn),
    bytesOut: BigInt(bytesOut),
    calls: Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, BigInt(count)])),
  };
}

function bigTimes(times: Readonly<Record<string, number | undefined>>): Record<string, bigint> {
  const known = Object.entries(times).filter((time): time is [string, number] => time[1] !== undefined);
  return Object.fromEntries(known.map(([name, us]) => [name, BigInt(us)]));
}
