import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isIPv6, SocketAddress } from 'node:net';
import { CallError, call, type Deadline, type ConnectionFacts, unmapAddress } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import {
  attest,
  attestationRetryMs,
  type AttestationResult,
  type SocketAddresses,
  verifyAttestation,
  NONCE_BYTES,
} from 'tentacle-protocol/diagnostics';
import type { Connection } from './connection.js';

/** The connection to attest. */
export type AttestedConnection = Pick<Connection, 'channel' | 'exchange' | 'endpoint' | 'facts'>;

/** How often a pong is asked that attests too many connections at the time. */
const TRIES = 5;

/** Each wait is at least this long, and at most as long: a few tokens of the rate at which pong attests for one address. */
const WAIT_MIN_MS = 50;
const WAIT_MAX_MS = 1000;

/**
 * Has pong sign its view of this connection, and compares it with the local view. A pong that is busy is asked again, as long
 * as that leaves half of the time.
 * @param expectedKey pong's public key, 64 hex digits; undefined: any key is accepted (trusted on first use).
 * @throws whatever the call throws, except for an error of the service: that is a result.
 */
export async function requestAttestation(
  connection: AttestedConnection,
  expectedKey: string | undefined,
  deadline: Deadline,
): Promise<AttestationResult> {
  const patience = deadline.orInMs(deadline.remainingMs() / 2);
  for (let tries = 1; ; tries++) {
    const answer = await attestOnce(connection, expectedKey, deadline);
    const retryMs = answer.why === 'refused' ? attestationRetryMs(answer.reason ?? '') : undefined;
    if (retryMs === undefined) return answer;
    // Clients that ask together must not ask together again.
    const waitMs = Math.min(WAIT_MAX_MS, Math.max(WAIT_MIN_MS, retryMs) * (1 + Math.random() * tries));
    if (tries === TRIES || waitMs > patience.remainingMs()) return { ...answer, why: 'busy', tries };
    await delay(waitMs);
    await connection.exchange.takeTurn(deadline);
  }
}

async function attestOnce(
  { channel, exchange, endpoint, facts }: AttestedConnection,
  expectedKey: string | undefined,
  deadline: Deadline,
): Promise<AttestationResult> {
  const nonce = randomBytes(NONCE_BYTES);
  try {
    const { result } = await call(exchange, attest, nonce, endpoint, deadline);
    const { keyingMaterial, handshakeBound } = channel.exportChannelBinding(nonce);
    const view = omitUndefined({
      nonce: nonce.toString('hex'),
      ownThumbprint: facts.ownThumbprint ?? '',
      peerThumbprint: facts.peerCertificate?.thumbprint ?? null,
      tlsVersion: facts.tlsVersion ?? '',
      cipher: facts.cipher ?? '',
      handshakeBound,
      keyingMaterial: keyingMaterial.toString('hex'),
      ends: endsOf(facts),
    });
    return verifyAttestation(result, view, expectedKey);
  } catch (error) {
    if (!(error instanceof CallError) || error.serverError === undefined) throw error;
    return { result: 'none', ...rejectionOf(error.serverError), ...omitUndefined({ expectedKey }) };
  }
}

/** A pong that refuses returns an exception of its own; a pong without this method returns an error of the protocol. */
function rejectionOf({ message, halibutErrorType }: { message: string; halibutErrorType?: string | null }) {
  const isOwn = halibutErrorType === null || halibutErrorType === undefined;
  return isOwn
    ? ({ why: 'refused', reason: message.slice(0, REASON_MAX) } as const)
    : ({ why: 'not-offered' } as const);
}

/** As much of a peer's text as fits in a line. */
const REASON_MAX = 200;

/** Both ends of the TCP connection, or undefined where it does not lead to the peer itself but to a proxy or to "any address". */
function endsOf(facts: ConnectionFacts): SocketAddresses | undefined {
  const { address, port, localAddress, localPort, proxy } = facts;
  if (proxy !== undefined || address === undefined || localAddress === undefined || localPort === undefined)
    return undefined;
  const pongAddress = canonical(address);
  if (pongAddress === '0.0.0.0' || pongAddress === '::') return undefined;
  return { clientAddress: canonical(localAddress), clientPort: localPort, pongAddress, pongPort: port };
}

/** An address in its standard form, without the zone, which has a meaning on one machine only. */
function canonical(address: string): string {
  const bare = unmapAddress(address).replace(/%.*$/, '');
  // The pattern of IPv6 addresses takes Node 3 ms when it is first used.
  return bare.includes(':') && isIPv6(bare)
    ? unmapAddress(new SocketAddress({ address: bare, family: 'ipv6' }).address)
    : bare;
}
