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

/** What the ladder needs of whoever leaves connections idle. */
export interface Climber {
  readonly bounds: SearchBounds;
  /** Below it nobody asked to look. */
  readonly floorUs: number;
  /** One connection, idle for so long and then used; undefined where that says nothing. It never rejects. */
  readonly probe: (spanUs: number, cut: AbortSignal) => Promise<ProbeOutcome | undefined>;
  readonly sleep: (spanUs: number) => Promise<void>;
  readonly stop: AbortSignal;
}

interface UnderWay {
  readonly spanUs: number;
  readonly cut: AbortController;
  readonly ended: Promise<void>;
}

/** Where one dies, others die too that became idle a little later: a tenth of the time, but not long. */
const GRACE = 0.1;
const GRACE_LEAST_US = 200_000;
const GRACE_MOST_US = 3_000_000;

/**
 * All first rungs at once. When one is dead, those above it are given up, and once all below it have ended, more are
 * tried between the longest that survived and the shortest that did not, at once again, until the two are near.
 * @returns what was seen.
 */
export async function runSearch({ bounds, floorUs, probe, sleep, stop }: Climber): Promise<ProbeOutcome[]> {
  // Every connection listens to it.
  setMaxListeners(0, stop);
  const seen: ProbeOutcome[] = [];
  const underWay = new Set<UnderWay>();
  const start = (spanUs: number): void => {
    const cut = new AbortController();
    const onStop = (): void => cut.abort();
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop, { once: true });
    const ended = probe(spanUs, cut.signal).then((one) => {
      stop.removeEventListener('abort', onStop);
      underWay.delete(rung);
      if (one !== undefined) seen.push(one);
    });
    const rung: UnderWay = { spanUs, cut, ended };
    underWay.add(rung);
  };
  const above = (us: number): UnderWay[] => [...underWay].filter(({ spanUs }) => spanUs > us);

  firstProbePoints(bounds).forEach(start);
  for (let round = 0; ; ) {
    await Promise.race([...underWay].map(({ ended }) => ended));
    const { shortestDeadUs, exact, deaths } = findThreshold(seen);
    // One that ended by itself while all the others went on may be chance: they will tell.
    const isAlone = exact && deaths === 1;
    if (shortestDeadUs !== undefined && !isAlone && above(shortestDeadUs).length > 0) {
      await sleep(Math.min(GRACE_MOST_US, Math.max(GRACE_LEAST_US, shortestDeadUs * GRACE)));
      for (const { cut } of above(shortestDeadUs)) cut.abort();
      await Promise.all(above(shortestDeadUs).map(({ ended }) => ended));
    }
    if (underWay.size > 0) continue;
    const next = stop.aborted || round === ROUNDS_MAX ? [] : nextOf(findThreshold(seen), bounds, floorUs);
    if (next.length === 0) return seen;
    next.forEach(start);
    round++;
  }
}

/** Between the two sides of the edge; or the rungs that were given up for a death that turned out to be chance. */
function nextOf(edge: Threshold, bounds: SearchBounds, floorUs: number): number[] {
  if (edge.shortestDeadUs !== undefined) return nextProbePoints(edge, floorUs);
  return edge.exceptions === 0 ? [] : firstProbePoints(bounds).filter((us) => us > (edge.longestOkUs ?? 0));
}
