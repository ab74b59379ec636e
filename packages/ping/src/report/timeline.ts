import { isoTimeMs } from 'tentacle-protocol/cli';
import type { FailureId } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';

/** The attempts of a run by the time at which they began, in intervals of equal length. Plain JSON. */
export interface Timeline {
  /** UTC, ISO 8601: when the first interval begins. */
  readonly startedAt: string;
  /** The length of each interval: a power of two. */
  readonly intervalMs: number;
  /** In order, without those in which no attempt began. At most 500. */
  readonly intervals: readonly TimelineInterval[];
}

/** The attempts that began in one interval. */
export interface TimelineInterval {
  /** From the start of the first interval to the start of this one. */
  readonly startMs: number;
  readonly ok: number;
  /** The number of failed attempts by failure id; absent: none failed. */
  readonly failed?: Readonly<Partial<Record<FailureId, number>>>;
  /** The total times of the successful attempts; absent: none succeeded. `p50Us` is within 5 %. */
  readonly minUs?: number;
  readonly p50Us?: number;
  readonly meanUs?: number;
  readonly maxUs?: number;
}

/** Twice as many intervals as a chart shows apart on a narrow screen, and about 40 KB of JSON. */
const INTERVALS_MAX = 500;

/** Counts attempts by the time at which they began, in constant memory: where there are too many intervals, two become one. */
export class TimelineTally {
  /** By the number of the interval since 1970, so that the borders of longer intervals are borders of shorter ones. */
  #intervals = new Map<number, IntervalTally>();
  #intervalMs = 1;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** Adds an attempt that ended; attempts end in any order. */
  add({ startedAt, outcome, totalUs }: Pick<AttemptRecord, 'startedAt' | 'outcome' | 'totalUs'>): void {
    const startMs = isoTimeMs(startedAt);
    if (outcome === 'cancelled' || Number.isNaN(startMs)) return;
    this.#extend(Math.floor(startMs / this.#intervalMs));
    const index = Math.floor(startMs / this.#intervalMs);
    let interval = this.#intervals.get(index);
    if (interval === undefined) this.#intervals.set(index, (interval = new IntervalTally()));
    if (outcome === 'ok') interval.addTime(totalUs);
    else interval.addFailure(outcome);
  }

  /** Undefined without an attempt. */
  get timeline(): Timeline | undefined {
    const sorted = [...this.#intervals].sort(([a], [b]) => a - b);
    const [first] = sorted;
    if (first === undefined) return undefined;
    const firstMs = first[0] * this.#intervalMs;
    return {
      startedAt: new Date(firstMs).toISOString(),
      intervalMs: this.#intervalMs,
      intervals: sorted.map(([index, interval]) => interval.result(index * this.#intervalMs - firstMs)),
    };
  }

  /** Doubles the length of the intervals until this one is among them. */
  #extend(index: number): void {
    this.#first = Math.min(this.#first, index);
    this.#last = Math.max(this.#last, index);
    while (this.#last - this.#first >= INTERVALS_MAX) this.#double();
  }

  #double(): void {
    const all = this.#intervals;
    this.#intervals = new Map();
    this.#intervalMs *= 2;
    this.#first = Math.floor(this.#first / 2);
    this.#last = Math.floor(this.#last / 2);
    for (const [index, interval] of all) {
      const half = Math.floor(index / 2);
      const other = this.#intervals.get(half);
      if (other === undefined) this.#intervals.set(half, interval);
      else other.merge(interval);
    }
  }
}

/** Steps of a doubling. A median is then within half a step, 4.5 %. */
const STEPS = 8;

class IntervalTally {
  ok = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;
  readonly #failed = new Map<FailureId, number>();
  /** By step. A day has 36 doublings of a microsecond, so there are at most 300. */
  readonly #times = new Map<number, number>();

  addTime(us: number): void {
    this.ok++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
    const step = Math.round(Math.log2(Math.max(1, us)) * STEPS);
    this.#times.set(step, (this.#times.get(step) ?? 0) + 1);
  }

  addFailure(id: FailureId): void {
    this.#failed.set(id, (this.#failed.get(id) ?? 0) + 1);
  }

  merge(other: IntervalTally): void {
    this.ok += other.ok;
    this.#sumUs += other.#sumUs;
    this.#minUs = Math.min(this.#minUs, other.#minUs);
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs);
    for (const [id, count] of other.#failed) this.#failed.set(id, (this.#failed.get(id) ?? 0) + count);
    for (const [step, count] of other.#times) this.#times.set(step, (this.#times.get(step) ?? 0) + count);
  }

  result(startMs: number): TimelineInterval {
    const failed = this.#failed.size === 0 ? {} : { failed: Object.fromEntries(this.#failed) };
    if (this.ok === 0) return { startMs, ok: 0, ...failed };
    return {
      startMs,
      ok: this.ok,
      ...failed,
      minUs: this.#minUs,
      p50Us: this.#p50Us,
      meanUs: Math.round(this.#sumUs / this.ok),
      maxUs: this.#maxUs,
    };
  }

  get #p50Us(): number {
    const steps = [...this.#times].sort(([a], [b]) => a - b);
    let below = 0;
    const median = steps.find(([, count]) => (below += count) * 2 >= this.ok);
    const us = Math.round(2 ** ((median?.[0] ?? 0) / STEPS));
    return Math.min(Math.max(us, this.#minUs), this.#maxUs);
  }
}
