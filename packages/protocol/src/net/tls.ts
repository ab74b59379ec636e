import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, TLSSocket } from 'node:tls';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { captureFirstBytes } from './first-bytes-capture.js';
import { cancelled, HandshakeError, TransportError } from './transport-error.js';

/** What a finished handshake agreed and showed. */
export interface TlsSession {
  /** `TLSv1.3`, `TLSv1.2`, ... */
  readonly version: string;
  /** The suite's standard (IANA) name. */
  readonly cipher: string;
  /** The peer's certificate (DER); undefined when it gave none. */
  readonly peerCertificate?: Buffer;
  /**
   * Whether the listening side asked the connecting one for a certificate; undefined below TLS 1.2 and on the listening
   * side. Known by the signature algorithms that came with the question.
   */
  readonly clientCertificateRequested?: boolean;
  /** The name the connecting side asked for (SNI). */
  readonly serverName?: string;
}

export interface Handshake {
  readonly socket: TLSSocket;
  readonly seen: TlsSession;
}

export interface ConnectorOptions {
  readonly secureContext: SecureContext;
  /** The name for SNI; an address, or an empty name, gets none. */
  readonly serverName: string;
  /** Keep the first raw bytes, at some cost: see {@link captureFirstBytes}. */
  readonly watch: boolean;
}

/**
 * TLS as the connecting side, over a given socket. Any certificate is accepted here: trust is a later stage, by
 * thumbprint, as in the real library. No session is resumed: a resumed one shows no certificate.
 * @throws HandshakeError; TransportError CANCELLED.
 */
export async function handshakeAsConnector(
  socket: Socket,
  options: ConnectorOptions,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Handshake> {
  const watched = options.watch ? captureFirstBytes(socket) : undefined;
  // What a proxy said is not of the handshake.
  const beforeBytes = socket.bytesRead - socket.readableLength;
  const tls = connect({
    socket: watched?.stream ?? socket,
    secureContext: options.secureContext,
    rejectUnauthorized: false,
    ...(options.serverName !== '' && isIP(options.serverName) === 0 ? { servername: options.serverName } : {}),
  });
  await finished(tls, 'secureConnect', socket, deadline, signal, () => watched?.firstBytes(), beforeBytes);
  const seen = seenOf(tls);
  const isTold = seen.version === 'TLSv1.2' || seen.version === 'TLSv1.3';
  return {
    socket: tls,
    seen: isTold ? { ...seen, clientCertificateRequested: tls.getSharedSigalgs().length > 0 } : seen,
  };
}

/**
 * TLS as the listening side, over a given socket. A client certificate is asked for, and none or any is accepted: the
 * listener decides after the preamble, as the real one does.
 * @param firstBytes what has come already; it is given back to the socket before TLS starts.
 * @throws HandshakeError; TransportError CANCELLED.
 */
export async function handshakeAsListener(
  socket: Socket,
  secureContext: SecureContext,
  firstBytes: Buffer,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Handshake> {
  socket.unshift(firstBytes);
  const tls = new TLSSocket(socket, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false });
  await finished(tls, 'secure', socket, deadline, signal, () => firstBytes);
  return { socket: tls, seen: seenOf(tls) };
}

async function finished(
  tls: TLSSocket,
  event: 'secureConnect' | 'secure',
  socket: Socket,
  deadline: Deadline,
  signal: AbortSignal,
  firstBytes: () => Buffer | undefined,
  beforeBytes = 0,
): Promise<void> {
  // An error after the handshake is the channel's business; without a listener it would end the process.
  tls.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    let settled = false;
    const callOff = afterDeadline(deadline, () => {
      fail(new TransportError('TLS_TIMEOUT', `no handshake in ${deadline.spanUs / 1000} ms`));
    });
    const fail = (error: Error): void => {
      if (settled) return;
      settle();
      const received = socket.bytesRead - beforeBytes;
      tls.destroy();
      socket.destroy();
      const cause = closedQuietly(error) ? new TransportError('TLS_CLOSED', error.message) : error;
      const isOurs = cause instanceof TransportError && cause.code === 'CANCELLED';
      reject(isOurs ? cause : new HandshakeError(cause, firstBytes(), received));
    };
    const onAbort = (): void => fail(cancelled());
    const onEnd = (): void => fail(new TransportError('TLS_CLOSED', 'the peer closed during the handshake'));
    const settle = (): void => {
      settled = true;
      callOff();
      signal.removeEventListener('abort', onAbort);
      tls.off('close', onEnd);
    };
    if (signal.aborted) {
      fail(cancelled());
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    tls.once('error', fail);
    // A reset shows on the socket as well as on TLS, or only there when a tap is between them.
    socket.once('error', fail);
    tls.once('close', onEnd);
    tls.once(event, () => {
      settle();
      resolve();
    });
  });
}

/** Node reports a peer's FIN during the handshake as ECONNRESET, but without a system call. */
function closedQuietly(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' && syscall === undefined;
}

/** Read the certificate once and now: Node forgets it after the first look on the connecting side. */
function seenOf(tls: TLSSocket): TlsSession {
  // Node's types say Buffer; without a certificate the object is empty.
  const raw = tls.getPeerCertificate().raw as Buffer | undefined;
  const { servername } = tls as { servername?: unknown };
  return {
    version: tls.getProtocol() ?? 'unknown',
    cipher: tls.getCipher().standardName,
    ...(raw === undefined ? {} : { peerCertificate: raw }),
    ...(typeof servername === 'string' && servername !== '' ? { serverName: servername } : {}),
  };
}
