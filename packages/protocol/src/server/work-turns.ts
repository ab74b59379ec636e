import type { TakeTurn } from '../halibut/take-turn.js';
import { addressGroup } from './address-group.js';

/**
 * Lets one large work run at a time, and the addresses that wait take turns. Large works run beside the event loop, on
 * threads of their own; together they would take all processors from it.
 */
export class WorkTurns {
  /** The waiting works of each address, as {@link addressGroup} counts them, in the order of their turns. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isTaken = false;

  /** Returns what runs the works of one address when it is their turn. It throws what the work throws. */
  of(address: string): TakeTurn {
    const group = addressGroup(address);
    return async (work) => this.#run(group, work);
  }

  async #run<T>(group: string, work: () => Promise<T>): Promise<T> {
    if (this.#isTaken) await this.#wait(group);
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  async #wait(group: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const ofAddress = this.#waiting.get(group);
      if (ofAddress === undefined) this.#waiting.set(group, [resolve]);
      else ofAddress.push(resolve);
    });
  }

  /** Begins the oldest work of the address whose turn it is, which then comes last. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#isTaken = false;
      return;
    }
    const [group, ofAddress] = first;
    const begin = ofAddress.shift();
    this.#waiting.delete(group);
    if (ofAddress.length > 0) this.#waiting.set(group, ofAddress);
    begin?.();
  }
}

/** The turns of this process: all of its listeners share its processors. */
export const workTurns = new WorkTurns();
