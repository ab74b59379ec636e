/** Between which idle times the ladder looks. */
export interface SearchBounds {
  readonly fromUs: number;
  readonly toUs: number;
}

/** What one connection showed that was left idle for a while and then used. */
export type ProbeOutcome =
  /** It was idle for so long, and then answered. */
  | { readonly kind: 'alive'; readonly idleUs: number }
  /**
   * It was dead after so long. `exact`: it ended then, before our eyes; otherwise that was only found out then, by use
   * or by a keep-alive, and it may have been dead for longer.
   */
  | { readonly kind: 'dead'; readonly idleUs: number; readonly exact: boolean };

/** Where survival ends, as far as it was seen: so that as few as can be contradict it. */
export interface Threshold {
  /** The longest idle time below the edge that was survived; absent: none. */
  readonly longestOkUs?: number;
  /** The shortest idle time above the edge after which a connection was dead; absent: there is no edge. */
  readonly shortestDeadUs?: number;
  /** That one ended before our eyes, so that this is the very time. */
  readonly exact: boolean;
  /** How many were dead above the edge. */
  readonly deaths: number;
  /** How many were dead below the edge, or survived above it: then it is not always the same. */
  readonly exceptions: number;
}

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

/**
 * Beside the idle limits that are usual, not on them, so that each has a gap of its own and none is decided by a
 * millisecond: 10 s, 15 s, 30 s, 50 s, 60 s (Tentacles), 90 s, 2 min, 3 min, 4 min, 5 min, 350 s, 10 min, 15 min, ...
 */
const USUAL_US = [
  ...[5, 12, 20, 40, 55, 70, 100, 150, 200, 270, 330].map((seconds) => seconds * SECOND_US),
  ...[7.5, 12, 20, 40, 70, 130, 250, 500].map((minutes) => minutes * MINUTE_US),
];

/** Fewer leave gaps of more than half their time between bounds of one to sixteen. */
const PROBE_POINTS_MIN = 8;

/** With and without keep-alive a peer holds twice as many connections at a time, and some that are about to end. */
export const PROBE_POINTS_MAX = 14;

/** More at a time would be more than the first rungs took. */
const POINTS_BETWEEN_MAX = 8;

/** As near as what an administrator compares with a configured limit: 350 s is told from 300 s and from 6 min. */
const RESOLUTION = 0.05;

/** Timers tick in milliseconds and a busy machine takes several: below this, differences are its own. */
const RESOLUTION_LEAST_US = 50_000;

/** Each takes as long as the shortest dead rung; with eight between, two are enough for any gap, and one for chance. */
export const ROUNDS_MAX = 3;

/** The shortest rung where no bound is given: nothing kills sooner on purpose; or some steps below a short upper bound. */
export function defaultFromUs(toUs: number): number {
  return Math.min(5 * SECOND_US, Math.ceil(toUs / 16));
}

/** The first rungs, rising: the bounds, the usual ones between them, and more where those are few. */
export function firstProbePoints({ fromUs, toUs }: SearchBounds): number[] {
  const rungs = [...new Set([fromUs, ...USUAL_US.filter((us) => us > fromUs && us < toUs), toUs])];
  while (rungs.length > PROBE_POINTS_MAX) rungs.splice(leastMissed(rungs), 1);
  while (rungs.length < PROBE_POINTS_MIN && widestGap(rungs).ratio > 1 + RESOLUTION) {
    const { after, us } = widestGap(rungs);
    rungs.splice(after + 1, 0, us);
  }
  return rungs;
}

/** The rung between the bounds whose neighbours are nearest to each other, by ratio. */
function leastMissed(rungs: readonly number[]): number {
  let least = { at: 1, ratio: Number.POSITIVE_INFINITY };
  for (let at = 1; at + 1 < rungs.length; at++) {
    const ratio = (rungs[at + 1] ?? 1) / (rungs[at - 1] ?? 1);
    if (ratio < least.ratio) least = { at, ratio };
  }
  return least.at;
}

/** The gap of the largest ratio, and the time in its middle. */
function widestGap(rungs: readonly number[]): { after: number; ratio: number; us: number } {
  let widest = { after: 0, ratio: 1, us: 0 };
  for (let after = 0; after + 1 < rungs.length; after++) {
    const [low = 1, high = 1] = rungs.slice(after);
    if (high / low > widest.ratio) widest = { after, ratio: high / low, us: Math.round(Math.sqrt(low * high)) };
  }
  return widest;
}

/** A process that has other things to do sees an end, and a time that is over, so much later than they were. */
const MOMENT_US = 250_000;

/** Where survival ends, from all that was seen. Where two edges fit equally well, the later one: a death may be chance. */
export function findThreshold(seen: readonly ProbeOutcome[]): Threshold {
  const deaths = seen.filter((one) => one.kind === 'dead').sort((a, b) => a.idleUs - b.idleUs);
  const alive = seen.filter(({ kind }) => kind === 'alive').map(({ idleUs }) => idleUs);
  const contradicting = (edgeUs: number): number =>
    alive.filter((us) => us >= edgeUs).length + deaths.filter(({ idleUs }) => idleUs < edgeUs).length;
  let edgeUs = Number.POSITIVE_INFINITY;
  for (const { idleUs } of deaths.toReversed()) if (contradicting(idleUs) < contradicting(edgeUs)) edgeUs = idleUs;
  const above = deaths.filter(({ idleUs }) => idleUs >= edgeUs);
  const below = alive.filter((us) => us < edgeUs);
  const [first] = above;
  // Used in the very moment in which others ended before our eyes: what those show is the time.
  const shown =
    above.find(({ idleUs, exact }) => exact && idleUs <= edgeUs + Math.max(MOMENT_US, resolutionUs(edgeUs))) ?? first;
  return {
    ...(below.length === 0 ? {} : { longestOkUs: Math.max(...below) }),
    ...(shown === undefined ? {} : { shortestDeadUs: shown.idleUs }),
    exact: shown?.exact === true,
    deaths: above.length,
    exceptions: contradicting(edgeUs),
  };
}

/** How near the two sides of an edge are to come. */
export function resolutionUs(shortestDeadUs: number): number {
  return Math.max(RESOLUTION_LEAST_US, Math.round(shortestDeadUs * RESOLUTION));
}

/** Whether more rungs would bring the two sides no nearer. @param floorUs below it nobody asked to look. */
export function isPrecise({ shortestDeadUs, longestOkUs, exact }: Threshold, floorUs = 0): boolean {
  if (shortestDeadUs === undefined || exact) return true;
  return shortestDeadUs - (longestOkUs ?? floorUs) <= resolutionUs(shortestDeadUs);
}

/**
 * The next rungs, to be tried at once: evenly between the longest that survived and the shortest that did not, and that
 * one again where it was the only one, which may have been chance. None when nothing more is to be told.
 */
export function nextProbePoints(edge: Threshold, floorUs = 0): number[] {
  const { shortestDeadUs: highUs, longestOkUs: lowUs = floorUs, exact, deaths } = edge;
  if (highUs === undefined || exact) return [];
  const again = deaths === 1 ? [highUs] : [];
  if (isPrecise(edge, floorUs)) return again;
  const gapUs = highUs - lowUs;
  // By a step that is near enough wherever in the gap the edge turns out to be, so that one round does where it can.
  const steps = Math.ceil(gapUs / resolutionUs(Math.max(lowUs, highUs / 2)));
  const between = Math.min(POINTS_BETWEEN_MAX, steps - 1);
  return [
    ...Array.from({ length: between }, (_, i) => lowUs + Math.round((gapUs * (i + 1)) / (between + 1))),
    ...again,
  ];
}
