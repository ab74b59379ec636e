import { omitUndefined } from 'tentacle-protocol/cli';
import { type ConnectionRecord, type EndingId, failureOf, type Observation } from 'tentacle-protocol/diagnostics';
import { type RemoteIdleEndings } from '../../report/idle-verdict.js';
import type { ClockDifference } from '../../report/remote-view.js';
import { endedLater } from '../../remote-records/compare-ends.js';
import type { RemoteViewResult } from '../../remote-records/view-remote.js';
import type { IdleProbe } from '../../report/idle-report.js';
import type { ProbedConnection } from './probe-idle-connection.js';

/** Endings that the other end decides by itself: too long without a call, or the end of its run. */
const DECIDED_THERE: readonly string[] = ['rpc.idle', 'stopped', 'internal.bug'] satisfies readonly EndingId[];

/** Adds how the other end's record says that the connection ended, where the record certainly belongs to it. */
export function withRemoteEvidence(probed: ProbedConnection, remote: RemoteViewResult | undefined): ProbedConnection {
  const match = remote?.matches.get(probed.probe.number);
  // A record that was matched by its time alone may be of another client.
  if (remote?.otherEnd.status !== 'compared' || match?.kind !== 'arrived' || match.by === 'time') return probed;
  const { record } = match;
  const { ending, closedBy } = record;
  const there = omitUndefined({ ending, closedBy });
  const { probe, observation } = probed;
  if (observation === undefined) return { ...probed, probe: { ...probe, there } };
  const completed = withRemoteEnd(observation, probe, record, remote.otherEnd.clock);
  const failure = failureOf(completed);
  return { ...probed, probe: { ...probe, outcome: failure.id, failure, there }, observation: completed };
}

/**
 * The other end closed the connection unless its record says otherwise, or it did so only after the end was observed here:
 * then it closed a dead connection. Where it answered a call after the idle time, it is unknown where the response was lost.
 */
function withRemoteEnd(
  { signature, facts }: Observation,
  { startedAt, idleUs, checkUs = 0 }: IdleProbe,
  record: ConnectionRecord,
  clock: ClockDifference | undefined,
): Observation {
  const { idle, callsBefore = 0 } = facts;
  const answered = Object.values(record.calls).reduce((sum, count) => sum + count, 0);
  if (idle === undefined || answered > callsBefore) return { signature, facts };
  const endedThere =
    record.closedBy === 'local' && !endedLater({ startedAt, totalUs: idleUs + checkUs }, record, clock);
  // It also closes what it received damaged or not completely, which a device in between may have caused.
  if (endedThere && !DECIDED_THERE.includes(record.ending ?? '')) return { signature, facts };
  return { signature, facts: { ...facts, idle: { ...idle, endedThere } } };
}

/** Counts what its records show of the connections that failed this way; undefined where there are none. */
export function countRemoteDeaths(probed: readonly ProbedConnection[], outcome: string): RemoteIdleEndings | undefined {
  const deaths = probed.filter(({ probe }) => probe.outcome === outcome);
  const known = deaths.map(({ observation }) => observation?.facts.idle?.endedThere);
  const endedThere = known.filter((ended) => ended === true).length;
  const notEndedThere = known.filter((ended) => ended === false).length;
  const of = deaths.length;
  return of === 0 ? undefined : { of, endedThere, notEndedThere, unknown: of - endedThere - notEndedThere };
}
