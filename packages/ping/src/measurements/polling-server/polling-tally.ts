import { DurationHistogram, omitUndefined } from 'tentacle-protocol/cli';
import {
  ConnectionCounts,
  type EndedConnectionRecord,
  type EndingId,
  type Failure,
  type FailureId,
  failureOf,
  RecordRing,
  type Observation,
} from 'tentacle-protocol/diagnostics';
import type { FailureCount } from '../../report/tally.js';
import type { CallOutcome, PendingCall } from './call-queue.js';

/** One call, from the queue to its outcome. Plain JSON. */
export interface CallRecord {
  /** From 1, for each subscription. */
  readonly number: number;
  readonly subscription: string;
  /** When it was queued: UTC, ISO 8601. */
  readonly startedAt: string;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** The poller that collected it, and how long it had waited; absent when no poller did. */
  readonly address?: string;
  readonly collectUs?: number;
  readonly roundTripUs?: number;
  /** When it failed, which may be long after it was queued: UTC, ISO 8601. */
  readonly failedAt?: string;
  readonly failure?: Failure;
}

/** A poller that was rejected because of its certificate, or because it presented none. */
export interface RejectedPoller {
  readonly thumbprint: string | null;
  readonly address: string;
  readonly count: number;
  /** UTC. */
  readonly lastAt: string;
}

/** Calls take 400 bytes and connections 600: a report stays under a megabyte, which a ticket accepts. */
const CALLS_MAX = 500;
const CONNECTIONS_MAX = 200;

/** A peer with more certificates than this is a scanner, and the latest are enough. */
const REFUSED_MAX = 100;

/** Counts calls and connections, in constant memory. */
export class PollingTally extends ConnectionCounts {
  readonly failures = new Map<FailureId, FailureCount>();
  readonly calls = new RecordRing<CallRecord>(CALLS_MAX, ({ outcome }) => (outcome === 'ok' ? 'ok' : 'other'));
  readonly connections = new RecordRing<EndedConnectionRecord>(CONNECTIONS_MAX, ({ ending }) => ending);
  readonly endings = new Map<EndingId, number>();
  readonly refused = new Map<string, RejectedPoller>();
  /** From when a call was queued until a poller collected it. */
  readonly collect = new DurationHistogram();
  readonly roundTrip = new DurationHistogram();
  /** From a null message to the poller's next message. */
  readonly keepAlive = new DurationHistogram();
  ok = 0;
  failed = 0;
  cancelled = 0;

  keptAlive(durationUs: number): void {
    this.keepAlive.add(durationUs);
  }

  completed(subscription: string, call: PendingCall, outcome: CallOutcome): CallRecord {
    const { number, startedAt, collected } = call;
    const failure = outcome.kind === 'failed' ? failureOf(outcome.observation) : undefined;
    const failedAt = failure === undefined ? undefined : new Date().toISOString();
    const record: CallRecord = {
      number,
      subscription,
      startedAt,
      outcome: failure?.id ?? (outcome.kind === 'ok' ? 'ok' : 'cancelled'),
      ...omitUndefined({
        address: collected?.address,
        collectUs: collected?.waitedUs,
        roundTripUs: outcome.kind === 'ok' ? outcome.roundTripUs : undefined,
        failedAt,
        failure,
      }),
    };
    this.calls.add(record);
    if (collected !== undefined) this.collect.add(collected.waitedUs);
    if (outcome.kind === 'ok') {
      this.ok++;
      this.roundTrip.add(outcome.roundTripUs);
    } else if (outcome.kind === 'cancelled') this.cancelled++;
    else {
      this.failed++;
      this.#countFailure(failedAt ?? startedAt, outcome.observation);
    }
    return record;
  }

  /** @returns how many connections have had this ending. */
  connectionEnded(record: EndedConnectionRecord): number {
    this.connections.add(record);
    const count = (this.endings.get(record.ending) ?? 0) + 1;
    this.endings.set(record.ending, count);
    if (record.ending.startsWith('refused.')) this.#countRefused(record);
    return count;
  }

  #countRefused({ address, clientThumbprint: thumbprint = null }: EndedConnectionRecord): void {
    const key = thumbprint ?? address;
    const count = (this.refused.get(key)?.count ?? 0) + 1;
    this.refused.delete(key);
    this.refused.set(key, { thumbprint, address, count, lastAt: new Date().toISOString() });
    const [oldest] = this.refused.keys();
    if (this.refused.size > REFUSED_MAX && oldest !== undefined) this.refused.delete(oldest);
  }

  #countFailure(startedAt: string, observation: Observation): void {
    const { id, evidence } = failureOf(observation);
    const known = this.failures.get(id);
    if (known === undefined)
      this.failures.set(id, { id, count: 1, firstAt: startedAt, lastAt: startedAt, evidence, observation });
    else {
      known.count++;
      known.lastAt = startedAt;
    }
  }
}
