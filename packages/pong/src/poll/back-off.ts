import { nowUs } from 'tentacle-protocol';

/** The real Tentacle's bounds of its wait between two connections. */
const LEAST_US = 5_000_000;
const MOST_US = 120_000_000;

/**
 * How long a polling Tentacle waits before it connects again: as long as the trouble lasts already, and up to as long
 * again, within bounds. So it asks after 5 s at first, and about half as often each time, to every 2 minutes.
 * @param troubleUs since the first try after the last one that got as far as the identities.
 * @param spread 0 up to 1: drawn once for each connection, so that many Tentacles do not come back at one moment.
 */
export function waitUs(troubleUs: number, spread: number): number {
  return Math.min(MOST_US, Math.max(LEAST_US, Math.round(troubleUs * (1 + spread))));
}

/** The back-off of one connection, on the clock. */
export class BackOff {
  readonly #spread: number;
  #troubleSinceUs: number | undefined;

  constructor(spread: number) {
    this.#spread = spread;
  }

  tries(): void {
    this.#troubleSinceUs ??= nowUs();
  }

  /** The server took our identity. */
  succeeded(): void {
    this.#troubleSinceUs = undefined;
  }

  get waitUs(): number {
    return waitUs(this.#troubleSinceUs === undefined ? 0 : nowUs() - this.#troubleSinceUs, this.#spread);
  }
}
