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

/** How asking a proxy for a tunnel can fail; beside these, the system's codes (`ECONNRESET`, ...). */
export type ProxyErrorCode =
  /** It answered in HTTP, with another status than 200. */
  | 'PROXY_REFUSED'
  /** It answered 200, in a form that Octopus cannot read. */
  | 'PROXY_UNREADABLE'
  /** What it said is no HTTP. */
  | 'PROXY_NOT_HTTP'
  /** The head of its answer is longer than any proxy's. */
  | 'PROXY_TOO_LONG'
  /** It ended its stream before its answer had come whole. */
  | 'PROXY_CLOSED'
  /** Its answer had not come whole by the deadline. */
  | 'PROXY_TIMEOUT';

/** The proxy gave no tunnel: why, and what it said. Credentials that it repeated are `***` in it. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;
  readonly syscall: string | undefined;
  /** Its answer, from the first byte: the head and the beginning of a page. */
  readonly received: Buffer;
  readonly receivedBytes: number;

  constructor(
    code: ProxyErrorCode | (string & {}),
    { received, receivedBytes }: { readonly received: Buffer; readonly receivedBytes: number },
    cause?: Error,
  ) {
    super(cause?.message ?? `${code} after ${receivedBytes} bytes`, cause === undefined ? {} : { cause });
    this.code = code;
    this.syscall = (cause as NodeJS.ErrnoException | undefined)?.syscall;
    this.received = received;
    this.receivedBytes = receivedBytes;
  }
}
