import type { ClosedBy, ConnectionRecord } from './connection-record.js';
import { UntrustedObject } from './untrusted-object.js';

const CLOSED_BY = ['local', 'remote', 'remote-reset', 'lost'] as const satisfies readonly ClosedBy[];

/** Methods that a listener has, and `other`: pong has fewer than ten. */
const CALLS_MAX = 100;
const CALL_NAME_CHARS = 100;

/** Pong keeps 256 first bytes, two digits each. */
const FIRST_BYTES_CHARS = 512;

/**
 * Read a record that the other end wrote, from JSON or BSON. Unknown keys are left out.
 * @throws WireError MALFORMED for a value that is not a record.
 */
export function readConnectionRecord(value: unknown): ConnectionRecord {
  const record = new UntrustedObject('a record of a connection', value);
  const text = (key: string): string => record.text(key);
  return {
    connectionId: text('connectionId'),
    ...record.optional('activityId', text),
    startedAt: record.moment('startedAt'),
    address: text('address'),
    port: record.count('port'),
    localAddress: text('localAddress'),
    localPort: record.count('localPort'),
    ...record.optional('ending', text),
    ...record.optional('closedBy', (key) => record.oneOf(key, CLOSED_BY)),
    durationUs: record.count('durationUs'),
    bytesIn: record.count('bytesIn'),
    bytesOut: record.count('bytesOut'),
    ...record.optional('tlsVersion', text),
    ...record.optional('cipher', text),
    ...record.optional('serverName', text),
    ...record.optional('clientThumbprint', (key) => (record.isNull(key) ? null : text(key))),
    ...record.optional('firstBytes', (key) => {
      const bytes = record.object(key);
      return { text: bytes.text('text', FIRST_BYTES_CHARS), hex: bytes.text('hex', FIRST_BYTES_CHARS) };
    }),
    ...record.optional('firstLine', text),
    ...record.optional('subscription', text),
    ...record.optional('idleUs', (key) => record.count(key)),
    ...record.optional('tlsUs', (key) => record.count(key)),
    ...record.optional('identityUs', (key) => record.count(key)),
    ...record.optional('rpcUs', (key) => record.count(key)),
    calls: record.counts('calls', CALLS_MAX, CALL_NAME_CHARS),
    ...record.optional('code', text),
  };
}
