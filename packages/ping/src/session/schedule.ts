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
  readonly #loadProfile: LoadProfile;
  readonly #signal: AbortSignal;
  readonly #startUs = nowUs();
  /** The scheduled time of the last attempt, or its start if that was later. */
  #lastScheduledUs: number | undefined;
  #handedOut = 0;
  #countedFromUs: number | undefined;
  #hasEnded = false;
  readonly #onWait: (untilUs: number | undefined) => void;

  /** @param onWait called when the next attempt is not due yet, with when it is, and with nothing when it is. */
  constructor(
    loadProfile: LoadProfile,
    signal: AbortSignal,
    onWait: (untilUs: number | undefined) => void = () => undefined,
  ) {
    this.#loadProfile = loadProfile;
    this.#signal = signal;
    this.#onWait = onWait;
  }

  /** The next attempt, as soon as it is due; undefined after the last one, or after the signal. */
  async next(): Promise<ScheduledAttempt | undefined> {
    const { count, warmup, durationUs } = this.#loadProfile;
    if (this.#signal.aborted || this.#hasEnded) return undefined;
    const number = this.#handedOut + 1 - warmup;
    if (count !== undefined && number > count) return undefined;
    const now = nowUs();
    const scheduledAtUs = this.#nextScheduledUs(now);
    if (number === 1) this.#countedFromUs = scheduledAtUs;
    if (durationUs !== undefined && scheduledAtUs - (this.#countedFromUs ?? scheduledAtUs) >= durationUs)
      return undefined;
    this.#handedOut++;
    const isClosed = this.#isClosed;
    const isLate = !isClosed && this.#handedOut > 1 && scheduledAtUs < now;
    // With an interval, the next attempt is scheduled from when this one could start.
    this.#lastScheduledUs = this.#loadProfile.perSecond === undefined ? Math.max(scheduledAtUs, now) : scheduledAtUs;
    this.#onWait(scheduledAtUs > now ? scheduledAtUs : undefined);
    // A timer may fire up to a millisecond early, as its clock ticks in milliseconds.
    for (let waitUs = scheduledAtUs - nowUs(); waitUs > 0; waitUs = scheduledAtUs - nowUs()) {
      if (!(await slept(waitUs, this.#signal))) {
        this.#handedOut--;
        return undefined;
      }
    }
    return isClosed ? { number, isLate } : { number, isLate, scheduledAtUs };
  }

  /** Hands out no more attempts. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Attempts that are due by now and were not started: more than 0 only when a run with a rate was stopped early. */
  get notStarted(): number {
    const {
      perSecond,
      count = Number.POSITIVE_INFINITY,
      durationUs = Number.POSITIVE_INFINITY,
      warmup,
    } = this.#loadProfile;
    if (perSecond === undefined) return 0;
    const byNow = Math.floor(((nowUs() - this.#startUs) * perSecond) / 1_000_000) + 1;
    const byEnd = Math.ceil((durationUs * perSecond) / 1_000_000);
    return Math.max(0, Math.min(byNow, byEnd + warmup, count + warmup) - this.#handedOut);
  }

  get #isClosed(): boolean {
    return this.#loadProfile.perSecond === undefined && this.#loadProfile.intervalUs === 0;
  }

  #nextScheduledUs(now: number): number {
    const { perSecond, intervalUs } = this.#loadProfile;
    if (perSecond !== undefined) return this.#startUs + scheduledAfterUs(this.#handedOut, perSecond);
    if (this.#isClosed || this.#lastScheduledUs === undefined) return now;
    return this.#lastScheduledUs + intervalUs;
  }
}

async function slept(durationUs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.ceil(durationUs / 1000), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
