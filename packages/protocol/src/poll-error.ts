/** What can go wrong with polling itself, while network, TLS and identities are in order. */
export type PollErrorCode =
  /** The server said END, or closed between two messages. */
  | 'POLL_ENDED'
  | 'POLL_CLOSED'
  /** What is polled shows the page of a Tentacle. */
  | 'WRONG_ROLE'
  /** No poller took a call in the time that it had. */
  | 'NOT_COLLECTED'
  /** Pollers of one subscription that are not one machine. */
  | 'SUBSCRIPTION_SHARED'
  /** Nobody polled. */
  | 'NOBODY_POLLED';

export class PollError extends Error {
  override readonly name = 'PollError';
  readonly code: PollErrorCode;

  constructor(code: PollErrorCode) {
    super(code);
    this.code = code;
  }
}
