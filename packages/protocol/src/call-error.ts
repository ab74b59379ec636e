import type { ServerError } from './wire/messages.js';

/** A call that was answered, but not with what it asked for. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** The service answered with an error, or the echo came back with other bytes. */
  readonly code: 'SERVER_ERROR' | 'ECHO_DIFFERS';
  readonly serverError: ServerError | undefined;

  constructor(code: 'SERVER_ERROR' | 'ECHO_DIFFERS', message: string, serverError?: ServerError) {
    super(message);
    this.code = code;
    this.serverError = serverError;
  }
}
