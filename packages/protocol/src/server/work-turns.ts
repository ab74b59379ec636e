import type { TakeTurn } from '../halibut/take-turn.js';
import { AddressQueue } from './address-queue.js';

/**
 * Lets one large work run at a time, and the addresses that wait take turns. Large works run beside the event loop, on
 * threads of their own; together they would take all processors from it.
 */
export class WorkTurns {
  /** What begins the works that wait. */
  readonly #waiting = new AddressQueue<() => void>();
  #isTaken = false;

  /** Returns what runs the works of one address when it is their turn. It throws what the work throws. */
  of(address: string): TakeTurn {
    return async (work) => this.#run(address, work);
  }

  async #run<T>(address: string, work: () => Promise<T>): Promise<T> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.add(address, resolve));
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Begins the next work, if one waits. */
  #next(): void {
    const begin = this.#waiting.take();
    if (begin === undefined) this.#isTaken = false;
    else begin();
  }
}

/** The turns of this process: all of its listeners share its processors. */
export const workTurns = new WorkTurns();
