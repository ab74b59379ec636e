import { omitUndefined } from '../plain-data/omit-undefined.js';

/** Errors that no system call reports: deadlines, a close without an error, another certificate, cancellation. */
export type TransportErrorCode =
  | 'DNS_TIMEOUT'
  | 'CONNECT_TIMEOUT'
  | 'TLS_TIMEOUT'
  /** The peer ended its stream during the handshake. */
  | 'TLS_CLOSED'
  /** The connection went away without an error while it was in use. */
  | 'CONNECTION_CLOSED'
  /** The peer presented another certificate than the required one. */
  | 'UNEXPECTED_THUMBPRINT'
  /** A transfer reached a limit of this end. */
  | 'TRANSFER_LIMIT'
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

/**
 * Whether a code is of the system, the resolver, OpenSSL or the transport. Node's other `ERR_*` codes report misuse, so
 * bugs of this tool, except a write after the peer left.
 */
export function isExternalCode(code: string): boolean {
  return !code.startsWith('ERR_') || code.startsWith('ERR_SSL_') || code === 'ERR_STREAM_DESTROYED';
}

/** A handshake that failed: the cause, and the first raw bytes where they were captured. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  /** OpenSSL's or the system's code, or one of TransportError's. */
  readonly code: string;
  readonly syscall: string | undefined;
  /** The first raw bytes that arrived; undefined when they were not captured. */
  readonly firstBytes: Buffer | undefined;
  /** The number of raw bytes that arrived. */
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

/** The connection to an address failed before that to another one was tried, which failed as well. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  /** The system's code. */
  readonly code: string;
  readonly syscall: string | undefined;
  /** How long it took to fail. */
  readonly elapsedUs: number;

  constructor(cause: Error, elapsedUs: number) {
    super(cause.message, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    this.code = code ?? 'UNKNOWN';
    this.syscall = syscall;
    this.elapsedUs = elapsedUs;
  }
}

/** How a CONNECT request can fail; in addition to the system's codes (`ECONNRESET`, ...). */
export type ProxyErrorCode =
  /** It responded in HTTP, with a status other than 200. */
  | 'PROXY_REFUSED'
  /** It responded with 200, in a form that Octopus cannot read. */
  | 'PROXY_UNREADABLE'
  /** Its response is not HTTP. */
  | 'PROXY_NOT_HTTP'
  /** The head of its response is too long. */
  | 'PROXY_TOO_LONG'
  /** It ended its stream before the response was complete. */
  | 'PROXY_CLOSED'
  /** Its response was not complete at the deadline. */
  | 'PROXY_TIMEOUT';

/** The proxy opened no tunnel: the reason, and its response. Credentials that it repeated are `***` in it. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;
  readonly syscall: string | undefined;
  /** Its response, from the first byte: the head and the beginning of a page. */
  readonly received: Buffer;
  readonly receivedBytes: number;

  constructor(
    code: ProxyErrorCode | (string & {}),
    { received, receivedBytes }: { readonly received: Buffer; readonly receivedBytes: number },
    cause?: Error,
  ) {
    super(cause?.message ?? `${code} after ${receivedBytes} bytes`, omitUndefined({ cause }));
    this.code = code;
    this.syscall = (cause as NodeJS.ErrnoException | undefined)?.syscall;
    this.received = received;
    this.receivedBytes = receivedBytes;
  }
}
