import type { ConnectionRecord as ConnectionRecord } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';
import { omitUndefined } from 'tentacle-protocol/cli';
import { clockDifferenceBetween, enclosingSpan, remoteSpan, within } from './clock.js';
import { failurePeriod, listenerStateIn, stallsOf } from './listener-state.js';
import type { ClockDifference } from '../report/remote-view.js';
import { compareBothEnds } from './compare-ends.js';
import { matchRecords } from './match-records.js';
import type { ComparedEnds } from '../report/remote-view.js';
import type { PingRecords, PongRecords } from './read-record-file.js';

/** Where the clock difference cannot be measured: machines that synchronize their clocks differ by far less. */
const ASSUMED_US = 30_000_000;

/** Compares both ends' record files after a run. */
export function matchFiles(ping: PingRecords, pong: PongRecords): ComparedEnds {
  const { attempts, throughProxy, ownThumbprint } = ping;
  const named = pairsByActivity(attempts, pong.records);
  const clock = clockOf(named, attempts);
  const stalls = stallsOf(pong.listeners);
  const whole = clock && enclosingSpan(attempts.map((attempt) => remoteSpan(attempt, clock, stalls)));
  const inTime = pong.records.filter(({ startedAt }) => whole === undefined || within(Date.parse(startedAt), whole));
  const thumbprints = new Set([ownThumbprint, ...named.map(([, { clientThumbprint }]) => clientThumbprint ?? '')]);
  thumbprints.delete('');
  const addresses = new Set([
    ...named.map(([, { address }]) => address),
    ...(throughProxy ? [] : attempts.map(({ localAddress = '' }) => localAddress)),
  ]);
  const isThisClient = ({ address, clientThumbprint }: ConnectionRecord): boolean =>
    addresses.has(address) || thumbprints.has(clientThumbprint ?? '');
  const footprint = { throughProxy, thumbprints: [...thumbprints] };
  const records = inTime.filter(isThisClient);
  const withheld = inTime.filter((record) => !isThisClient(record) && !record.clientThumbprint).length;
  return compareBothEnds({
    how: 'files',
    pongVersion: pong.version,
    clock,
    footprint,
    ownThumbprint,
    attempts,
    unrecorded: { answered: 0, answeredReused: 0, others: ping.unrecorded },
    // The file does not say what answered.
    isAnsweredByPong: false,
    matches: matchRecords({
      attempts,
      remote: { records, complete: pong.complete, withheld, stalls },
      clock,
      footprint,
    }),
    remoteRecords: records,
    reached: [],
    stalls,
    ...omitUndefined({
      largestAcceptBatch: pong.largestAcceptBatch,
      listener: clock && listenerStateIn(pong.listeners, failurePeriod(attempts, clock)),
    }),
  });
}

type Pairs = readonly (readonly [AttemptRecord, ConnectionRecord])[];

function pairsByActivity(attempts: readonly AttemptRecord[], records: readonly ConnectionRecord[]): Pairs {
  const named = new Map(records.map((record) => [record.activityId, record]));
  return attempts.flatMap((attempt) => {
    const record = attempt.activityId === undefined || attempt.reused ? undefined : named.get(attempt.activityId);
    return record === undefined ? [] : [[attempt, record] as const];
  });
}

/**
 * The listener accepted each connection some time between the start and the end of its attempt: the difference lies in
 * the intersection of all of these. Undefined where that is empty, as when a clock was set during the run.
 */
function clockOf(pairs: Pairs, attempts: readonly AttemptRecord[]): ClockDifference | undefined {
  const takenAt = attempts.at(-1)?.startedAt ?? new Date(0).toISOString();
  if (pairs.length === 0) return { differenceUs: 0, uncertaintyUs: ASSUMED_US, takenAt, isAssumed: true };
  let leastMs = Number.NEGATIVE_INFINITY;
  let mostMs = Number.POSITIVE_INFINITY;
  for (const [{ startedAt, totalUs, peerProbeUs = 0 }, record] of pairs) {
    const theirsMs = Date.parse(record.startedAt);
    const oursMs = Date.parse(startedAt);
    leastMs = Math.max(leastMs, theirsMs - oursMs - (totalUs + peerProbeUs) / 1000);
    mostMs = Math.min(mostMs, theirsMs - oursMs);
  }
  // Each end records whole milliseconds.
  return leastMs > mostMs + 2 ? undefined : clockDifferenceBetween(Math.min(leastMs, mostMs), mostMs, takenAt);
}
