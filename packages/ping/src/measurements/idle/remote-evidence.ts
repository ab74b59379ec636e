import { type ArrivedConnection, type DeathsThere, failureOf, type Sighting } from 'tentacle-protocol';
import type { ClockDifference } from '../../report/remote-view.js';
import { endedLater } from '../../remote-records/compare-ends.js';
import type { RemoteViewResult } from '../../remote-records/view-remote.js';
import type { IdleProbe } from '../../report/idle-report.js';
import type { ProbedConnection } from './probe.js';

/** The same connection with what the other end's record says of its end, where it has one that is surely its. */
export function withRemoteEvidence(found: ProbedConnection, seen: RemoteViewResult | undefined): ProbedConnection {
  const fate = seen?.matches.get(found.probe.number);
  // By its time alone it may be somebody else's.
  if (seen?.otherEnd.status !== 'compared' || fate?.kind !== 'arrived' || fate.by === 'time') return found;
  const { record } = fate;
  const { ending, closedBy } = record;
  const there = { ...(ending === undefined ? {} : { ending }), ...(closedBy === undefined ? {} : { closedBy }) };
  const { probe, sighting } = found;
  if (sighting === undefined) return { ...found, probe: { ...probe, there } };
  const looked = lookedAtThere(sighting, probe, record, seen.otherEnd.clock);
  const failure = failureOf(looked);
  return { ...found, probe: { ...probe, outcome: failure.id, failure, there }, sighting: looked };
}

/**
 * It ended there itself unless something else is written, or it did so only after we had seen the end: then it closed
 * what was dead. Where a call after the idleness was answered there, who lost the answer is not known.
 */
function lookedAtThere(
  { symptom, facts }: Sighting,
  { startedAt, idleUs, checkUs = 0 }: IdleProbe,
  record: ArrivedConnection,
  clock: ClockDifference | undefined,
): Sighting {
  const { idle, callsBefore = 0 } = facts;
  const answered = Object.values(record.calls).reduce((sum, count) => sum + count, 0);
  if (idle === undefined || answered > callsBefore) return { symptom, facts };
  const endedThere = record.closedBy === 'us' && !endedLater({ startedAt, totalUs: idleUs + checkUs }, record, clock);
  return { symptom, facts: { ...facts, idle: { ...idle, endedThere } } };
}

/** What its records say of those that died in this way; undefined where there are none. */
export function countRemoteDeaths(found: readonly ProbedConnection[], outcome: string): DeathsThere | undefined {
  const deaths = found.filter(({ probe }) => probe.outcome === outcome);
  const known = deaths.map(({ sighting }) => sighting?.facts.idle?.endedThere);
  const endedThere = known.filter((ended) => ended === true).length;
  const notEndedThere = known.filter((ended) => ended === false).length;
  const of = deaths.length;
  return of === 0 ? undefined : { of, endedThere, notEndedThere, unknown: of - endedThere - notEndedThere };
}
