import type { FailureId } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';

/** Failed attempts without a success between them. Plain JSON. */
export interface Outage {
  /** UTC, ISO 8601: when the first of these attempts began. */
  readonly fromAt: string;
  /** UTC, ISO 8601: when the last of them failed. */
  readonly toAt: string;
  readonly attempts: number;
  /** The most frequent failure of these attempts. */
  readonly id: FailureId;
}

/**
 * How failures and successes follow each other. `constant`: only failures; `came-up`: failures, then only successes;
 * `stopped`: successes, then only failures; `alternating`: every second attempt fails; `bursts`: failures follow each
 * other more often than by chance; `scattered`: they do not.
 */
export type FailurePattern = 'none' | 'constant' | 'came-up' | 'stopped' | 'alternating' | 'bursts' | 'scattered';

/** More are never read, and the shortest say least. */
export const OUTAGES_KEPT = 100;

/**
 * Attempts that ended while an earlier one still runs: one that times out after 10 s ends after thousands that began
 * later. They wait for it, because an outage is a matter of when attempts began. Beyond this number they no longer do.
 */
const WAITING_MAX = 10_000;

type Ended = Pick<AttemptRecord, 'number' | 'outcome' | 'startedAt' | 'failedAt'>;

/** Follows attempts in the order in which they began, and finds the outages among them, in constant memory. */
export class AttemptSequence {
  readonly #waiting = new Map<number, Ended>();
  readonly #outages: Outage[] = [];
  #nextNumber = 1;
  #outagesDropped = 0;
  #open: OpenOutage | undefined;
  /** The result of the last attempt that was not canceled. */
  #last: 'ok' | 'failed' | undefined;
  #begins: 'ok' | 'failed' | undefined;
  #ok = 0;
  #failed = 0;
  /** The number of times that a success follows a failure, and the reverse. */
  #changes = 0;

  /** Adds an attempt that ended; attempts end in any order. */
  add({ number, outcome, startedAt, failedAt }: Ended): void {
    const ended = { number, outcome, startedAt, ...(failedAt === undefined ? {} : { failedAt }) };
    if (number > this.#nextNumber) {
      this.#waiting.set(number, ended);
      if (this.#waiting.size > WAITING_MAX) this.#takeAll();
      return;
    }
    this.#take(ended);
    for (
      let next = this.#waiting.get(this.#nextNumber);
      next !== undefined;
      next = this.#waiting.get(this.#nextNumber)
    ) {
      this.#waiting.delete(next.number);
      this.#take(next);
    }
  }

  /** The longest outages, in the order in which they began. */
  get outages(): Outage[] {
    this.#takeAll();
    const open = this.#open?.outage;
    const all = open === undefined ? this.#outages : longest([...this.#outages, open]);
    return [...all].sort((a, b) => a.fromAt.localeCompare(b.fromAt));
  }

  /** The number of outages that are not among {@link outages}. */
  get outagesDropped(): number {
    this.#takeAll();
    const isFull = this.#open !== undefined && this.#outages.length === OUTAGES_KEPT;
    return this.#outagesDropped + (isFull ? 1 : 0);
  }

  get pattern(): FailurePattern {
    this.#takeAll();
    if (this.#failed === 0) return 'none';
    if (this.#ok === 0) return 'constant';
    if (this.#changes === 1) return this.#begins === 'failed' ? 'came-up' : 'stopped';
    const all = this.#ok + this.#failed;
    // Three failures and as many changes as there can be: by chance, that happens once in 16 times at the most.
    if (this.#failed >= 3 && this.#changes === all - 1) return 'alternating';
    const stretches = Math.ceil((this.#changes + (this.#begins === 'failed' ? 1 : 0)) / 2);
    // The number of stretches of failures that is expected where each attempt fails or succeeds by itself (Wald and Wolfowitz).
    const expected = (this.#failed * (this.#ok + 1)) / all;
    return stretches * 2 <= expected ? 'bursts' : 'scattered';
  }

  #takeAll(): void {
    const waiting = [...this.#waiting.values()].sort((a, b) => a.number - b.number);
    this.#waiting.clear();
    for (const ended of waiting) this.#take(ended);
  }

  #take({ number, outcome, startedAt, failedAt = startedAt }: Ended): void {
    this.#nextNumber = Math.max(this.#nextNumber, number + 1);
    if (outcome === 'cancelled') return;
    const result = outcome === 'ok' ? 'ok' : 'failed';
    this.#begins ??= result;
    if (this.#last !== undefined && this.#last !== result) this.#changes++;
    this.#last = result;
    if (outcome === 'ok') {
      this.#ok++;
      this.#close();
    } else {
      this.#failed++;
      this.#open ??= new OpenOutage(startedAt);
      this.#open.add(outcome, failedAt);
    }
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#outages.push(this.#open.outage);
    this.#open = undefined;
    if (this.#outages.length <= OUTAGES_KEPT) return;
    this.#outages.splice(indexOfShortest(this.#outages), 1);
    this.#outagesDropped++;
  }
}

/** An outage that may go on. */
class OpenOutage {
  readonly #fromAt: string;
  #toAt: string;
  #attempts = 0;
  readonly #counts = new Map<FailureId, number>();

  constructor(fromAt: string) {
    this.#fromAt = fromAt;
    this.#toAt = fromAt;
  }

  add(id: FailureId, failedAt: string): void {
    this.#attempts++;
    if (failedAt > this.#toAt) this.#toAt = failedAt;
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  get outage(): Outage {
    const [most] = [...this.#counts].sort(([, a], [, b]) => b - a);
    if (most === undefined) throw new RangeError('an outage without an attempt');
    return { fromAt: this.#fromAt, toAt: this.#toAt, attempts: this.#attempts, id: most[0] };
  }
}

function longest(outages: Outage[]): Outage[] {
  if (outages.length > OUTAGES_KEPT) outages.splice(indexOfShortest(outages), 1);
  return outages;
}

/** Of equally short ones the first, so that the latest are kept. */
function indexOfShortest(outages: readonly Outage[]): number {
  return outages.reduce((best, { attempts }, i) => (attempts < (outages[best]?.attempts ?? 0) ? i : best), 0);
}
