import { type BsonValue, DataStreamRef } from '../halibut/bson-value.js';
import { WireError } from '../halibut/wire-error.js';

/**
 * The value, if it is text of at most this many characters.
 * @throws WireError MALFORMED
 */
export function requireText(value: BsonValue | undefined, maxChars = Number.POSITIVE_INFINITY): string {
  if (typeof value !== 'string') throw unexpectedValue('text', value);
  if (value.length > maxChars) throw malformed(`text of at most ${maxChars} characters`, `${value.length} characters`);
  return value;
}

/**
 * The value, if it is a byte array whose length is within these bounds, both included.
 * @throws WireError MALFORMED
 */
export function requireBytes(value: BsonValue | undefined, minBytes = 0, maxBytes = Number.POSITIVE_INFINITY): Buffer {
  if (!Buffer.isBuffer(value)) throw unexpectedValue('bytes', value);
  if (value.length < minBytes || value.length > maxBytes)
    throw malformed(`${minBytes} to ${maxBytes} bytes`, `${value.length} bytes`);
  return value;
}

/**
 * The value, if it is an int64.
 * @throws WireError MALFORMED
 */
export function requireInt64(value: BsonValue | undefined): bigint {
  if (typeof value !== 'bigint') throw unexpectedValue('an int64', value);
  return value;
}

/**
 * The value, if it is a reference to a data stream that follows the message.
 * @throws WireError MALFORMED
 */
export function requireDataStream(value: BsonValue | undefined): DataStreamRef {
  if (!(value instanceof DataStreamRef)) throw unexpectedValue('a data stream', value);
  return value;
}

/** The error for a value of another type. The value itself is left out: it may be long, or secret. */
export function unexpectedValue(expected: string, value: unknown): WireError {
  return malformed(expected, value === null ? 'null' : typeof value);
}

function malformed(expected: string, received: string): WireError {
  return new WireError('MALFORMED', expected, `received ${received}`);
}
