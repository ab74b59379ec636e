import type { Logger } from 'pino';

/** As often as repeated endings are summed up. */
const EVERY_MS = 10_000;

/** Logs connections that the system did not hand over, at most once in ten seconds with their number. */
export class AcceptErrors {
  readonly #log: Logger;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(error: Error): void {
    this.#count++;
    if (performance.now() - this.#loggedAt < EVERY_MS) return;
    this.#log.warn({ err: error, count: this.#count }, `connections that could not be accepted: ${this.#count}`);
    this.#loggedAt = performance.now();
    this.#count = 0;
  }
}
