import type { ClosedBy } from '../connection-record.js';

/** The system's words for an RST that came: on a read, and on a write after it. */
const RESET = ['ECONNRESET', 'EPIPE'];

/** The system's words for a connection that it gave up, or that vanished under us. */
const LOST = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED', 'CONNECTION_CLOSED', 'ERR_STREAM_DESTROYED'];

/**
 * Who closed first, told by the error that a connection failed with; undefined for errors that do not close it, upon
 * which we do.
 */
export function closedByOf(error: unknown): ClosedBy | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  // So Node calls a FIN during the handshake.
  if (code === 'ECONNRESET' && syscall === undefined) return 'peer';
  // A peer ends TLS by a fatal alert, and its FIN follows.
  if (code === 'TLS_CLOSED' || (code.startsWith('ERR_SSL_') && code.includes('_ALERT_'))) return 'peer';
  if (RESET.includes(code)) return 'reset-by-peer';
  return LOST.includes(code) ? 'lost' : undefined;
}
