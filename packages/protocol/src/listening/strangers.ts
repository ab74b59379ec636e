import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Refusal } from './course.js';

/** How long a refused peer may go on sending before it is cut: several round trips of the longest way, a satellite's. */
const REFUSED_LINGER_MS = 5000;

/**
 * Refuse as a real listener refuses: after the preamble, by thumbprint alone.
 * @param trusted empty: everybody is answered, with a certificate or without.
 * @throws Refusal
 */
export function refuseStrangers(trusted: ReadonlySet<string>, thumbprint: string | null): void {
  if (trusted.size === 0) return;
  if (thumbprint === null) throw new Refusal('REFUSED_NO_CERTIFICATE');
  if (!trusted.has(thumbprint)) throw new Refusal('REFUSED_THUMBPRINT');
}

/**
 * Close as a real listener does on a stranger: a bare FIN, without the alert by which TLS says goodbye, and no RST
 * while the identity that the peer has under way still comes.
 */
export function leaveWithoutAWord(socket: Socket, tls: TLSSocket): void {
  tls.removeAllListeners('data');
  tls.on('data', () => undefined);
  tls.resume();
  socket.end();
  const timer = setTimeout(() => void socket.destroy(), REFUSED_LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
