import { type LoadProfile, scheduledAfterUs } from '../options/load-profile.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from 'tentacle-protocol';

/** One attempt to make, and its scheduled time. */
export interface ScheduledAttempt {
  /** From 1; 0 and below: warm-up. */
  readonly number: number;
  /** When it should start; absent in a closed loop, where no attempt is late. */
  readonly scheduledAtUs?: number;
  /** No worker was free when it became due. */
  readonly isLate: boolean;
}

/**
 * Hands out attempts in order to free workers, each when it is due. With an interval, missed attempts are not made up
 * for, as with ping; with a rate they are, so that the results show how long users would have waited.
 */
export class Schedule {
  readonly #pace: LoadProfile;
  readonly #signal: AbortSignal;
  readonly #startUs = nowUs();
  /** When the last attempt was due, or started if that was later. */
  #lastDueUs: number | undefined;
  #taken = 0;
  #countedFromUs: number | undefined;

  constructor(pace: LoadProfile, signal: AbortSignal) {
    this.#pace = pace;
    this.#signal = signal;
  }

  /** The next attempt, as soon as it is due; undefined after the last one, or after the signal. */
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
    // With an interval, the next attempt is scheduled from when this one could start.
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

  /** Attempts that are due by now and were not started: more than 0 only when a run with a rate was stopped early. */
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

async function slept(spanUs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.ceil(spanUs / 1000), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
