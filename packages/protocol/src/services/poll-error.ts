/** Errors of polling itself, while network, TLS and identities work. */
export type PollErrorCode =
  /** The server said END, or closed between two messages. */
  | 'POLL_ENDED'
  | 'POLL_CLOSED'
  /** The polled peer shows the page of a Tentacle. */
  | 'WRONG_ROLE'
  /** No poller collected a call before its deadline. */
  | 'NOT_COLLECTED'
  /** Several machines polled one subscription. */
  | 'SUBSCRIPTION_SHARED'
  /** No client polled. */
  | 'NOBODY_POLLED';

export class PollError extends Error {
  override readonly name = 'PollError';
  readonly code: PollErrorCode;

  constructor(code: PollErrorCode) {
    super(code);
    this.code = code;
  }
}
