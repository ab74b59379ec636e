import { omitUndefined } from 'tentacle-protocol/cli';
import type { ProbeReason, SizeLimit } from '../../report/sizes-report.js';

/** The result of one size: it passed, or data was lost. */
export type SizeOutcome = 'ok' | 'failed';

/** One size to try. */
export interface SizeProbe {
  readonly sizeBytes: number;
  readonly why: ProbeReason;
}

/** Bisection steps: 2 to the power of 12 is finer than the gap of any list of sizes. */
const STEPS_MAX = 12;

/** More precision has no use: 16 bytes of a packet, a sixty-fourth of larger sizes. */
function isCloseEnough(okBytes: number, failedBytes: number): boolean {
  return failedBytes - okBytes <= Math.max(16, failedBytes / 64);
}

/**
 * Finds the size from which on data is lost. It tries the sizes in ascending order up to the first that fails twice;
 * then the largest, which a limit would also stop; then it bisects between the largest that passed and the smallest that
 * failed; then it repeats both, so that a chance loss is not taken for a limit. Record each result before reading the
 * next size.
 */
export class SizeSearch {
  readonly #results = new Map<number, { ok: number; failed: number }>();
  readonly #steps: Generator<SizeProbe, void, SizeOutcome>;
  #next: IteratorResult<SizeProbe, void>;
  #largestOk: number | undefined;
  #smallestFailed: number | undefined;

  /** @param sizes ascending, each size once. */
  constructor(sizes: readonly number[]) {
    this.#steps = this.#search(sizes);
    this.#next = this.#steps.next();
  }

  /** The size to try now; undefined when the search is complete. */
  get next(): SizeProbe | undefined {
    return this.#next.done === true ? undefined : this.#next.value;
  }

  /** Records the result of {@link next}. */
  record(tried: SizeOutcome): void {
    if (this.#next.done === true) return;
    const { sizeBytes } = this.#next.value;
    const results = this.#results.get(sizeBytes) ?? { ok: 0, failed: 0 };
    results[tried]++;
    this.#results.set(sizeBytes, results);
    this.#next = this.#steps.next(tried);
  }

  get result(): SizeLimit {
    const [ok, failed] = [this.#largestOk, this.#smallestFailed];
    const inconsistent = [...this.#results]
      .filter(([size, { ok: passed, failed: lost }]) => lost > 0 && (passed > 0 || (ok !== undefined && size < ok)))
      .map(([size]) => size)
      .sort((a, b) => a - b);
    return {
      ...omitUndefined({ largestOkBytes: ok, smallestFailedBytes: failed }),
      inconsistent,
      complete: this.#next.done === true,
    };
  }

  *#search(sizes: readonly number[]): Generator<SizeProbe, void, SizeOutcome> {
    for (const sizeBytes of sizes) {
      const passes = (yield { sizeBytes, why: 'ladder' }) === 'ok' || (yield { sizeBytes, why: 'again' }) === 'ok';
      if (passes) {
        this.#largestOk = sizeBytes;
        continue;
      }
      this.#smallestFailed = sizeBytes;
      break;
    }
    const largest = sizes.at(-1);
    if (this.#smallestFailed === undefined || largest === undefined) return;
    if (largest > this.#smallestFailed && (yield { sizeBytes: largest, why: 'above' }) === 'ok') {
      this.#smallestFailed = undefined;
      this.#largestOk = largest;
      return;
    }
    yield* this.#narrow();
    yield* this.#confirm();
  }

  *#narrow(): Generator<SizeProbe, void, SizeOutcome> {
    for (let step = 0; step < STEPS_MAX; step++) {
      const [ok, failed] = [this.#largestOk ?? 0, this.#smallestFailed ?? 0];
      if (isCloseEnough(ok, failed)) return;
      const sizeBytes = Math.floor((ok + failed) / 2);
      if ((yield { sizeBytes, why: 'between' }) === 'ok') this.#largestOk = sizeBytes;
      else this.#smallestFailed = sizeBytes;
    }
  }

  *#confirm(): Generator<SizeProbe, void, SizeOutcome> {
    for (const sizeBytes of [this.#largestOk, this.#smallestFailed]) {
      if (sizeBytes !== undefined) yield { sizeBytes, why: 'confirm' };
    }
  }
}
