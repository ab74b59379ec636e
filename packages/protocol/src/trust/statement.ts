import { isIP } from 'node:net';
import { WireError } from '../wire/wire-error.js';

/** What a pong states of one connection, to be signed. Plain data; docs/attestation.md has its form. */
export interface Statement {
  /** Ping's 32 random bytes: 64 lower-case hex digits. */
  readonly nonce: string;
  /** Pong's name for the connection: a GUID, lower-case. */
  readonly connectionId: string;
  /** By pong's clock: UTC, ISO 8601, milliseconds. */
  readonly time: string;
  /** Of the certificate that pong presented: 40 upper-case hex digits. */
  readonly pongThumbprint: string;
  /** Of the client certificate that came; null when none did. */
  readonly clientThumbprint: string | null;
  /** The client's address and port as they arrived at pong. */
  readonly clientAddress: string;
  readonly clientPort: number;
  /** Pong's own, to which the connection came. */
  readonly pongAddress: string;
  readonly pongPort: number;
  readonly tlsVersion: string;
  /** The suite's standard (IANA) name. */
  readonly cipher: string;
  /** Whether the keying material depends on the whole handshake, certificates included. */
  readonly handshakeBound: boolean;
  /** Exported from the TLS session with the nonce as its context: 64 lower-case hex digits. */
  readonly keyingMaterial: string;
}

export const NONCE_BYTES = 32;

/** The first line: what this is, and the version of its form. No other message that this key signs begins so. */
const TITLE = 'tentacle-pong-attestation 1';

/** The longest statement has 656 bytes; another version of the form may need a little more. */
export const STATEMENT_MAX_BYTES = 1024;

/** How one value stands in its line, and back; undefined: a text that cannot stand there. */
interface Form<T> {
  readonly write: (value: T) => string;
  readonly read: (text: string) => T | undefined;
}

function text(pattern: RegExp): Form<string> {
  return { write: (value) => value, read: (line) => (pattern.test(line) ? line : undefined) };
}

const DIGITS_64 = text(/^[0-9a-f]{64}$/);
const THUMBPRINT = text(/^[0-9A-F]{40}$/);

const THUMBPRINT_OR_NONE: Form<string | null> = {
  write: (value) => value ?? 'none',
  read: (line) => (line === 'none' ? null : THUMBPRINT.read(line)),
};

/** The longest address: eight groups of four digits; without a zone, which means something on one machine only. */
const ADDRESS: Form<string> = {
  write: (value) => value,
  read: (line) => (/^[0-9a-f.:]{2,45}$/.test(line) && isIP(line) !== 0 ? line : undefined),
};

const PORT: Form<number> = {
  write: String,
  read: (line) => (/^(0|[1-9]\d{0,4})$/.test(line) && Number(line) <= 65_535 ? Number(line) : undefined),
};

const TIME: Form<string> = {
  write: (value) => value,
  read: (line) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(line)) return undefined;
    const date = new Date(line);
    return !Number.isNaN(date.getTime()) && date.toISOString() === line ? line : undefined;
  },
};

const YES_OR_NO: Form<boolean> = {
  write: (value) => (value ? 'yes' : 'no'),
  read: (line) => (line === 'yes' ? true : line === 'no' ? false : undefined),
};

/** One line: its name, the value that stands in it, and how. */
function line<Key extends keyof Statement>(name: string, key: Key, { write, read }: Form<Statement[Key]>) {
  return { name, key, read, write: (statement: Statement): string => write(statement[key]) };
}

/** The lines in their order, each of them exactly once. */
const LINES = [
  line('nonce', 'nonce', DIGITS_64),
  line('connection', 'connectionId', text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)),
  line('time', 'time', TIME),
  line('pong-thumbprint', 'pongThumbprint', THUMBPRINT),
  line('client-thumbprint', 'clientThumbprint', THUMBPRINT_OR_NONE),
  line('client-address', 'clientAddress', ADDRESS),
  line('client-port', 'clientPort', PORT),
  line('pong-address', 'pongAddress', ADDRESS),
  line('pong-port', 'pongPort', PORT),
  line('tls-version', 'tlsVersion', text(/^TLSv1(\.[123])?$/)),
  line('tls-suite', 'cipher', text(/^[A-Z0-9_]{1,64}$/)),
  line('handshake-bound', 'handshakeBound', YES_OR_NO),
  line('keying-material', 'keyingMaterial', DIGITS_64),
] as const;

/**
 * The bytes of a statement: one form only, so that whoever has the values has the bytes.
 * @throws RangeError for a value that its line cannot hold.
 */
export function writeStatement(statement: Statement): Buffer {
  const lines = LINES.map(({ name, read, write }) => {
    const value = write(statement);
    if (read(value) === undefined) throw new RangeError(`a statement cannot hold this ${name}`);
    return `${name}: ${value}`;
  });
  return Buffer.from(`${[TITLE, ...lines].join('\n')}\n`, 'latin1');
}

/**
 * The statement that these bytes are. Strict: what is read here is what {@link writeStatement} would write, to the byte.
 * @throws WireError GARBLED for anything else, another version of the form included: see {@link isOtherForm}.
 */
export function readStatement(bytes: Uint8Array): Statement {
  const garbled = (detail: string): WireError => new WireError('GARBLED', 'an attestation', detail, bytes);
  if (bytes.length > STATEMENT_MAX_BYTES) throw garbled(`a statement of ${bytes.length} bytes`);
  // One character for each byte, so that nothing is decoded twice or dropped.
  const [title, ...lines] = Buffer.from(bytes).toString('latin1').split('\n');
  if (title !== TITLE) throw garbled('does not begin as a statement');
  // The last line is ended too, and nothing comes behind it.
  if (lines.length !== LINES.length + 1 || lines.at(-1) !== '') throw garbled(`${lines.length} lines`);
  const entries = LINES.map(({ name, key, read }, index) => {
    const shown = lines[index] ?? '';
    const value = shown.startsWith(`${name}: `) ? read(shown.slice(name.length + 2)) : undefined;
    if (value === undefined) throw garbled(`line ${index + 2} is no ${name}`);
    return [key, value] as const;
  });
  return Object.fromEntries(entries) as unknown as Statement;
}

/** Whether these bytes begin as a statement of another version of the form, so that nothing can be said of them here. */
export function isOtherForm(bytes: Uint8Array): boolean {
  const [title = ''] = Buffer.from(bytes.subarray(0, TITLE.length + 10))
    .toString('latin1')
    .split('\n');
  return title !== TITLE && /^tentacle-pong-attestation \d+$/.test(title);
}
