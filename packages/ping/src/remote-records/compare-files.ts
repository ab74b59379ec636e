import { omitUndefined } from 'tentacle-protocol/cli';
import { describeFailure, failureDefinition, type FailureId, type Observation } from 'tentacle-protocol/diagnostics';
import { ProgressByAddress } from '../report/progress-by-address.js';
import { drawConclusion } from '../report/draw-conclusion.js';
import type { ComparedEnds } from '../report/remote-view.js';
import type { EndsRecords } from './ends-records.js';
import { matchFiles } from './match-files.js';
import type { PingRecords, PongRecords } from './read-record-file.js';

/** Compares both ends' files, and finds which causes of each failure they leave. */
export function compareFiles(ping: PingRecords, pong: PongRecords): EndsRecords {
  const otherEnd = matchFiles(ping, pong);
  const circumstances = omitUndefined({ listener: otherEnd.listener });
  return {
    target: ping.target,
    otherEnd,
    failures: otherEnd.failures.map((recorded) => {
      const { title, diagnosis: certainty } = describeFailure(recorded.id, observationIn(ping, otherEnd, recorded.id));
      const { says, certainty: left } = drawConclusion(recorded.id, recorded, circumstances);
      // Where the clock difference is only assumed, nothing is proven; the conclusion on an incomplete handshake allows for that.
      const isUnproven = otherEnd.clock === undefined || otherEnd.clock.isAssumed === true;
      const isProven = !isUnproven || recorded.handshakeIncomplete === recorded.of;
      return { id: recorded.id, title, says: says ?? '', certainty: isProven ? (left ?? certainty) : certainty };
    }),
    unreadable: pong.unreadable,
  };
}

/** The failure with what the file says about it: the first attempt that failed like this, and the other attempts. */
function observationIn(
  { target, ownThumbprint, attempts }: PingRecords,
  ends: ComparedEnds,
  id: FailureId,
): Observation {
  const { signature, facts } = failureDefinition(id).example;
  const progress = new ProgressByAddress();
  for (const attempt of attempts) progress.add(attempt);
  const { address, tlsVersion, failure } = attempts.find(({ outcome }) => outcome === id) ?? {};
  const known = omitUndefined({
    address,
    tlsVersion,
    ...(ends.attempts.arrived > 0 ? { peerKind: 'pong' as const } : {}),
    otherAttempts: failure && progress.othersOf(id, failure.shownAt, address),
  });
  return { signature, facts: { ...facts, ...target, ownThumbprint, ...known } };
}
