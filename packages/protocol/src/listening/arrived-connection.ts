import type { Socket } from 'node:net';
import { nowUs } from '../clock.js';
import type { ArrivedConnection } from '../connection-record.js';
import type { Bytes } from '../failures/evidence.js';
import { toAscii } from '../text/sanitize.js';
import type { Course } from './course.js';

/** Enough to recognise a protocol by, and small enough to keep for every connection. */
const FIRST_BYTES_KEPT = 256;

/** A connection as far as it has come. */
export function arrivedConnection(socket: Socket, course: Course): ArrivedConnection {
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
  return { text: toAscii(kept.toString('latin1'), '.'), hex: kept.toString('hex') };
}
