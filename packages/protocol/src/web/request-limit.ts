/** How often requests are answered: one in each interval, and a number at once after a pause. */
export interface RequestRate {
  readonly intervalUs: number;
  readonly burst: number;
}

/** Counts requests of all clients together: a token for each, and a new one in each interval. */
export class RequestLimit {
  readonly #rate: RequestRate;
  readonly #clockUs: () => number;
  #tokens: number;
  #refilledUs: number;

  constructor(rate: RequestRate, clockUs: () => number) {
    this.#rate = rate;
    this.#clockUs = clockUs;
    this.#tokens = rate.burst;
    this.#refilledUs = clockUs();
  }

  /** @returns whether the request may go on. */
  take(): boolean {
    const nowUs = this.#clockUs();
    const { burst, intervalUs } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (nowUs - this.#refilledUs) / intervalUs);
    this.#refilledUs = nowUs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
