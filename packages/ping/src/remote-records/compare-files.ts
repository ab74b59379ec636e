import { omitUndefined } from 'tentacle-protocol/cli';
import { describeFailure, failureDefinition } from 'tentacle-protocol/diagnostics';
import { drawConclusion } from '../report/remote-evidence.js';
import type { EndsComparison } from './ends-comparison.js';
import { matchFiles } from './match-files.js';
import type { PingRecords, PongRecords } from './read-record-file.js';

/** Compares both ends' files, and finds which causes of each failure they leave. */
export function compareFiles(version: string, ping: PingRecords, pong: PongRecords): EndsComparison {
  const otherEnd = matchFiles(ping, pong);
  const { attempts, listener } = otherEnd;
  const circumstances = { sent: attempts.sent, ...omitUndefined({ listener }) };
  return {
    schema: 'tentacle-ping/ends/1',
    tool: { name: 'tentacle-ping', version },
    target: ping.target,
    otherEnd,
    failures: otherEnd.failures.map((recorded) => {
      const { title, diagnosis: certainty } = describeFailure(recorded.id, failureDefinition(recorded.id).example);
      const { says, certainty: left } = drawConclusion(recorded.id, recorded, circumstances);
      // Where the clock difference is only assumed, nothing is proven; the conclusion on an incomplete handshake allows for that.
      const isUnproven = otherEnd.clock === undefined || otherEnd.clock.isAssumed === true;
      const isProven = !isUnproven || recorded.handshakeIncomplete === recorded.of;
      return { id: recorded.id, title, says: says ?? '', certainty: isProven ? (left ?? certainty) : certainty };
    }),
    unreadable: pong.unreadable,
  };
}
