import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { RejectedConnectionError } from './rejected-connection-error.js';

/** How long a rejected peer may go on sending before it is cut: several round trips over a satellite link. */
const LINGER_MS = 5000;

/** Whether a client is accepted. @param trusted empty: any client is, with or without a certificate. */
export function isTrustedClient(trusted: ReadonlySet<string>, thumbprint: string | null): boolean {
  return trusted.size === 0 || (thumbprint !== null && trusted.has(thumbprint));
}

/**
 * Requires a client that is trusted by its thumbprint, as a real listener does after the preamble.
 * @param trusted empty: any client is accepted, with or without a certificate.
 * @throws RejectedConnectionError
 */
export function requireTrustedClient(trusted: ReadonlySet<string>, thumbprint: string | null): void {
  if (isTrustedClient(trusted, thumbprint)) return;
  throw new RejectedConnectionError(thumbprint === null ? 'REFUSED_NO_CERTIFICATE' : 'REFUSED_THUMBPRINT');
}

/**
 * Closes as a real listener does for an untrusted client: a bare FIN without TLS's close_notify, and no RST while the
 * identity that the peer is sending still arrives.
 */
export function closeSilently(socket: Socket, tls: TLSSocket): void {
  tls.removeAllListeners('data');
  tls.on('data', () => undefined);
  tls.resume();
  socket.end();
  const timer = setTimeout(() => void socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
