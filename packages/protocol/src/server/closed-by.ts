import type { ClosedBy } from '../services/connection-record.js';

/** The system's codes for a received RST: on a read, and on a write after it. */
const RESET = ['ECONNRESET', 'EPIPE'];

/** The system's codes for a connection that it gave up, or that vanished. */
const LOST = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED', 'CONNECTION_CLOSED', 'ERR_STREAM_DESTROYED'];

/**
 * Returns which side closed first, according to the error that a connection failed with; undefined for errors that do not close
 * a connection, after which the listener closes it.
 */
export function determineClosedBy(error: unknown): ClosedBy | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  // Node reports a FIN during the handshake as ECONNRESET without a system call.
  if (code === 'ECONNRESET' && syscall === undefined) return 'remote';
  // A fatal alert from the peer closes the TLS session, and its FIN follows.
  if (code === 'TLS_CLOSED' || (code.startsWith('ERR_SSL_') && code.includes('_ALERT_'))) return 'remote';
  if (RESET.includes(code)) return 'remote-reset';
  return LOST.includes(code) ? 'lost' : undefined;
}
