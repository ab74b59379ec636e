import type { ClosedBy, ArrivedConnection } from './connection-record.js';
import { PlainShape } from './plain-shape.js';

const CLOSED_BY = ['us', 'peer', 'reset-by-peer', 'lost'] as const satisfies readonly ClosedBy[];

/** Methods that a listener has, and `other`: pong has under ten. */
const CALLS_MAX = 100;

/** Pong keeps 256 first bytes, two digits each. */
const FIRST_BYTES_CHARS = 512;

/**
 * A record of the other end, from JSON or BSON; what is not known of it is left out.
 * @throws WireError GARBLED for what has another shape.
 */
export function readConnectionRecord(value: unknown): ArrivedConnection {
  const shape = new PlainShape('a record of a connection', value);
  const text = (key: string): string => shape.text(key);
  return {
    connectionId: text('connectionId'),
    ...shape.optional('activityId', text),
    startedAt: shape.moment('startedAt'),
    address: text('address'),
    port: shape.count('port'),
    localAddress: text('localAddress'),
    localPort: shape.count('localPort'),
    ...shape.optional('ending', text),
    ...shape.optional('closedBy', (key) => shape.oneOf(key, CLOSED_BY)),
    durationUs: shape.count('durationUs'),
    bytesIn: shape.count('bytesIn'),
    bytesOut: shape.count('bytesOut'),
    ...shape.optional('tlsVersion', text),
    ...shape.optional('cipher', text),
    ...shape.optional('serverName', text),
    ...shape.optional('clientThumbprint', (key) => (shape.value(key) === null ? null : text(key))),
    ...shape.optional('firstBytes', (key) => {
      const bytes = new PlainShape('first bytes', shape.value(key));
      return { text: bytes.text('text', FIRST_BYTES_CHARS), hex: bytes.text('hex', FIRST_BYTES_CHARS) };
    }),
    ...shape.optional('firstLine', text),
    ...shape.optional('subscription', text),
    calls: callsOf(shape.value('calls')),
    ...shape.optional('code', text),
  };
}

function callsOf(value: unknown): Readonly<Record<string, number>> {
  const shape = new PlainShape('calls', value);
  const names = Object.keys(value as object).slice(0, CALLS_MAX);
  return Object.fromEntries(names.map((name) => [name.slice(0, 100), shape.count(name)]));
}
