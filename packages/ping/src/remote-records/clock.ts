import type { AttemptRecord } from '../report/attempt-record.js';
import type { ClockDifference } from '../report/remote-view.js';

/** A span of time, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Clocks of machines drift by up to this much (the crystal's own error, and that of a clock being corrected). */
const DRIFT = 200 / 1_000_000;

/** Times are recorded in whole milliseconds, at each end. */
const RESOLUTION_MS = 2;

/** A busy listener accepts a connection this much later than it arrived; a relay on the path opens its own this much later. */
const LATE_MS = 2000;

/** The period, by the other end's clock, in which an attempt was under way. */
export function attemptSpan(
  { startedAt, totalUs, peerProbeUs = 0 }: Pick<AttemptRecord, 'startedAt' | 'totalUs' | 'peerProbeUs'>,
  clock: ClockDifference,
): Span {
  const startMs = Date.parse(startedAt);
  const driftMs = Math.abs(startMs - Date.parse(clock.takenAt)) * DRIFT;
  const errorMs = clock.uncertaintyUs / 1000 + driftMs + RESOLUTION_MS;
  const theirStartMs = startMs + clock.differenceUs / 1000;
  return { fromMs: theirStartMs - errorMs, toMs: theirStartMs + (totalUs + peerProbeUs) / 1000 + errorMs };
}

/**
 * The period, by the other end's clock, in which the connection of an attempt can have been accepted. A listener whose
 * process does not run accepts it later, from its queue, also when the attempt is long over.
 * @param stalls the times in which it did not run, as far as they are known.
 */
export function remoteSpan(
  attempt: Pick<AttemptRecord, 'startedAt' | 'totalUs' | 'peerProbeUs'>,
  clock: ClockDifference,
  stalls: readonly Span[] = [],
): Span {
  const { fromMs, toMs } = attemptSpan(attempt, clock);
  const ends = stalls.filter((stall) => overlaps(stall, { fromMs, toMs })).map((stall) => stall.toMs);
  return { fromMs, toMs: Math.max(toMs, ...ends) + LATE_MS };
}

/** Whether two spans have a moment in common. */
export function overlaps(one: Span, other: Span): boolean {
  return one.fromMs <= other.toMs && other.fromMs <= one.toMs;
}

/** Whether the first span contains all of the other. */
export function covers(whole: Span, part: Span): boolean {
  return whole.fromMs <= part.fromMs && part.toMs <= whole.toMs;
}

export function within(momentMs: number, { fromMs, toMs }: Span): boolean {
  return momentMs >= fromMs && momentMs <= toMs;
}

/** A clock reading: when the request was sent and its response arrived, by the local clock, and the other end's clock in between. */
export interface ClockReading {
  readonly sentMs: number;
  readonly receivedMs: number;
  readonly theirs: string;
}

/**
 * As NTP does it: the response was sent some time between request and response, so the difference is known to within
 * half of that time, however unequal the two directions are. The fastest reading is the most exact.
 */
export function estimateClockDifference(readings: readonly ClockReading[]): ClockDifference | undefined {
  const [best] = [...readings].sort((a, b) => a.receivedMs - a.sentMs - (b.receivedMs - b.sentMs));
  if (best === undefined) return undefined;
  const { sentMs, receivedMs, theirs } = best;
  return clockDifferenceBetween(
    Date.parse(theirs) - receivedMs,
    Date.parse(theirs) - sentMs,
    new Date(receivedMs).toISOString(),
  );
}

/** The difference that lies between these two, in milliseconds. */
export function clockDifferenceBetween(leastMs: number, mostMs: number, takenAt: string): ClockDifference {
  return {
    differenceUs: Math.round(((leastMs + mostMs) / 2) * 1000),
    uncertaintyUs: Math.round(((mostMs - leastMs) / 2 + RESOLUTION_MS) * 1000),
    takenAt,
  };
}

/** The smallest span that contains all of these. */
export function enclosingSpan(spans: readonly Span[]): Span {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // A long array is too much for Math.min(...).
  for (const span of spans) {
    fromMs = Math.min(fromMs, span.fromMs);
    toMs = Math.max(toMs, span.toMs);
  }
  return { fromMs, toMs };
}
