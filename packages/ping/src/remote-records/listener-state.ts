import { omitUndefined } from 'tentacle-protocol/cli';
import type { ListenerEvent, ListenerHealth } from 'tentacle-protocol/diagnostics';
import type { ListenerState } from '../report/listener-state.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { ClockDifference } from '../report/remote-view.js';
import { attemptSpan, covers, enclosingSpan, overlaps, type Span } from './clock.js';

/** What one run of the other end reports of its listener. */
export interface ListenerRun {
  readonly health: ListenerHealth;
  /** The period that the report covers, by the other end's clock. */
  readonly span: Span;
}

/** A time in which the other end's process did not run, by its clock. */
export interface Stall extends Span {
  /** A queue of its system overflowed meanwhile. */
  readonly overflowed: boolean;
}

/** The listener's own files and sockets, apart from its connections: Node has about 20, and its files are a few. */
const OTHER_HANDLES = 50;

/** A queue that holds nearly as many as it can was full: a few were accepted before they were counted. */
const FULL_SHARE = 0.9;

/** The period, by the other end's clock, of the attempts that failed; of all attempts, where none did. */
export function failurePeriod(attempts: readonly AttemptRecord[], clock: ClockDifference): Span {
  const failed = attempts.filter(({ failure }) => failure !== undefined);
  return enclosingSpan((failed.length === 0 ? attempts : failed).map((attempt) => attemptSpan(attempt, clock)));
}

/** Returns the times in which the other end's process did not run. */
export function stallsOf(runs: readonly ListenerRun[]): readonly Stall[] {
  return runs.flatMap(({ health: { events } }) =>
    events.flatMap((event) => {
      const { stalledUs, listenOverflows = 0 } = event;
      // It is noticed as soon as the process runs again.
      const { toMs } = spanOf(event);
      return stalledUs === undefined
        ? []
        : [{ fromMs: toMs - stalledUs / 1000, toMs, overflowed: listenOverflows > 0 }];
    }),
  );
}

/**
 * Returns what the other end reports about a period, by its clock; undefined where no run reports anything about it. What
 * is not reported of the whole period is unknown.
 */
export function listenerStateIn(runs: readonly ListenerRun[], period: Span): ListenerState | undefined {
  // Between two runs the other end did not listen, so one run has to cover all of it.
  const run = runs.find(({ span }) => covers(span, period)) ?? runs.find(({ span }) => overlaps(span, period));
  if (run === undefined) return undefined;
  const { health, span } = run;
  const { platform, countsDrops, queueMaxConnections, leftInQueue } = health;
  const isWhole = covers(span, period);
  const events = health.events.filter((event) => overlaps(spanOf(event), period));
  const sum = (key: 'listenOverflows' | 'listenDrops'): number =>
    events.reduce((total, event) => total + (event[key] ?? 0), 0);
  return {
    platform,
    ...(isWhole && countsDrops ? { listenOverflows: sum('listenOverflows'), listenDrops: sum('listenDrops') } : {}),
    wasQueueFull: events.some((event) => isFull(event, queueMaxConnections)),
    ...omitUndefined({
      longestStallUs: isWhole ? Math.max(0, ...events.map(({ stalledUs = 0 }) => stalledUs)) : undefined,
      hadFreeHandles: isWhole ? hadFreeHandles(health, events) : undefined,
      leftConnections: isWhole && leftInQueue !== undefined ? leftInQueue > 0 : undefined,
    }),
  };
}

function isFull({ queuedConnections = 0, listenOverflows = 0 }: ListenerEvent, most?: number): boolean {
  return listenOverflows > 0 && most !== undefined && queuedConnections >= most * FULL_SHARE;
}

/** Windows has no limit that a process reaches; elsewhere an unknown limit may have been reached. */
function hadFreeHandles(
  { platform, openFilesMax, peakConnections }: ListenerHealth,
  events: readonly ListenerEvent[],
): boolean | undefined {
  if (events.some(({ closedWithoutHandleMax }) => closedWithoutHandleMax !== undefined)) return false;
  if (platform === 'win32') return true;
  return openFilesMax === undefined ? undefined : peakConnections + OTHER_HANDLES < openFilesMax;
}

/** The period of a report or an event. */
export function spanOf({ from, to }: Pick<ListenerEvent, 'from' | 'to'>): Span {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}
