import type { ArrivedConnection } from './connection-record.js';
import { lookAtMe, type Method } from './contracts.js';
import { PlainShape } from './plain-shape.js';
import { readConnectionRecord } from './read-connection-record.js';
import type { BsonValue } from './wire/bson-value.js';

/** Which records a caller wants of its own connections. */
export interface RecordsQuestion {
  /** Connections that were accepted from then on and up to then, by the listener's clock: UTC, ISO 8601, milliseconds. */
  readonly from: string;
  readonly to: string;
  /** Go on behind this number, the `next` of the answer before; 0: from the beginning. */
  readonly after: number;
  /** At most so many; 0 asks for nothing but the clock. */
  readonly max: number;
}

/** One page of records, and what they are to be read with. */
export interface RecordsAnswer {
  readonly pongVersion: string;
  /** The listener's clock when it answered. */
  readonly now: string;
  /** Every connection of the caller's that was accepted since then is in the answer, or in the next pages. */
  readonly completeFrom: string;
  /** The most connections that were accepted at one time: a queue longer than this was never full. */
  readonly acceptedAtOnce: number;
  /**
   * Connections within the time from other addresses that showed no certificate before they ended: whose they are is
   * not known, so they are counted and not shown.
   */
  readonly withheld: number;
  /** In the order in which they ended; on the last page those that are still open, without the one that asks. */
  readonly records: readonly ArrivedConnection[];
  /** Ask again with this as `after`; absent on the last page. */
  readonly next?: number;
}

/** Enough for most runs in one answer; at up to 4 KB each, under a megabyte. */
export const RECORDS_MAX = 200;

/** Open connections come on top of a page: pong holds a thousand at most. */
const ANSWER_MAX = 2000;

/**
 * The listener's records of the caller's own connections, and no one else's: those with the caller's certificate, or
 * from the address that the asking connection comes from.
 */
export const records: Method<RecordsQuestion, RecordsAnswer> = {
  service: lookAtMe.service,
  method: 'Records',
  writeParams: ({ from, to, after, max }) => [
    { $type: 'TentaclePong.RecordsQuestion, TentaclePong', from, to, after: BigInt(after), max },
  ],
  readParams: ([value]) => {
    const shape = new PlainShape('a question for records', value);
    return {
      from: shape.moment('from'),
      to: shape.moment('to'),
      after: shape.count('after'),
      max: shape.count('max'),
    };
  },
  writeResult: ({ records: found, next, withheld, acceptedAtOnce, ...rest }) => ({
    $type: 'TentaclePong.Records, TentaclePong',
    ...rest,
    withheld,
    acceptedAtOnce,
    records: found.map((record) => valueOf(record)),
    ...(next === undefined ? {} : { next: BigInt(next) }),
  }),
  readResult: (value) => {
    const shape = new PlainShape('records', value);
    return {
      pongVersion: shape.text('pongVersion'),
      now: shape.moment('now'),
      completeFrom: shape.moment('completeFrom'),
      acceptedAtOnce: shape.count('acceptedAtOnce'),
      withheld: shape.count('withheld'),
      records: shape.list('records', ANSWER_MAX).map(readConnectionRecord),
      ...shape.optional('next', (key) => shape.count(key)),
    };
  },
};

/** Counts that may be above an int32 go as an int64. */
function valueOf({ durationUs, bytesIn, bytesOut, calls, firstBytes, ...rest }: ArrivedConnection): BsonValue {
  return {
    ...rest,
    ...(firstBytes === undefined ? {} : { firstBytes: { ...firstBytes } }),
    durationUs: BigInt(durationUs),
    bytesIn: BigInt(bytesIn),
    bytesOut: BigInt(bytesOut),
    calls: Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, BigInt(count)])),
  };
}
