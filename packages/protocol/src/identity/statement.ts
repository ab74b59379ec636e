import { isIP } from 'node:net';
import { WireError } from '../halibut/wire-error.js';

/** What pong signs about one connection. Plain data; docs/attestation.md explains each key. */
export interface Statement {
  /** The version of this form. */
  readonly v: 1;
  /** The 32 random bytes that ping sent: 64 lower-case hex digits. */
  readonly nonce: string;
  /** Pong's name for the connection: a GUID, lower-case. */
  readonly connectionId: string;
  /** By pong's clock: UTC, ISO 8601, milliseconds. */
  readonly time: string;
  /** SHA-1 of the certificate that pong presented: 40 upper-case hex digits. */
  readonly pongThumbprint: string;
  /** The same of the client certificate that arrived; null when none arrived. */
  readonly clientThumbprint: string | null;
  /** The client's address and port as they arrived at pong. */
  readonly clientAddress: string;
  readonly clientPort: number;
  /** Pong's own address and port, to which the connection was made. */
  readonly pongAddress: string;
  readonly pongPort: number;
  readonly tlsVersion: string;
  /** The cipher suite's standard (IANA) name. */
  readonly cipher: string;
  /** Whether the keying material depends on the whole handshake, certificates included. */
  readonly handshakeBound: boolean;
  /** Exported from the TLS session with the nonce as its context: 64 lower-case hex digits. */
  readonly keyingMaterial: string;
}

export const NONCE_BYTES = 32;

const VERSION = 1;

/** The longest statement has 660 bytes; another version may need a little more. */
export const STATEMENT_MAX_BYTES = 1024;

type Check = (value: unknown) => boolean;

function text(pattern: RegExp): Check {
  return (value) => typeof value === 'string' && pattern.test(value);
}

const isHex64 = text(/^[0-9a-f]{64}$/);
const isThumbprint = text(/^[0-9A-F]{40}$/);
/** The longest address has 45 characters. Without a zone, which is valid on one machine only. */
const isAddress: Check = (value) => text(/^[0-9a-f.:]{2,45}$/)(value) && isIP(String(value)) !== 0;
const isPort: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
const isTime: Check = (value) => {
  if (!text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value)) return false;
  const date = new Date(String(value));
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
};

/** What each value must be. The order is that of the keys in the JSON text. */
const CHECKS: Readonly<Record<keyof Statement, Check>> = {
  v: (value) => value === VERSION,
  nonce: isHex64,
  connectionId: text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  time: isTime,
  pongThumbprint: isThumbprint,
  clientThumbprint: (value) => value === null || isThumbprint(value),
  clientAddress: isAddress,
  clientPort: isPort,
  pongAddress: isAddress,
  pongPort: isPort,
  tlsVersion: text(/^TLSv1(\.[123])?$/),
  cipher: text(/^[A-Z0-9_]{1,64}$/),
  handshakeBound: (value) => typeof value === 'boolean',
  keyingMaterial: isHex64,
};
const KEYS = Object.keys(CHECKS) as (keyof Statement)[];

/**
 * The bytes to sign: the JSON text of a statement, in UTF-8, without white space, its keys in a fixed order. A statement
 * has exactly one such text.
 * @throws RangeError for a value that is not valid for its key.
 */
export function serializeStatement(statement: Statement): Buffer {
  for (const key of KEYS) {
    if (!CHECKS[key](statement[key])) throw new RangeError(`not a valid ${key} for a statement`);
  }
  return Buffer.from(JSON.stringify(statement, KEYS));
}

/**
 * The statement that these bytes are. Strict: only the bytes that {@link serializeStatement} writes are accepted, so a
 * statement with a missing, unknown, duplicate or misplaced key is invalid.
 * @throws WireError MALFORMED for anything else, including another version: see {@link isOtherVersion}.
 */
export function parseStatement(bytes: Uint8Array): Statement {
  const malformed = (detail: string): WireError => new WireError('MALFORMED', 'an attestation', detail, bytes);
  if (bytes.length > STATEMENT_MAX_BYTES) throw malformed(`a statement of ${bytes.length} bytes`);
  const object = objectIn(bytes);
  if (object === undefined) throw malformed('a statement that is not a JSON object');
  for (const key of KEYS) {
    if (!CHECKS[key](object[key])) throw malformed(`not a valid ${key} in a statement`);
  }
  const statement = object as unknown as Statement;
  if (!serializeStatement(statement).equals(bytes)) throw malformed('a statement in another form');
  return statement;
}

/** Whether these bytes are a statement of another version, about which nothing can be said here. */
export function isOtherVersion(bytes: Uint8Array): boolean {
  if (bytes.length > STATEMENT_MAX_BYTES) return false;
  const version = objectIn(bytes)?.['v'];
  return Number.isInteger(version) && Number(version) > 0 && version !== VERSION;
}

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
