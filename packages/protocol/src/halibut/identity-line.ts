import type { Deadline } from '../time/clock.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { readControlLine } from './control.js';
import { EVIDENCE_MAX_BYTES, InterruptedError, interrupted, WireError, type WireErrorCode } from './wire-error.js';

/** The role in which an end identifies itself. */
export type Role = 'MX-CLIENT' | 'MX-SERVER' | 'MX-SUBSCRIBER';

/** The identity that a peer sent. `version` is shown, never checked: the real library does not check it. */
export interface RemoteIdentity {
  readonly role: Role;
  readonly version: string;
  /** `poll://...`, of a subscriber only. */
  readonly subscription?: string;
}

/** An identity line is under 100 bytes; a web page's first line may be longer, and its head is evidence. */
const IDENTITY_LINE_MAX_BYTES = 4096;

/** How long to wait for the rest of a page that arrived instead of an identity. It is already in transit. */
const REST_OF_PAGE_MS = 500;

/** Sends the identity line and its empty line in one write: services as old as 4.4.8 fail on two. */
export async function writeIdentity(
  channel: Channel,
  identity: { readonly role: Role; readonly subscription?: string },
  deadline: Deadline,
): Promise<void> {
  const words = [identity.role, '1.0', ...(identity.subscription === undefined ? [] : [identity.subscription])];
  await channel.write(Buffer.from(`${words.join(' ')}\r\n\r\n`), deadline);
}

/**
 * Reads the peer's identity and the empty line behind it.
 * @param expected the roles that are accepted; the connecting end accepts MX-SERVER only.
 * @throws WireError IDENTITY_*, MALFORMED, TOO_LONG, END_OF_STREAM, READ_TIMEOUT. If another protocol answered,
 *   `received` holds the beginning of its answer, which usually names the appliance.
 */
export async function readIdentity(
  source: ByteReader,
  readRequest: ReadRequest,
  expected: readonly Role[],
): Promise<RemoteIdentity> {
  let readBytes = Buffer.alloc(0);
  try {
    const line = await readControlLine(source, readRequest, IDENTITY_LINE_MAX_BYTES);
    readBytes = Buffer.from(`${line}\r\n`);
    const identity = parseIdentity(line, readRequest);
    // The start of the next line distinguishes a page with headers from a peer that was cut off.
    const blank = await readControlLine(source, readRequest, IDENTITY_LINE_MAX_BYTES);
    readBytes = Buffer.concat([readBytes, Buffer.from(`${blank}\r\n`)]);
    if (blank !== '') {
      throw identityError('IDENTITY_NO_BLANK_LINE', readRequest, 'the following line was not empty');
    }
    if (!expected.includes(identity.role)) {
      throw identityError(
        'IDENTITY_UNEXPECTED_ROLE',
        readRequest,
        `expected ${expected.join(' or ')}, got ${identity.role}`,
      );
    }
    return identity;
  } catch (error) {
    if (error instanceof WireError) throw await withAllReceived(error, readBytes, source, readRequest);
    if (readBytes.length === 0) throw error;
    const received = error instanceof InterruptedError ? Buffer.concat([readBytes, error.received]) : readBytes;
    throw interrupted(error, readRequest.purpose, received, received.length);
  }
}

function parseIdentity(line: string, readRequest: ReadRequest): RemoteIdentity {
  if (line === '') throw identityError('IDENTITY_EMPTY', readRequest, 'the identity line was empty');
  const [role = '', version = '', subscription] = line.split(' ');
  if (role === 'MX-CLIENT' || role === 'MX-SERVER') return { role, version };
  if (role !== 'MX-SUBSCRIBER') {
    throw identityError('IDENTITY_UNKNOWN', readRequest, `unknown identity type ${JSON.stringify(role.slice(0, 80))}`);
  }
  if (subscription === undefined || subscription === '') {
    throw identityError('IDENTITY_NO_SUBSCRIPTION', readRequest, 'a subscriber without its subscription id');
  }
  return { role, version, subscription };
}

function identityError(code: WireErrorCode, readRequest: ReadRequest, detail: string): WireError {
  return new WireError(code, readRequest.purpose, detail);
}

/** The same error with all bytes that arrived before or arrive within a moment; the read's own `received` has fewer. */
async function withAllReceived(
  error: WireError,
  readBytes: Buffer,
  source: ByteReader,
  readRequest: ReadRequest,
): Promise<WireError> {
  const arrived = Buffer.concat([readBytes, error.received]);
  const isOver = error.code === 'END_OF_STREAM' || error.code === 'READ_TIMEOUT';
  const deadline = readRequest.deadline.orInMs(REST_OF_PAGE_MS);
  const rest = isOver
    ? Buffer.alloc(0)
    : await source.collect({ purpose: readRequest.purpose, deadline }, EVIDENCE_MAX_BYTES);
  const received = Buffer.concat([arrived, rest]);
  const detail = error.message.replace(`${readRequest.purpose}: `, '');
  return new WireError(
    error.code,
    readRequest.purpose,
    detail,
    received,
    Math.max(received.length, error.receivedBytes),
  );
}
