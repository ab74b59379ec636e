import { nowUs } from 'tentacle-protocol';

/** The shortest and the longest time that the real Tentacle waits between two connections. */
const MIN_US = 5_000_000;
const MAX_US = 120_000_000;

/**
 * Returns how long a polling Tentacle waits before it connects again: once to twice as long as it has been failing, within
 * bounds. So it retries after 5 s at first, then about half as often each time, down to every 2 minutes.
 * @param failingUs since the first attempt after the last one that reached the identities.
 * @param spread 0 up to 1: drawn once for each connection, so that many Tentacles do not reconnect at the same moment.
 */
export function waitUs(failingUs: number, spread: number): number {
  return Math.min(MAX_US, Math.max(MIN_US, Math.round(failingUs * (1 + spread))));
}

/** The back-off of one connection, on the clock. */
export class Backoff {
  readonly #spread: number;
  #failingSinceUs: number | undefined;

  constructor(spread: number) {
    this.#spread = spread;
  }

  attemptStarted(): void {
    this.#failingSinceUs ??= nowUs();
  }

  /** The server accepted the identity. */
  succeeded(): void {
    this.#failingSinceUs = undefined;
  }

  get waitUs(): number {
    return waitUs(this.#failingSinceUs === undefined ? 0 : nowUs() - this.#failingSinceUs, this.#spread);
  }
}
