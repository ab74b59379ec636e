/**
 * What can go wrong while bytes are read and turns are taken. Codes are what `failures/` matches on; messages are for
 * developers and never grouped by.
 */
export type WireErrorCode =
  /** The peer ended its stream before what was awaited had come whole. */
  | 'END_OF_STREAM'
  /** What was awaited had not come whole by the deadline. */
  | 'READ_TIMEOUT'
  /** Our bytes were not taken by the deadline. */
  | 'WRITE_TIMEOUT'
  /** More bytes came than the bound for what was awaited allows. */
  | 'TOO_LONG'
  /** The messages of all connections together would hold more than they may. */
  | 'MEMORY_LIMIT_EXCEEDED'
  /** The bytes are not what the protocol has at this place. */
  | 'MALFORMED'
  /** Identity line: empty. */
  | 'IDENTITY_EMPTY'
  /** Identity line: not followed by an empty line (a web page with headers looks so). */
  | 'IDENTITY_NO_BLANK_LINE'
  /** Identity line: first word is none of MX-CLIENT, MX-SERVER, MX-SUBSCRIBER. */
  | 'IDENTITY_UNKNOWN'
  /** Identity line: MX-SUBSCRIBER without its subscription id. */
  | 'IDENTITY_NO_SUBSCRIPTION'
  /** Identity line: a known role, but not one that may stand here. */
  | 'IDENTITY_UNEXPECTED_ROLE'
  /** A control line other than the one whose turn it was. */
  | 'UNEXPECTED_CONTROL';

/** The most evidence an error carries: enough for an HTTP status line, its headers and a page's title. */
export const EVIDENCE_MAX_BYTES = 8192;

/** The connection went away in the middle of what was being read: the connection's own code, and what had come of it. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code: string;
  readonly syscall: string | undefined;
  readonly awaiting: string;
  readonly received: Buffer;
  readonly receivedBytes: number;

  constructor(cause: Error, awaiting: string, received: Uint8Array, receivedBytes: number) {
    super(`${awaiting}: ${cause.message}`, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    this.code = code ?? 'UNKNOWN';
    this.syscall = syscall;
    this.awaiting = awaiting;
    this.received = Buffer.from(received.subarray(0, EVIDENCE_MAX_BYTES));
    this.receivedBytes = receivedBytes;
  }
}

/** The connection's error with all that had come of what was awaited; an error that is not the connection's as it is. */
export function interrupted(error: unknown, awaiting: string, received: Uint8Array, receivedBytes: number): unknown {
  if (!isConnectionError(error)) return error;
  const cause = error instanceof InterruptedError ? (error.cause as Error) : error;
  return new InterruptedError(cause, awaiting, received, receivedBytes);
}

/** Neither what came over the connection, nor our own wish to stop, nor a bug of ours (which has no code). */
function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof WireError) && 'code' in error && error.code !== 'CANCELLED';
}

export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  /** What was being read or written, in a few words: `the identity of the peer`. */
  readonly awaiting: string;
  /** The first {@link EVIDENCE_MAX_BYTES} bytes of what had come of it. */
  readonly received: Buffer;
  /** How many bytes of it had come in all. */
  readonly receivedBytes: number;

  constructor(
    code: WireErrorCode,
    awaiting: string,
    detail: string,
    received: Uint8Array = Buffer.alloc(0),
    receivedBytes = received.length,
  ) {
    super(`${awaiting}: ${detail}`);
    this.code = code;
    this.awaiting = awaiting;
    this.received = Buffer.from(received.subarray(0, EVIDENCE_MAX_BYTES));
    this.receivedBytes = receivedBytes;
  }
}
