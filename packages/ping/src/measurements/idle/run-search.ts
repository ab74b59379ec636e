import { setMaxListeners } from 'node:events';
import {
  findThreshold,
  firstProbePoints,
  nextProbePoints,
  ROUNDS_MAX,
  type SearchBounds,
  type Threshold,
  type ProbeOutcome,
} from './probe-points.js';

/** What a search needs. */
export interface SearchOptions {
  readonly bounds: SearchBounds;
  /** The lower bound that was requested; nothing below it is tried. */
  readonly floorUs: number;
  /** Leaves one connection idle for this time and then uses it; undefined where that has no result. It never rejects. */
  readonly probe: (spanUs: number, cut: AbortSignal) => Promise<ProbeOutcome | undefined>;
  readonly sleep: (spanUs: number) => Promise<void>;
  readonly stop: AbortSignal;
}

interface UnderWay {
  readonly spanUs: number;
  readonly cut: AbortController;
  readonly ended: Promise<void>;
}

/** When one connection dies, others that became idle a little later die too: wait a tenth of the time, within limits. */
const GRACE = 0.1;
const GRACE_MIN_US = 200_000;
const GRACE_MAX_US = 3_000_000;

/**
 * Tries all first idle times at once. When one connection is dead, those with longer times are given up. Once all with
 * shorter times have ended, more are tried, again at once, between the longest survived time and the shortest that was
 * not, until the two are close.
 * @returns all outcomes.
 */
export async function runSearch({ bounds, floorUs, probe, sleep, stop }: SearchOptions): Promise<ProbeOutcome[]> {
  // Every connection listens to it.
  setMaxListeners(0, stop);
  const outcomes: ProbeOutcome[] = [];
  const underWay = new Set<UnderWay>();
  const start = (spanUs: number): void => {
    const cut = new AbortController();
    const onStop = (): void => cut.abort();
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop, { once: true });
    const ended = probe(spanUs, cut.signal).then((one) => {
      stop.removeEventListener('abort', onStop);
      underWay.delete(point);
      if (one !== undefined) outcomes.push(one);
    });
    const point: UnderWay = { spanUs, cut, ended };
    underWay.add(point);
  };
  const above = (us: number): UnderWay[] => [...underWay].filter(({ spanUs }) => spanUs > us);

  firstProbePoints(bounds).forEach(start);
  for (let round = 0; ; ) {
    await Promise.race([...underWay].map(({ ended }) => ended));
    const { shortestDeadUs, exact, deaths } = findThreshold(outcomes);
    // A single connection that ended while all others continued may be chance: the others will show.
    const isAlone = exact && deaths === 1;
    if (shortestDeadUs !== undefined && !isAlone && above(shortestDeadUs).length > 0) {
      await sleep(Math.min(GRACE_MAX_US, Math.max(GRACE_MIN_US, shortestDeadUs * GRACE)));
      for (const { cut } of above(shortestDeadUs)) cut.abort();
      await Promise.all(above(shortestDeadUs).map(({ ended }) => ended));
    }
    if (underWay.size > 0) continue;
    const next = stop.aborted || round === ROUNDS_MAX ? [] : nextOf(findThreshold(outcomes), bounds, floorUs);
    if (next.length === 0) return outcomes;
    next.forEach(start);
    round++;
  }
}

/** The points between the two sides of the threshold; or those that were given up because of a chance failure. */
function nextOf(threshold: Threshold, bounds: SearchBounds, floorUs: number): number[] {
  if (threshold.shortestDeadUs !== undefined) return nextProbePoints(threshold, floorUs);
  return threshold.exceptions === 0 ? [] : firstProbePoints(bounds).filter((us) => us > (threshold.longestOkUs ?? 0));
}
