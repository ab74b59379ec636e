import type { RateSeries } from '../../report/transfer-report.js';

/** Fine enough to show a pause of a few round trips in a short transfer. */
const FIRST_INTERVAL_US = 10_000;

/** As many as a chart of a terminal's width can show; a report stays small. */
const INTERVALS_MAX = 60;

/**
 * Counts bytes over time in constant memory, however long it takes: when the intervals are used up, each two are merged
 * into one of double length.
 */
export class RateCounter {
  #intervalUs = FIRST_INTERVAL_US;
  #bytes: number[] = [];

  /** @param sinceStartUs when they moved; never before an earlier one. */
  add(sinceStartUs: number, bytes: number): void {
    while (Math.floor(sinceStartUs / this.#intervalUs) >= INTERVALS_MAX) this.#double();
    const index = Math.floor(sinceStartUs / this.#intervalUs);
    while (this.#bytes.length <= index) this.#bytes.push(0);
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
  }

  get series(): RateSeries {
    return { intervalUs: this.#intervalUs, bytes: [...this.#bytes] };
  }

  #double(): void {
    this.#intervalUs *= 2;
    this.#bytes = Array.from({ length: Math.ceil(this.#bytes.length / 2) }, (_, index) => {
      return (this.#bytes[2 * index] ?? 0) + (this.#bytes[2 * index + 1] ?? 0);
    });
  }
}
