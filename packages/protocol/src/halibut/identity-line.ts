import type { Deadline } from '../time/clock.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { readControlLine } from './control.js';
import { EVIDENCE_MAX_BYTES, InterruptedError, interrupted, WireError, type WireErrorCode } from './wire-error.js';

export type Role = 'MX-CLIENT' | 'MX-SERVER' | 'MX-SUBSCRIBER';

/** What a peer calls itself. `version` is shown, never checked: the real library does not check it. */
export interface RemoteIdentity {
  readonly role: Role;
  readonly version: string;
  /** `poll://...`, of a subscriber only. */
  readonly subscription?: string;
}

/** An identity line is under 100 bytes; a web page's first line may be longer, and its head is wanted as evidence. */
const IDENTITY_LINE_MAX_BYTES = 4096;

/** How long to wait for the rest of a page that came instead of an identity. It is already under way. */
const REST_OF_PAGE_MS = 500;

/** The identity line and its empty line in one write: services as old as 4.4.8 fail on two. */
export async function writeIdentity(
  channel: Channel,
  identity: { readonly role: Role; readonly subscription?: string },
  deadline: Deadline,
): Promise<void> {
  const words = [identity.role, '1.0', ...(identity.subscription === undefined ? [] : [identity.subscription])];
  await channel.write(Buffer.from(`${words.join(' ')}\r\n\r\n`), deadline);
}

/**
 * Read the peer's identity and the empty line behind it.
 * @param expected the roles that may stand here; the connecting side takes MX-SERVER only.
 * @throws WireError IDENTITY_*, MALFORMED, TOO_LONG, END_OF_STREAM, READ_TIMEOUT. Where another protocol answered,
 *   `received` holds the beginning of all it said, for it usually names the appliance.
 */
export async function readIdentity(
  source: ByteReader,
  ask: ReadRequest,
  expected: readonly Role[],
): Promise<RemoteIdentity> {
  let seen = Buffer.alloc(0);
  try {
    const line = await readControlLine(source, ask, IDENTITY_LINE_MAX_BYTES);
    seen = Buffer.from(`${line}\r\n`);
    const identity = parseIdentity(line, ask);
    // What has come of the next line tells a page with headers from a peer that was cut off.
    const blank = await readControlLine(source, ask, IDENTITY_LINE_MAX_BYTES);
    seen = Buffer.concat([seen, Buffer.from(`${blank}\r\n`)]);
    if (blank !== '') {
      throw refusal('IDENTITY_NO_BLANK_LINE', ask, 'the following line was not empty');
    }
    if (!expected.includes(identity.role)) {
      throw refusal('IDENTITY_UNEXPECTED_ROLE', ask, `expected ${expected.join(' or ')}, got ${identity.role}`);
    }
    return identity;
  } catch (error) {
    if (error instanceof WireError) throw await withAllThatCame(error, seen, source, ask);
    if (seen.length === 0) throw error;
    const received = error instanceof InterruptedError ? Buffer.concat([seen, error.received]) : seen;
    throw interrupted(error, ask.awaiting, received, received.length);
  }
}

function parseIdentity(line: string, ask: ReadRequest): RemoteIdentity {
  if (line === '') throw refusal('IDENTITY_EMPTY', ask, 'the identity line was empty');
  const [role = '', version = '', subscription] = line.split(' ');
  if (role === 'MX-CLIENT' || role === 'MX-SERVER') return { role, version };
  if (role !== 'MX-SUBSCRIBER') {
    throw refusal('IDENTITY_UNKNOWN', ask, `unknown identity type ${JSON.stringify(role.slice(0, 80))}`);
  }
  if (subscription === undefined || subscription === '') {
    throw refusal('IDENTITY_NO_SUBSCRIPTION', ask, 'a subscriber without its subscription id');
  }
  return { role, version, subscription };
}

function refusal(code: WireErrorCode, ask: ReadRequest, detail: string): WireError {
  return new WireError(code, ask.awaiting, detail);
}

/** The same error with everything that came before and comes within a moment: `received` of the read itself is less. */
async function withAllThatCame(
  error: WireError,
  seen: Buffer,
  source: ByteReader,
  ask: ReadRequest,
): Promise<WireError> {
  const atOnce = Buffer.concat([seen, error.received]);
  const over = error.code === 'END_OF_STREAM' || error.code === 'READ_TIMEOUT';
  const deadline = ask.deadline.orInMs(REST_OF_PAGE_MS);
  const rest = over ? Buffer.alloc(0) : await source.collect({ awaiting: ask.awaiting, deadline }, EVIDENCE_MAX_BYTES);
  const received = Buffer.concat([atOnce, rest]);
  const detail = error.message.replace(`${ask.awaiting}: `, '');
  return new WireError(error.code, ask.awaiting, detail, received, Math.max(received.length, error.receivedBytes));
}
