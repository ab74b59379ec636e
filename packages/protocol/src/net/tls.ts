import { isIP, type Socket } from 'node:net';
import { connect, type DetailedPeerCertificate, type SecureContext, TLSSocket } from 'node:tls';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { captureFirstBytes } from './first-bytes-capture.js';
import { cancelled, HandshakeError, TransportError } from './transport-error.js';

/** What a completed handshake negotiated and showed. */
export interface TlsSession {
  /** `TLSv1.3`, `TLSv1.2`, ... */
  readonly version: string;
  /** The suite's standard (IANA) name. */
  readonly cipher: string;
  /** The peer's certificate (DER); undefined when it presented none. */
  readonly peerCertificate?: Buffer;
  /** All certificates that the peer sent (DER), its own first, where they were asked for. */
  readonly peerChain?: readonly Buffer[];
  /**
   * Whether the listener requested a client certificate; undefined below TLS 1.2 and on the listener's side. Known by the
   * signature algorithms in that request, which OpenSSL keeps.
   */
  readonly clientCertificateRequested?: boolean;
  /** The name that the connector requested (SNI). */
  readonly serverName?: string;
  /** The protocol that the listener chose of those that were offered (ALPN); absent: none. */
  readonly alpnProtocol?: string;
}

/** A TLS connection, and what its handshake negotiated. */
export interface Handshake {
  readonly socket: TLSSocket;
  readonly session: TlsSession;
}

/** How long a handshake may take, and the signal that cancels it. */
interface HandshakeLimits {
  readonly deadline: Deadline;
  /** Absent: who cancels it destroys the socket with {@link cancelled}. */
  readonly signal?: AbortSignal | undefined;
}

export interface ConnectorOptions extends HandshakeLimits {
  readonly secureContext: SecureContext;
  /** The name for SNI; none is sent for an address or an empty name. */
  readonly serverName: string;
  /** Keep the first raw bytes, at some cost: see {@link captureFirstBytes}. */
  readonly captureFirstBytes: boolean;
  /** Keep the issuers' certificates that the peer sent, as a web client needs them. */
  readonly keepChain?: boolean;
  /** Protocols to offer (ALPN); absent: none, as Halibut. */
  readonly alpnProtocols?: readonly string[];
}

export interface ListenerOptions extends HandshakeLimits {
  readonly secureContext: SecureContext;
  /** Bytes that were read from the socket; they are put back before TLS starts. */
  readonly firstBytes: Buffer;
}

/**
 * Runs the TLS handshake as the connector, over a given socket. Any certificate is accepted here: trust is a later stage,
 * by thumbprint, as in the real library. No session is resumed, because a resumed session shows no certificate.
 * @throws HandshakeError; TransportError CANCELLED.
 */
export async function handshakeAsConnector(socket: Socket, options: ConnectorOptions): Promise<Handshake> {
  const { secureContext, serverName, deadline, signal } = options;
  const capture = options.captureFirstBytes ? captureFirstBytes(socket) : undefined;
  // Bytes of a proxy's response do not belong to the handshake.
  const bytesBefore = socket.bytesRead - socket.readableLength;
  const tls = connect({
    socket: capture?.stream ?? socket,
    secureContext,
    rejectUnauthorized: false,
    ...(serverName !== '' && isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(options.alpnProtocols === undefined ? {} : { ALPNProtocols: [...options.alpnProtocols] }),
  });
  const firstBytes = (): Buffer | undefined => capture?.firstBytes();
  await completed(tls, { event: 'secureConnect', socket, firstBytes, bytesBefore, deadline, signal });
  const session = readSession(tls, options.keepChain);
  const isKnown = session.version === 'TLSv1.2' || session.version === 'TLSv1.3';
  if (!isKnown) return { socket: tls, session };
  return { socket: tls, session: { ...session, clientCertificateRequested: tls.getSharedSigalgs().length > 0 } };
}

/**
 * Runs the TLS handshake as the listener, over a given socket. A client certificate is requested, and any or none is
 * accepted: the listener decides after the preamble, as the real one does.
 * @throws HandshakeError; TransportError CANCELLED.
 */
export async function handshakeAsListener(socket: Socket, options: ListenerOptions): Promise<Handshake> {
  const { secureContext, firstBytes, deadline, signal } = options;
  socket.unshift(firstBytes);
  const tls = new TLSSocket(socket, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false });
  await completed(tls, { event: 'secure', socket, firstBytes: () => firstBytes, bytesBefore: 0, deadline, signal });
  // After the handshake, Node reports a broken record of such a socket by this event alone, and the connection would stay.
  tls.on('_tlsError', (error: Error) => void tls.destroy(error));
  return { socket: tls, session: readSession(tls) };
}

interface PendingHandshake extends HandshakeLimits {
  /** The event that reports its end. */
  readonly event: 'secureConnect' | 'secure';
  readonly socket: Socket;
  /** Returns the first raw bytes, where they were captured. */
  readonly firstBytes: () => Buffer | undefined;
  /** Raw bytes that the socket had received before the handshake. */
  readonly bytesBefore: number;
}

/** Resolves when the handshake is complete. @throws HandshakeError; TransportError CANCELLED. */
async function completed(tls: TLSSocket, handshake: PendingHandshake): Promise<void> {
  const { event, socket, firstBytes, bytesBefore, deadline, signal } = handshake;
  // An error after the handshake is handled by the channel; without a listener it would end the process.
  tls.on('error', ignore);
  await new Promise<void>((resolve, reject) => {
    let isSettled = false;
    const cancelDeadline = afterDeadline(deadline, () => {
      fail(new TransportError('TLS_TIMEOUT', `no handshake in ${deadline.spanUs / 1000} ms`));
    });
    const fail = (error: Error): void => {
      if (isSettled) return;
      settle();
      const receivedBytes = socket.bytesRead - bytesBefore;
      tls.destroy();
      socket.destroy();
      const cause = isPeerClose(error) ? new TransportError('TLS_CLOSED', error.message) : error;
      const isCancelled = cause instanceof TransportError && cause.code === 'CANCELLED';
      reject(isCancelled ? cause : new HandshakeError(cause, firstBytes(), receivedBytes));
    };
    const onAbort = (): void => fail(cancelled());
    const onClose = (): void => fail(new TransportError('TLS_CLOSED', 'the peer closed during the handshake'));
    const settle = (): void => {
      isSettled = true;
      cancelDeadline();
      signal?.removeEventListener('abort', onAbort);
      // Listeners that stay would keep the first bytes for as long as the connection is open. An error of the socket is
      // also one of TLS; without a listener of its own it would end the process.
      tls.off('close', onClose).off('error', fail);
      socket.off('error', fail).on('error', ignore);
    };
    if (signal?.aborted === true) {
      fail(cancelled());
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    tls.once('error', fail);
    // The socket reports a reset as well as TLS does, and alone when a capture is between them.
    socket.once('error', fail);
    tls.once('close', onClose);
    tls.once(event, () => {
      settle();
      resolve();
    });
  });
}

function ignore(): void {
  // The code that uses the connection has a listener of its own.
}

/** Node reports a peer's FIN during the handshake as ECONNRESET, but without a system call. */
function isPeerClose(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' && syscall === undefined;
}

/** Reads what was negotiated, once and now: on the connector's side Node drops the certificate after the first read. */
function readSession(tls: TLSSocket, keepChain = false): TlsSession {
  // Node's types say Buffer; without a certificate the object is empty.
  const certificate = keepChain ? tls.getPeerCertificate(true) : tls.getPeerCertificate();
  const peerCertificate = certificate.raw as Buffer | undefined;
  const peerChain = keepChain ? readChain(certificate as DetailedPeerCertificate) : undefined;
  const { servername } = tls as { servername?: unknown };
  const serverName = typeof servername === 'string' && servername !== '' ? servername : undefined;
  const cipher = tls.getCipher().standardName;
  const alpnProtocol = tls.alpnProtocol === false || tls.alpnProtocol === null ? undefined : tls.alpnProtocol;
  const version = tls.getProtocol() ?? 'unknown';
  return omitUndefined({ version, cipher, peerCertificate, peerChain, serverName, alpnProtocol });
}

/** More certificates than a peer sends; Node links a self-signed one to itself. */
const CHAIN_MAX = 10;

/** Follows Node's links from the peer's certificate to its issuers. */
function readChain(certificate: DetailedPeerCertificate): Buffer[] {
  const chain: Buffer[] = [];
  let next: Partial<DetailedPeerCertificate> | undefined = certificate;
  while (next?.raw !== undefined && chain.length < CHAIN_MAX && !chain.some((one) => next?.raw?.equals(one) === true)) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
