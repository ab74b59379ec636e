import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for what becomes of connections that were begun at the same time: the span of some round trips. */
const AT_THE_SAME_TIME_MS = 1000;

/** One connection among the others of its run. Each of these is called at most once. */
export interface Member {
  /** The server took its identity. */
  readonly taken: () => void;
  /** It has its end, wherever it was. */
  readonly left: () => void;
}

/** The connections of one run. One that is refused is to be judged by whether others are not. */
export class Company {
  readonly #making = new Set<Promise<void>>();
  #taken = 0;

  /** A connection is begun. */
  begins(): Member {
    let settle: (() => void) | undefined;
    const made = new Promise<void>((resolve) => (settle = resolve));
    this.#making.add(made);
    let isTaken = false;
    const settled = (): void => {
      this.#making.delete(made);
      settle?.();
    };
    return {
      taken: () => {
        isTaken = true;
        this.#taken++;
        settled();
      },
      left: () => {
        if (isTaken) this.#taken--;
        settled();
      },
    };
  }

  /** How many are taken now, those included that are on the point of it. */
  async taken(): Promise<number> {
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const late = sleep(AT_THE_SAME_TIME_MS, undefined, { signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#making), late]);
    giveUp.abort();
    return this.#taken;
  }
}
