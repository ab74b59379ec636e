import type { Socket } from 'node:net';
import { type Bytes, type Course, endingOf, Gate, nowUs, type ArrivedConnection } from 'tentacle-protocol';
import { serveConnection } from './connection.js';
import type { House } from './house.js';
import type { ConnectionRecord } from './records.js';

/** Enough to recognise a protocol by, and small enough to keep for every connection. */
const FIRST_BYTES_KEPT = 256;

/** The gate of a pong: each connection that came has its ending, its record and its line in the log. */
export function gateOf(house: House): Gate {
  const { tally, records, log, limits, stop, version } = house;
  let isFull = false;
  const gate = new Gate({
    part: 'tentacle',
    connectionsMax: limits.connectionsMax,
    counts: tally,
    stop,
    serve: async (socket, course) => {
      isFull = false;
      await serveConnection(socket, course, house, (question) => {
        const open = [...gate.open].map(([other, its]) => arrivedConnection(its, other));
        return records.answer(question, { asker: course.view(version), open, acceptedAtOnce: gate.acceptedAtOnce });
      });
    },
    ended: (socket, course, error) => {
      const sighting = course.sighting(error);
      const ending = endingOf(sighting);
      const { code } = sighting;
      const record: ConnectionRecord = {
        ...arrivedConnection(socket, course),
        closedBy: course.closedBy ?? 'us',
        ending: ending.id,
        ...(code === undefined ? {} : { code }),
      };
      tally.ended(record);
      records.add(record);
      // A flood of connections must not become a flood of lines.
      const isRepeated = ending.id === 'too-many-connections' && isFull;
      if (ending.id === 'too-many-connections') isFull = true;
      const text = ending.level === 'info' ? ending.title : `${ending.title}. ${ending.means(sighting)}`;
      // The text names the first bytes where they tell something; whole, they would fill the screen.
      const { firstBytes: _, ...line } = record;
      log[isRepeated ? 'debug' : ending.level](line, text);
      if (ending.id === 'internal.bug') log.debug(error, 'where the bug is');
    },
  });
  return gate;
}

/** A connection as far as it has come. */
function arrivedConnection(socket: Socket, course: Course): ArrivedConnection {
  const { firstBytes, ...seen } = course.seen;
  const gotThroughTls = seen.tlsVersion !== undefined;
  return {
    connectionId: course.connectionId,
    startedAt: course.startedAt,
    ...seen,
    ...(gotThroughTls || firstBytes === undefined ? {} : { firstBytes: bytesOf(firstBytes) }),
    calls: course.calls,
    bytesIn: socket.bytesRead,
    bytesOut: socket.bytesWritten,
    durationUs: nowUs() - course.startedUs,
    ...(course.closedBy === undefined ? {} : { closedBy: course.closedBy }),
  };
}

function bytesOf(bytes: Buffer): Bytes {
  const kept = bytes.subarray(0, FIRST_BYTES_KEPT);
  return { text: kept.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.'), hex: kept.toString('hex') };
}
