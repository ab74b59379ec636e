/**
 * The codes of errors while bytes are read and sent. Failures are classified by them; messages are for developers, and
 * nothing is grouped by them.
 */
export type WireErrorCode =
  /** The peer ended its stream before the expected bytes had arrived completely. */
  | 'END_OF_STREAM'
  /** The expected bytes had not arrived completely by the deadline. */
  | 'READ_TIMEOUT'
  /** The system did not accept the bytes to send by the deadline. */
  | 'WRITE_TIMEOUT'
  /** More bytes arrived than the limit allows. */
  | 'TOO_LONG'
  /** The messages of all connections together would exceed their memory limit. */
  | 'MEMORY_LIMIT_EXCEEDED'
  /** The bytes violate the protocol. */
  | 'MALFORMED'
  /** Identity line: empty. */
  | 'IDENTITY_EMPTY'
  /** Identity line: not followed by an empty line (as in a web page with headers). */
  | 'IDENTITY_NO_BLANK_LINE'
  /** Identity line: first word is none of MX-CLIENT, MX-SERVER, MX-SUBSCRIBER. */
  | 'IDENTITY_UNKNOWN'
  /** Identity line: MX-SUBSCRIBER without its subscription id. */
  | 'IDENTITY_NO_SUBSCRIPTION'
  /** Identity line: a known role, but not one that is expected here. */
  | 'IDENTITY_UNEXPECTED_ROLE'
  /** A control line other than the expected one. */
  | 'UNEXPECTED_CONTROL';

/** The most evidence that an error contains: enough for an HTTP status line, its headers and a page's title. */
export const EVIDENCE_MAX_BYTES = 8192;

/** The connection was lost during a read: its own code, and the bytes that had arrived. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code: string;
  readonly syscall: string | undefined;
  readonly purpose: string;
  readonly received: Buffer;
  readonly receivedBytes: number;

  constructor(cause: Error, purpose: string, received: Uint8Array, receivedBytes: number) {
    super(`${purpose}: ${cause.message}`, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    this.code = code ?? 'UNKNOWN';
    this.syscall = syscall;
    this.purpose = purpose;
    this.received = Buffer.from(received.subarray(0, EVIDENCE_MAX_BYTES));
    this.receivedBytes = receivedBytes;
  }
}

/** The connection's error with the bytes that had arrived; any other error unchanged. */
export function interrupted(error: unknown, purpose: string, received: Uint8Array, receivedBytes: number): unknown {
  if (!isConnectionError(error)) return error;
  const cause = error instanceof InterruptedError ? (error.cause as Error) : error;
  return new InterruptedError(cause, purpose, received, receivedBytes);
}

/** Whether the connection itself failed: not the bytes on it, not a cancellation, and not a bug (which has no code). */
function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof WireError) && 'code' in error && error.code !== 'CANCELLED';
}

/** An error in the bytes of a connection, or in their time. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  /** The purpose of the read or write, in a few words: `the identity of the peer`. */
  readonly purpose: string;
  /** The received bytes, at most the first {@link EVIDENCE_MAX_BYTES}. */
  readonly received: Buffer;
  /** The number of bytes received in total. */
  readonly receivedBytes: number;

  constructor(
    code: WireErrorCode,
    purpose: string,
    detail: string,
    received: Uint8Array = Buffer.alloc(0),
    receivedBytes = received.length,
  ) {
    super(`${purpose}: ${detail}`);
    this.code = code;
    this.purpose = purpose;
    this.received = Buffer.from(received.subarray(0, EVIDENCE_MAX_BYTES));
    this.receivedBytes = receivedBytes;
  }
}
