import { conclude, describeFailure, rowOf } from 'tentacle-protocol';
import type { EndsComparison } from './ends-comparison.js';
import { matchFiles } from './match-files.js';
import type { PingRecords, PongRecords } from './read-record-file.js';

/** Both ends' files, and what they leave of the causes of each failure. */
export function compareFiles(version: string, ping: PingRecords, pong: PongRecords): EndsComparison {
  const otherEnd = matchFiles(ping, pong);
  const { attempts, acceptedAtOnce } = otherEnd;
  const circumstances = { sent: attempts.sent, ...(acceptedAtOnce === undefined ? {} : { acceptedAtOnce }) };
  return {
    schema: 'tentacle-ping/ends/1',
    tool: { name: 'tentacle-ping', version },
    target: ping.target,
    otherEnd,
    failures: otherEnd.failures.map((seen) => {
      const { title, certainty } = describeFailure(seen.id, rowOf(seen.id).example);
      // Where the clocks' difference is taken for granted, nothing is proven.
      const isProven = otherEnd.clock !== undefined && otherEnd.clock.isAssumed !== true;
      const { says, certainty: left } = conclude(seen.id, seen, circumstances);
      return { id: seen.id, title, says: says ?? '', certainty: isProven ? (left ?? certainty) : certainty };
    }),
    unreadable: pong.unreadable,
  };
}
