import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from 'tentacle-protocol';

/** When attempts are due, and how many there may be at a time. Plain data. */
export interface Pace {
  /** Absent: without end. */
  readonly count?: number;
  /** How long attempts become due; those that are due by then are made, however late. Absent: without end. */
  readonly durationUs?: number;
  /** Attempts made first, at the same pace, that count nowhere. */
  readonly warmup: number;
  /** From one attempt's due time to the next one's; 0: each starts when one before it has ended (closed loop). */
  readonly intervalUs: number;
  /** Due times are fixed at so many a second, whatever becomes of the attempts (open loop); it goes before the interval. */
  readonly perSecond?: number;
  /** How many may be under way at a time. */
  readonly concurrency: number;
}

/** One attempt to make. */
export interface ScheduledAttempt {
  /** From 1; 0 and below: to warm up. */
  readonly number: number;
  /** When it should have started; absent in a closed loop, where nothing is ever late. */
  readonly scheduledAtUs?: number;
  /** Nobody was free when it became due. */
  readonly isLate: boolean;
}

/**
 * Hands out attempts in order to whoever is free, each when it is due. With an interval, what was missed is not made up
 * for, as with ping; with a rate it is, so that what users would have waited shows.
 */
export class Schedule {
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  readonly #startUs = nowUs();
  /** When the last one was due, or started if that was later. */
  #lastDueUs: number | undefined;
  #taken = 0;
  #countedFromUs: number | undefined;

  constructor(pace: Pace, signal: AbortSignal) {
    this.#pace = pace;
    this.#signal = signal;
  }

  /** The next attempt, as soon as it is due; undefined when there is none any more or the signal came. */
  async next(): Promise<ScheduledAttempt | undefined> {
    const { count, warmup, durationUs } = this.#pace;
    if (this.#signal.aborted) return undefined;
    const number = this.#taken + 1 - warmup;
    if (count !== undefined && number > count) return undefined;
    const now = nowUs();
    const dueUs = this.#dueUs(now);
    if (number === 1) this.#countedFromUs = dueUs;
    if (durationUs !== undefined && dueUs - (this.#countedFromUs ?? dueUs) >= durationUs) return undefined;
    this.#taken++;
    const isClosed = this.#isClosed;
    const isLate = !isClosed && this.#taken > 1 && dueUs < now;
    // With an interval the next one counts from when this one could start.
    this.#lastDueUs = this.#pace.perSecond === undefined ? Math.max(dueUs, now) : dueUs;
    // A timer may fire up to a millisecond early, as its clock ticks in milliseconds.
    for (let waitUs = dueUs - nowUs(); waitUs > 0; waitUs = dueUs - nowUs()) {
      if (!(await slept(waitUs, this.#signal))) {
        this.#taken--;
        return undefined;
      }
    }
    return { number, isLate, ...(isClosed ? {} : { scheduledAtUs: dueUs }) };
  }

  /** How many are due by now and were not started: more than 0 only when a run with a rate was cut short. */
  get notStarted(): number {
    const { perSecond, count = Number.POSITIVE_INFINITY, durationUs = Number.POSITIVE_INFINITY, warmup } = this.#pace;
    if (perSecond === undefined) return 0;
    const byNow = Math.floor(((nowUs() - this.#startUs) * perSecond) / 1_000_000) + 1;
    const byEnd = Math.ceil((durationUs * perSecond) / 1_000_000);
    return Math.max(0, Math.min(byNow, byEnd + warmup, count + warmup) - this.#taken);
  }

  get #isClosed(): boolean {
    return this.#pace.perSecond === undefined && this.#pace.intervalUs === 0;
  }

  #dueUs(now: number): number {
    const { perSecond, intervalUs } = this.#pace;
    if (perSecond !== undefined) return this.#startUs + scheduledAfterUs(this.#taken, perSecond);
    if (this.#isClosed || this.#lastDueUs === undefined) return now;
    return this.#lastDueUs + intervalUs;
  }
}

/** When the attempt with that index (from 0) is due, counted from the start: by multiplying, so that no error adds up. */
export function scheduledAfterUs(index: number, perSecond: number): number {
  return Math.round((index * 1_000_000) / perSecond);
}

async function slept(spanUs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.ceil(spanUs / 1000), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
