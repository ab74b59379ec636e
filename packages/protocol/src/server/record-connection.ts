import type { Socket } from 'node:net';
import { nowUs } from '../time/clock.js';
import type { ConnectionRecord } from '../services/connection-record.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import type { ByteExcerpt } from '../plain-data/byte-excerpt.js';
import type { InboundConnection } from './inbound-connection.js';

/** Enough to recognize a protocol by, and small enough to keep for every connection. */
const FIRST_BYTES_MAX = 256;

/** Returns the record of a connection as it is now, open or ended. */
export function recordConnection(socket: Socket, connection: InboundConnection): ConnectionRecord {
  // The ending says how the last answer fared.
  const { firstBytes, lastAnswer: _, ...facts } = connection.facts;
  const hasCompletedTls = facts.tlsVersion !== undefined;
  return {
    connectionId: connection.connectionId,
    startedAt: connection.startedAt,
    ...facts,
    ...omitUndefined({ firstBytes: hasCompletedTls || firstBytes === undefined ? undefined : excerpt(firstBytes) }),
    calls: connection.calls,
    bytesIn: socket.bytesRead,
    bytesOut: socket.bytesWritten,
    durationUs: nowUs() - connection.startedUs,
    ...omitUndefined({ closedBy: connection.closedBy }),
  };
}

function excerpt(bytes: Buffer): ByteExcerpt {
  const kept = bytes.subarray(0, FIRST_BYTES_MAX);
  return { text: kept.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.'), hex: kept.toString('hex') };
}
