import { omitUndefined } from 'tentacle-protocol/cli';

/** The range of idle times of a search. */
export interface SearchBounds {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The outcome of one connection that was left idle and then used. */
export type ProbeOutcome =
  /** It was idle for this long, and then answered. */
  | { readonly kind: 'alive'; readonly idleUs: number }
  /**
   * It was dead after this long. `exact`: its end was observed then; otherwise it was only detected then, by use or by a
   * keep-alive, and it may have been dead for longer.
   */
  | { readonly kind: 'dead'; readonly idleUs: number; readonly exact: boolean };

/** Where survival ends, chosen so that as few outcomes as possible contradict it. */
export interface Threshold {
  /** The longest survived idle time below the threshold; absent: none. */
  readonly longestOkUs?: number;
  /** The shortest idle time above it after which a connection was dead; absent: all survived. */
  readonly shortestDeadUs?: number;
  /** The end of that connection was observed when it happened, so that this is the exact time. */
  readonly exact: boolean;
  /** The number of dead connections above the threshold. */
  readonly deaths: number;
  /** The number of outcomes that contradict the threshold: dead below it, or alive above it. */
  readonly exceptions: number;
}

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

/**
 * Between common idle timeouts, not equal to them, so that each timeout has a gap of its own and milliseconds do not
 * matter: 10 s, 15 s, 30 s, 50 s, 60 s (Tentacles), 90 s, 2 min, 3 min, 4 min, 5 min, 350 s, 10 min, 15 min, ...
 */
const COMMON_US = [
  ...[5, 12, 20, 40, 55, 70, 100, 150, 200, 270, 330].map((seconds) => seconds * SECOND_US),
  ...[7.5, 12, 20, 40, 70, 130, 250, 500].map((minutes) => minutes * MINUTE_US),
];

/** With fewer, gaps are more than half their time when the bounds have a ratio of sixteen. */
const PROBE_POINTS_MIN = 8;

/** The peer holds twice as many connections, with and without keep-alive, and some that are about to end. */
export const PROBE_POINTS_MAX = 14;

/** More at a time would be more than the first round. */
const POINTS_BETWEEN_MAX = 8;

/** Precise enough to compare with a configured limit: it separates 350 s from 300 s and from 6 min. */
const RESOLUTION = 0.05;

/** Timers tick in milliseconds and a busy machine takes several: smaller differences are its own. */
const RESOLUTION_MIN_US = 50_000;

/** Each round takes as long as the shortest dead time; with eight points, two are enough for any gap, and one for chance. */
export const ROUNDS_MAX = 3;

/** The first idle times, ascending: the bounds, the common ones between them, and more where those are few. */
export function firstProbePoints({ fromUs, toUs }: SearchBounds): number[] {
  const points = [...new Set([fromUs, ...COMMON_US.filter((us) => us > fromUs && us < toUs), toUs])];
  while (points.length > PROBE_POINTS_MAX) points.splice(leastUseful(points), 1);
  while (points.length < PROBE_POINTS_MIN && widestGap(points).ratio > 1 + RESOLUTION) {
    const { after, us } = widestGap(points);
    points.splice(after + 1, 0, us);
  }
  return points;
}

/** The index of the point whose neighbors are closest to each other, by ratio. */
function leastUseful(points: readonly number[]): number {
  let closest = { at: 1, ratio: Number.POSITIVE_INFINITY };
  for (let at = 1; at + 1 < points.length; at++) {
    const ratio = (points[at + 1] ?? 1) / (points[at - 1] ?? 1);
    if (ratio < closest.ratio) closest = { at, ratio };
  }
  return closest.at;
}

/** The gap with the largest ratio, and the time in its middle. */
function widestGap(points: readonly number[]): { after: number; ratio: number; us: number } {
  let widest = { after: 0, ratio: 1, us: 0 };
  for (let after = 0; after + 1 < points.length; after++) {
    const [low = 1, high = 1] = points.slice(after);
    if (high / low > widest.ratio) widest = { after, ratio: high / low, us: Math.round(Math.sqrt(low * high)) };
  }
  return widest;
}

/** A busy process notices an end, and an expired time, up to this much later. */
const MOMENT_US = 250_000;

/** Finds the threshold from all outcomes. Of two that fit equally well, the later one: a single failure may be chance. */
export function findThreshold(outcomes: readonly ProbeOutcome[]): Threshold {
  const deaths = outcomes.filter((one) => one.kind === 'dead').sort((a, b) => a.idleUs - b.idleUs);
  const alive = outcomes.filter(({ kind }) => kind === 'alive').map(({ idleUs }) => idleUs);
  const contradicting = (thresholdUs: number): number =>
    alive.filter((us) => us >= thresholdUs).length + deaths.filter(({ idleUs }) => idleUs < thresholdUs).length;
  let thresholdUs = Number.POSITIVE_INFINITY;
  for (const { idleUs } of deaths.toReversed())
    if (contradicting(idleUs) < contradicting(thresholdUs)) thresholdUs = idleUs;
  const above = deaths.filter(({ idleUs }) => idleUs >= thresholdUs);
  const below = alive.filter((us) => us < thresholdUs);
  const [first] = above;
  // A connection may be used in the moment in which others are observed to end: their time is the exact one.
  const shown =
    above.find(
      ({ idleUs, exact }) => exact && idleUs <= thresholdUs + Math.max(MOMENT_US, resolutionUs(thresholdUs)),
    ) ?? first;
  return omitUndefined({
    longestOkUs: below.length === 0 ? undefined : Math.max(...below),
    shortestDeadUs: shown?.idleUs,
    exact: shown?.exact === true,
    deaths: above.length,
    exceptions: contradicting(thresholdUs),
  });
}

/** The intended distance between the two sides of a threshold. */
export function resolutionUs(shortestDeadUs: number): number {
  return Math.max(RESOLUTION_MIN_US, Math.round(shortestDeadUs * RESOLUTION));
}

/** Whether the two sides are close enough. @param floorUs the lower bound that was requested. */
export function isPrecise({ shortestDeadUs, longestOkUs, exact }: Threshold, floorUs = 0): boolean {
  if (shortestDeadUs === undefined || exact) return true;
  return shortestDeadUs - (longestOkUs ?? floorUs) <= resolutionUs(shortestDeadUs);
}

/**
 * The next idle times, to be tried at once: evenly between the longest survived one and the shortest that was not, which
 * is repeated where it was the only one, as it may have been chance. None when the search is complete.
 */
export function nextProbePoints(threshold: Threshold, floorUs = 0): number[] {
  const { shortestDeadUs: highUs, longestOkUs: lowUs = floorUs, exact, deaths } = threshold;
  if (highUs === undefined || exact) return [];
  const again = deaths === 1 ? [highUs] : [];
  if (isPrecise(threshold, floorUs)) return again;
  const gapUs = highUs - lowUs;
  // In steps that are precise enough wherever in the gap the threshold is, so that one round is enough where possible.
  const steps = Math.ceil(gapUs / resolutionUs(Math.max(lowUs, highUs / 2)));
  const between = Math.min(POINTS_BETWEEN_MAX, steps - 1);
  return [
    ...Array.from({ length: between }, (_, i) => lowUs + Math.round((gapUs * (i + 1)) / (between + 1))),
    ...again,
  ];
}
