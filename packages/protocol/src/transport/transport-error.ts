/** Endings of a transport step that no system call reports: our own timers, a quiet close, our own wish to stop. */
export type TransportErrorCode =
  | 'DNS_TIMEOUT'
  | 'CONNECT_TIMEOUT'
  | 'TLS_TIMEOUT'
  /** The peer ended its stream during the handshake. */
  | 'TLS_CLOSED'
  /** The connection went away without an error while it was in use. */
  | 'CONNECTION_CLOSED'
  | 'CANCELLED';

export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function cancelled(): TransportError {
  return new TransportError('CANCELLED', 'cancelled');
}

/** A handshake that failed: the cause, and the first raw bytes where they were watched. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  /** OpenSSL's or the system's code, or one of TransportError's. */
  readonly code: string;
  readonly syscall: string | undefined;
  /** The first raw bytes that came; undefined when nobody watched. */
  readonly firstBytes: Buffer | undefined;
  /** How many raw bytes came. */
  readonly receivedBytes: number;

  constructor(cause: Error, firstBytes: Buffer | undefined, receivedBytes: number) {
    super(cause.message, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    this.code = code ?? 'UNKNOWN';
    this.syscall = syscall;
    this.firstBytes = firstBytes;
    this.receivedBytes = receivedBytes;
  }
}
