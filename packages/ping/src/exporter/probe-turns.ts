/** Why a probe was not run. */
export type Rejection = 'queue-full' | 'too-late' | 'stopping';

/** Turns of probes: a number runs at a time, and a number waits, first come, first served. */
export class ProbeTurns {
  readonly max: number;
  readonly waitingMax: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(max: number, waitingMax: number) {
    this.max = max;
    this.waitingMax = waitingMax;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs a task in its turn. @param signal ends the wait, not the task. @returns the result, or why there is none. */
  async run<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result | Rejection> {
    const rejection = await this.#take(signal);
    if (rejection !== undefined) return rejection;
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  async #take(signal: AbortSignal): Promise<Rejection | undefined> {
    if (signal.aborted) return 'too-late';
    if (this.#running < this.max) {
      this.#running++;
      return undefined;
    }
    if (this.#waiting.size >= this.waitingMax) return 'queue-full';
    return new Promise((resolve) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(undefined);
      };
      const leave = (): void => {
        this.#waiting.delete(begin);
        resolve('too-late');
      };
      this.#waiting.add(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The next probe takes over the place, so that the number of running ones does not change. */
  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
