import {
  type ArrivedConnection,
  ConnectionCounts,
  type EndingId,
  type FailureId,
  failureOf,
  type Failure,
  RecordRing,
  type Sighting,
  DurationHistogram,
} from 'tentacle-protocol';
import type { FailureCount } from '../report/tally.js';
import type { CallEnd, PendingCall } from './queue.js';

/** One call, from the queue to its end. Plain JSON. */
export interface CallRecord {
  /** From 1, for each subscription. */
  readonly number: number;
  readonly subscription: string;
  /** When it was queued: UTC, ISO 8601. */
  readonly startedAt: string;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** The poller that took it, and how long it had waited; absent when nobody did. */
  readonly address?: string;
  readonly collectUs?: number;
  readonly roundTripUs?: number;
  readonly failure?: Failure;
}

/** Somebody who came to poll and was refused for his certificate, or for having none. */
export interface RefusedPoller {
  readonly thumbprint: string | null;
  readonly address: string;
  readonly count: number;
  /** UTC. */
  readonly lastAt: string;
}

/** A connection, and how it ended. */
export interface VisitRecord extends ArrivedConnection {
  readonly ending: EndingId;
  readonly code?: string;
}

/** Calls at 400 bytes and visits at 600: a report stays under a megabyte, which a ticket takes. */
const CALLS_KEPT = 500;
const VISITS_KEPT = 200;

/** Who makes more certificates than this is a scanner, and the latest are enough. */
const REFUSED_MOST = 100;

/** Counts calls and visitors. Constant memory, however many. */
export class ServeTally extends ConnectionCounts {
  readonly failures = new Map<FailureId, FailureCount>();
  readonly calls = new RecordRing<CallRecord>(CALLS_KEPT, ({ outcome }) => (outcome === 'ok' ? 'ok' : 'other'));
  readonly visits = new RecordRing<VisitRecord>(VISITS_KEPT, ({ ending }) => ending);
  readonly endings = new Map<EndingId, number>();
  readonly refused = new Map<string, RefusedPoller>();
  /** From when a call was queued until a poller took it. */
  readonly collect = new DurationHistogram();
  readonly roundTrip = new DurationHistogram();
  /** From a null message to the poller's next word. */
  readonly keepAlive = new DurationHistogram();
  ok = 0;
  failed = 0;
  cancelled = 0;

  keptAlive(durationUs: number): void {
    this.keepAlive.add(durationUs);
  }

  ended(subscription: string, call: PendingCall, end: CallEnd): CallRecord {
    const { number, startedAt, collected } = call;
    const failure = end.kind === 'failed' ? failureOf(end.sighting) : undefined;
    const record: CallRecord = {
      number,
      subscription,
      startedAt,
      outcome: failure?.id ?? (end.kind === 'ok' ? 'ok' : 'cancelled'),
      ...(collected === undefined ? {} : { address: collected.address, collectUs: collected.waitedUs }),
      ...(end.kind === 'ok' ? { roundTripUs: end.roundTripUs } : {}),
      ...(failure === undefined ? {} : { failure }),
    };
    this.calls.add(record);
    if (collected !== undefined) this.collect.add(collected.waitedUs);
    if (end.kind === 'ok') {
      this.ok++;
      this.roundTrip.add(end.roundTripUs);
    } else if (end.kind === 'cancelled') this.cancelled++;
    else {
      this.failed++;
      this.#countFailure(startedAt, end.sighting);
    }
    return record;
  }

  /** @returns how many connections have ended so. */
  visited(visit: VisitRecord): number {
    this.visits.add(visit);
    const times = (this.endings.get(visit.ending) ?? 0) + 1;
    this.endings.set(visit.ending, times);
    if (visit.ending.startsWith('refused.')) this.#refusedOne(visit);
    return times;
  }

  #refusedOne(visit: VisitRecord): void {
    const { address, clientThumbprint: thumbprint = null } = visit;
    const key = thumbprint ?? address;
    const count = (this.refused.get(key)?.count ?? 0) + 1;
    this.refused.delete(key);
    this.refused.set(key, { thumbprint, address, count, lastAt: visit.startedAt });
    const [oldest] = this.refused.keys();
    if (this.refused.size > REFUSED_MOST && oldest !== undefined) this.refused.delete(oldest);
  }

  #countFailure(startedAt: string, sighting: Sighting): void {
    const { id, evidence } = failureOf(sighting);
    const known = this.failures.get(id);
    if (known === undefined)
      this.failures.set(id, { id, count: 1, firstAt: startedAt, lastAt: startedAt, evidence, sighting });
    else {
      known.count++;
      known.lastAt = startedAt;
    }
  }
}
