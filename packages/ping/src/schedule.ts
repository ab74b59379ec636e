import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from 'tentacle-protocol';

/** When attempts are due. */
export interface Pace {
  /** Absent: without end. */
  readonly count?: number;
  /** From the start of one attempt to the next. */
  readonly intervalUs: number;
}

/**
 * The numbers of the attempts, from 1, each given when it is due, until the count is reached or the signal comes. One
 * attempt at a time: one that takes longer than the interval delays the next, and no burst makes up for it.
 */
export async function* schedule(pace: Pace, signal: AbortSignal): AsyncGenerator<number, void> {
  let dueUs = nowUs();
  for (let number = 1; pace.count === undefined || number <= pace.count; number++) {
    if (signal.aborted) return;
    // A timer may fire up to a millisecond early, as its clock ticks in milliseconds.
    for (let waitUs = dueUs - nowUs(); waitUs > 0; waitUs = dueUs - nowUs()) {
      if (!(await slept(waitUs, signal))) return;
    }
    yield number;
    dueUs = nextDueUs(dueUs, pace.intervalUs, nowUs());
  }
}

/** An interval after the last one was due, or now where that has passed: what was missed is not made up for. */
export function nextDueUs(dueUs: number, intervalUs: number, now: number): number {
  return Math.max(dueUs + intervalUs, now);
}

async function slept(spanUs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.ceil(spanUs / 1000), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
