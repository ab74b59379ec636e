import type { ProbeReason, SizeLimit } from '../../report/sizes-report.js';

/** What became of one size: it passed, or data was lost. */
export type SizeOutcome = 'ok' | 'failed';

/** One size to be tried. */
export interface SizeProbe {
  readonly sizeBytes: number;
  readonly why: ProbeReason;
}

/** Steps between a size that passes and one that does not: 2 to the power of 12 is finer than any ladder is wide. */
const STEPS_MOST = 12;

/** Closer than that nobody needs to know: 16 bytes of a packet, a sixty-fourth of more. */
function isCloseEnough(okBytes: number, failedBytes: number): boolean {
  return failedBytes - okBytes <= Math.max(16, failedBytes / 64);
}

/**
 * Looks for the size from which on data is lost: up the ladder to the first that fails twice; the largest, which a limit
 * lets pass just as little; then by halves between the largest that passed and the smallest that failed; and both once
 * more, so that a loss by chance is not taken for a limit. Each result is told before the next size is asked for.
 */
export class SizeSearch {
  readonly #results = new Map<number, { ok: number; failed: number }>();
  readonly #steps: Generator<SizeProbe, void, SizeOutcome>;
  #next: IteratorResult<SizeProbe, void>;
  #largestOk: number | undefined;
  #smallestFailed: number | undefined;

  /** @param ladder ascending, each size once. */
  constructor(ladder: readonly number[]) {
    this.#steps = this.#search(ladder);
    this.#next = this.#steps.next();
  }

  /** The size to be tried now; undefined when all is known. */
  get next(): SizeProbe | undefined {
    return this.#next.done === true ? undefined : this.#next.value;
  }

  /** What became of {@link next}. */
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
    const wavering = [...this.#results]
      .filter(([size, { ok: passed, failed: lost }]) => lost > 0 && (passed > 0 || (ok !== undefined && size < ok)))
      .map(([size]) => size)
      .sort((a, b) => a - b);
    return {
      ...(ok === undefined ? {} : { largestOkBytes: ok }),
      ...(failed === undefined ? {} : { smallestFailedBytes: failed }),
      wavering,
      complete: this.#next.done === true,
    };
  }

  *#search(ladder: readonly number[]): Generator<SizeProbe, void, SizeOutcome> {
    for (const sizeBytes of ladder) {
      const passes = (yield { sizeBytes, why: 'ladder' }) === 'ok' || (yield { sizeBytes, why: 'again' }) === 'ok';
      if (passes) {
        this.#largestOk = sizeBytes;
        continue;
      }
      this.#smallestFailed = sizeBytes;
      break;
    }
    const largest = ladder.at(-1);
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
    for (let step = 0; step < STEPS_MOST; step++) {
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
