import { constants } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { type Identity, NO_AUTHORITIES } from '../identity/identity.js';
import { DEFAULT_MIN_TLS_VERSION, tlsVersionOptions } from './tls-versions.js';
import { TransportError } from './transport-error.js';

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  /** One address; undefined: all of IPv4 and IPv6. */
  readonly bind?: string;
}

/** The keep-alive of the real library: idle 15 s. */
const KEEP_ALIVE_IDLE_MS = 15_000;

/** Codes of a system without IPv6. */
const NO_IPV6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'];

/**
 * Listens, and reports every connection as it is accepted, before a byte is read. Without an address, it listens on IPv4
 * and IPv6 at once, or on IPv4 alone where the system has no IPv6.
 * @throws the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...).
 */
export async function listen(plan: ListenOptions, onConnection: (socket: Socket) => void): Promise<Server> {
  if (plan.bind !== undefined) return listenAt(plan.bind, plan.port, onConnection);
  try {
    return await listenAt('::', plan.port, onConnection);
  } catch (error) {
    if (!NO_IPV6.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return listenAt('0.0.0.0', plan.port, onConnection);
  }
}

async function listenAt(host: string, port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_IDLE_MS },
    onConnection,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // `::` accepts IPv4 as well, as mapped addresses.
    server.listen({ host, port, ipv6Only: false }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

/**
 * Returns one context for all connections: a new one for each halves the handshake rate. No session is resumed, so that
 * each connection shows its certificates and is measured completely. Without a context id, a client that tries to resume
 * would be refused instead of getting a new session. Renegotiation is refused: each one costs as much as a handshake, and no
 * limit applies to it.
 */
export function listenerContext(identity: Identity, minVersion = DEFAULT_MIN_TLS_VERSION): SecureContext {
  return createSecureContext({
    ...NO_AUTHORITIES,
    ...identity.secureContextOptions,
    ...tlsVersionOptions(minVersion),
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'tentacle',
  });
}

/** Returns an IPv4 address as people write it, also where it arrives mapped into IPv6. */
export function unmapAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * Reads the first bytes of a new connection, before TLS reads them; undefined when the peer leaves without sending any.
 * @throws TransportError TLS_TIMEOUT at the deadline; the socket's own error.
 */
export async function readFirstBytes(socket: Socket, deadline: Deadline): Promise<Buffer | undefined> {
  const cancelDeadline = afterDeadline(deadline, () => {
    socket.destroy(new TransportError('TLS_TIMEOUT', `no byte in ${deadline.spanUs / 1000} ms`));
  });
  const bytes = await firstBytes(socket);
  cancelDeadline();
  if (bytes === undefined && socket.errored !== null) throw socket.errored;
  return bytes === undefined || startsTls(bytes) ? bytes : withFollowing(socket, bytes);
}

/** A TLS record, or the SSL 2 form of a ClientHello. */
function startsTls([first = 0]: Buffer): boolean {
  return (first >= 20 && first <= 24) || first >= 0x80;
}

/** Enough to identify another protocol by. */
const START_MIN_BYTES = 64;

/** How long to wait for them where they arrive in pieces: a round trip over most paths. TLS fails anyway. */
const FOLLOWING_MS = 250;

/** Adds the bytes that follow at once, because some clients send their first bytes in pieces. */
async function withFollowing(socket: Socket, bytes: Buffer): Promise<Buffer> {
  if (bytes.length >= START_MIN_BYTES) return bytes;
  const hasEnded = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(settle, FOLLOWING_MS);
    const onClose = (): void => settle(true);
    // The socket reads on into its buffer, which it does only for a listener. The event without bytes is the end.
    const onReadable = (): void => {
      if (socket.readableLength === 0) settle(true);
    };
    socket.on('readable', onReadable);
    socket.once('close', onClose);
    function settle(ended = false): void {
      clearTimeout(timer);
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      resolve(ended);
    }
  });
  // TLS would wait for more, as it does not learn that the stream has ended. By then it has the bytes.
  if (hasEnded) setImmediate(() => void socket.destroy());
  const following = socket.readableLength > 0 ? (socket.read(socket.readableLength) as Buffer | null) : null;
  return following === null ? bytes : Buffer.concat([bytes, following]);
}

/** Reads the same, undefined also when the connection fails. The caller destroys the socket at its own deadline. */
export async function firstBytes(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (bytes: Buffer | undefined): void => {
      for (const event of ['end', 'close', 'error']) socket.off(event, onGone);
      socket.off('readable', onReadable);
      resolve(bytes);
    };
    const onGone = (): void => settle(undefined);
    const onReadable = (): void => {
      // By their number: a plain read would also consume the end of the stream if that has arrived with them, and TLS
      // would have nothing to read. Null at the end of the stream; its own event follows.
      const bytes = socket.read(socket.readableLength) as Buffer | null;
      if (bytes !== null) settle(bytes);
    };
    socket.on('readable', onReadable);
    for (const event of ['end', 'close', 'error']) socket.once(event, onGone);
  });
}
