import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for the outcome of connections that were started at the same time: some round trips. */
const SETTLE_MS = 1000;

/** One connection among the others of its run. Each function is called at most once. */
export interface ConnectionHandle {
  /** The server accepted its identity. */
  readonly accepted: () => void;
  /** It has ended, in whatever stage. */
  readonly closed: () => void;
}

/** The connections of one run. Whether others are accepted decides what a rejected one means. */
export class ConcurrentConnections {
  readonly #connecting = new Set<Promise<void>>();
  #accepted = 0;

  /** Adds a connection that is being started. */
  register(): ConnectionHandle {
    let resolveOutcome: (() => void) | undefined;
    const outcome = new Promise<void>((resolve) => (resolveOutcome = resolve));
    this.#connecting.add(outcome);
    let isAccepted = false;
    const settle = (): void => {
      this.#connecting.delete(outcome);
      resolveOutcome?.();
    };
    return {
      accepted: () => {
        isAccepted = true;
        this.#accepted++;
        settle();
      },
      closed: () => {
        if (isAccepted) this.#accepted--;
        settle();
      },
    };
  }

  /** Returns how many are accepted now, including those whose outcome is due within a moment. */
  async countAccepted(): Promise<number> {
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const late = sleep(SETTLE_MS, undefined, { signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#connecting), late]);
    giveUp.abort();
    return this.#accepted;
  }
}
