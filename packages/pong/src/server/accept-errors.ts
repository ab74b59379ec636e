import type { Logger } from 'pino';
import { FOLDED_MS } from './ending-log.js';

/** Logs connections that the system did not hand over: the first at once, the others with their number every ten seconds. */
export class AcceptErrors {
  readonly #log: Logger;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #count = 0;
  #last: Error | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(error: Error): void {
    this.#count++;
    this.#last = error;
    if (performance.now() - this.#loggedAt >= FOLDED_MS) this.flush();
  }

  /** Logs what is not logged yet. */
  flush(): void {
    if (this.#last === undefined) return;
    this.#log.warn({ err: this.#last, count: this.#count }, `connections that could not be accepted: ${this.#count}`);
    this.#loggedAt = performance.now();
    this.#count = 0;
    this.#last = undefined;
  }
}
