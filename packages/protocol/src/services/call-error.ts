import type { ServerError } from '../halibut/messages.js';

export type CallErrorCode =
  /** The service answered with an error. */
  | 'SERVER_ERROR'
  /** The echo came back with other bytes. */
  | 'ECHO_DIFFERS'
  /** A data stream arrived with other bytes, there or here. */
  | 'DATA_DIFFERS'
  /** The peer refused or cut a transfer because of a limit that it was started with. */
  | 'PEER_LIMIT'
  /** The polled server sent END, or closed between two messages. */
  | 'POLL_ENDED'
  | 'POLL_CLOSED'
  /** The polled peer shows the page of a Tentacle. */
  | 'WRONG_ROLE'
  /** No poller collected a call before its deadline. */
  | 'NOT_COLLECTED'
  /** Several machines polled one subscription. */
  | 'SUBSCRIPTION_SHARED'
  /** No client polled. */
  | 'NO_POLLER'
  /** Clients with a certificate completed TLS and then sent nothing. */
  | 'SILENT_CLIENT'
  /** A poller without a certificate was served, because any client is. */
  | 'SERVED_WITHOUT_CERTIFICATE'
  /** Polling connections were lost, although every call was answered. */
  | 'CONNECTIONS_LOST'
  /** Different servers answered at the polled name. */
  | 'SEVERAL_SERVERS';

/** Network, TLS and identities work, and a call or a poll failed all the same. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  readonly serverError: ServerError | undefined;

  constructor(code: CallErrorCode, message: string = code, serverError?: ServerError) {
    super(message);
    this.code = code;
    this.serverError = serverError;
  }
}
