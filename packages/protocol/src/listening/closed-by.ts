import type { ClosedBy } from '../connection-record.js';

/** The system's codes for a received RST: on a read, and on a write after it. */
const RESET = ['ECONNRESET', 'EPIPE'];

/** The system's codes for a connection that it gave up, or that vanished. */
const LOST = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED', 'CONNECTION_CLOSED', 'ERR_STREAM_DESTROYED'];

/**
 * Which side closed first, according to the error that a connection failed with; undefined for errors that do not close
 * a connection, after which the listener closes it.
 */
export function closedByOf(error: unknown): ClosedBy | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  // Node reports a FIN during the handshake as ECONNRESET without a system call.
  if (code === 'ECONNRESET' && syscall === undefined) return 'peer';
  // A fatal alert from the peer closes the TLS session, and its FIN follows.
  if (code === 'TLS_CLOSED' || (code.startsWith('ERR_SSL_') && code.includes('_ALERT_'))) return 'peer';
  if (RESET.includes(code)) return 'reset-by-peer';
  return LOST.includes(code) ? 'lost' : undefined;
}
