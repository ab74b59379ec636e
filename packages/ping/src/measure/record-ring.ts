import type { AttemptRecord } from '../record.js';

/**
 * How many records a report holds of each kind. A record is about half a kilobyte of JSON, so a report stays around a
 * megabyte, which a ticket takes.
 */
const KEPT = 1000;

/** The last records, failures apart from successes: however long all goes well, the failures are still there. */
export class RecordRing {
  readonly #ok: AttemptRecord[] = [];
  readonly #other: AttemptRecord[] = [];
  #dropped = 0;

  add(record: AttemptRecord): void {
    const kept = record.outcome === 'ok' ? this.#ok : this.#other;
    kept.push(record);
    // Cut in blocks: shifting an array for each record would cost more than the record.
    if (kept.length < 2 * KEPT) return;
    kept.splice(0, KEPT);
    this.#dropped += KEPT;
  }

  /** How many are not kept. */
  get dropped(): number {
    return this.#dropped + this.#excess(this.#ok) + this.#excess(this.#other);
  }

  /** Those that are kept, in order. */
  all(): AttemptRecord[] {
    return [...this.#ok.slice(-KEPT), ...this.#other.slice(-KEPT)].sort((a, b) => a.number - b.number);
  }

  #excess(kept: readonly AttemptRecord[]): number {
    return Math.max(0, kept.length - KEPT);
  }
}
