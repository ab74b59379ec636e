import type { ServerError } from '../halibut/messages.js';

export type CallErrorCode =
  /** The service answered with an error. */
  | 'SERVER_ERROR'
  /** The echo came back with other bytes. */
  | 'ECHO_DIFFERS'
  /** A data stream arrived with other bytes, there or here. */
  | 'DATA_DIFFERS';

/** A call that was answered, but not with what it asked for. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  readonly serverError: ServerError | undefined;

  constructor(code: CallErrorCode, message: string, serverError?: ServerError) {
    super(message);
    this.code = code;
    this.serverError = serverError;
  }
}
