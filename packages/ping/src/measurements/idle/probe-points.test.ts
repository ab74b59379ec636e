import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type SearchBounds,
  findThreshold,
  firstProbePoints,
  isPrecise,
  nextProbePoints,
  resolutionUs,
  ROUNDS_MAX,
  PROBE_POINTS_MAX,
  type ProbeOutcome,
} from './probe-points.js';
import { defaultFromUs } from '../../options/idle-options.js';

const S = 1_000_000;

/** A path that drops connections that were idle for longer than `limitUs`. */
type Path = (spanUs: number) => ProbeOutcome;

const drops =
  (limitUs: number): Path =>
  (spanUs) =>
    spanUs < limitUs ? { kind: 'alive', idleUs: spanUs } : { kind: 'dead', idleUs: spanUs, exact: false };
const closes =
  (limitUs: number): Path =>
  (spanUs) =>
    spanUs < limitUs ? { kind: 'alive', idleUs: spanUs } : { kind: 'dead', idleUs: limitUs, exact: true };
/** A keep-alive detects the dropped connection, `everyUs` after it became idle. */
const detectedAt =
  (limitUs: number, everyUs: number): Path =>
  (spanUs) => {
    if (limitUs > everyUs || spanUs < limitUs) return { kind: 'alive', idleUs: spanUs };
    return { kind: 'dead', idleUs: Math.min(spanUs, everyUs), exact: false };
  };

/** The whole search, one point after the other, without a clock. */
function search(path: Path, bounds: SearchBounds): { outcomes: ProbeOutcome[]; rounds: number; most: number } {
  let points = firstProbePoints(bounds);
  const outcomes = points.map(path);
  let most = points.length;
  let rounds = 0;
  for (; rounds < ROUNDS_MAX; rounds++) {
    points = nextProbePoints(findThreshold(outcomes));
    if (points.length === 0) break;
    outcomes.push(...points.map(path));
    most = Math.max(most, points.length);
  }
  return { outcomes, rounds, most };
}

const boundsAnywhere = fc
  .record({ fromUs: fc.integer({ min: 100_000, max: 60 * S }), factor: fc.double({ min: 1.5, max: 400, noNaN: true }) })
  .map(({ fromUs, factor }) => ({ fromUs, toUs: Math.round(fromUs * factor) }));

describe('the first probe points', () => {
  it('lie beside each common timeout, up to a quarter of an hour', () => {
    const points = firstProbePoints({ fromUs: 5 * S, toUs: 900 * S }).map((us) => us / S);
    expect(points).toEqual([5, 12, 20, 40, 55, 70, 100, 150, 200, 270, 330, 450, 720, 900]);
    for (const limit of [10, 15, 30, 50, 60, 90, 120, 180, 240, 300, 350, 600]) expect(points).not.toContain(limit);
  });

  it('use the time of connections whose end was observed, not of the one that was used at that moment', () => {
    const threshold = findThreshold([
      { kind: 'alive', idleUs: 55 * S },
      { kind: 'dead', idleUs: 60 * S, exact: false },
      { kind: 'dead', idleUs: 60 * S + 3000, exact: true },
    ]);
    expect(threshold).toMatchObject({ longestOkUs: 55 * S, shortestDeadUs: 60 * S + 3000, exact: true });
  });

  it('ascend from bound to bound, at least 8 and at most the maximum', () => {
    fc.assert(
      fc.property(boundsAnywhere, (bounds) => {
        const points = firstProbePoints(bounds);
        expect(points[0]).toBe(bounds.fromUs);
        expect(points.at(-1)).toBe(bounds.toUs);
        expect(points).toEqual([...new Set(points)].sort((a, b) => a - b));
        expect(points.length).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        expect(points.every(Number.isInteger)).toBe(true);
        if (bounds.toUs / bounds.fromUs > 2) expect(points.length).toBeGreaterThanOrEqual(8);
      }),
    );
  });

  it('for a day leave no gap with a ratio above four', () => {
    const points = firstProbePoints({ fromUs: 5 * S, toUs: 86_400 * S });
    for (let i = 1; i < points.length; i++) expect((points[i] ?? 0) / (points[i - 1] ?? 1)).toBeLessThanOrEqual(4);
  });

  it('start with a short one, whatever the upper bound', () => {
    expect(defaultFromUs(900 * S)).toBe(5 * S);
    expect(defaultFromUs(3 * S)).toBe(187_500);
  });

  it('are a single one where both bounds are the same', () => {
    expect(firstProbePoints({ fromUs: S, toUs: S })).toEqual([S]);
  });
});

describe('the search', () => {
  const limit = fc.double({ min: 0.001, max: 1.5, noNaN: true });

  it.each([
    ['drops idle connections silently', drops],
    ['closes idle connections', closes],
    ['drops idle connections, as keep-alives detect', (us: number) => detectedAt(us, Math.max(us * 1.2, 15 * S))],
  ] as const)('finds the limit of a path that %s, with the stated precision', (_, pathOf) => {
    fc.assert(
      fc.property(boundsAnywhere, limit, (bounds, share) => {
        const limitUs = Math.round(bounds.toUs * share);
        const { outcomes, most } = search(pathOf(limitUs), bounds);
        const threshold = findThreshold(outcomes);
        expect(most).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        if (limitUs > bounds.toUs) {
          expect(threshold).toEqual({ longestOkUs: bounds.toUs, exact: false, deaths: 0, exceptions: 0 });
          return;
        }
        const { longestOkUs = 0, shortestDeadUs = 0 } = threshold;
        expect(longestOkUs).toBeLessThan(limitUs);
        expect(shortestDeadUs).toBeGreaterThanOrEqual(limitUs);
        if (threshold.exact) expect(shortestDeadUs).toBe(limitUs);
        else {
          // Near zero the gap is the shortest point itself: three rounds narrow it 9 * 9 * 9 times.
          const near = Math.max(resolutionUs(shortestDeadUs), bounds.toUs / 729);
          expect(shortestDeadUs - longestOkUs).toBeLessThanOrEqual(near);
        }
      }),
    );
  });

  it('needs no second round where the end of connections is observed', () => {
    expect(search(closes(60 * S), { fromUs: 5 * S, toUs: 900 * S }).rounds).toBe(0);
  });

  it.each([350, 240, 130, 800])(
    'needs at most two rounds for connections that are dropped silently after %i s',
    (seconds) => {
      const { outcomes, rounds } = search(drops(seconds * S), { fromUs: 5 * S, toUs: 900 * S });
      expect(rounds).toBeLessThanOrEqual(2);
      expect(isPrecise(findThreshold(outcomes))).toBe(true);
    },
  );

  it('repeats a time after which only one connection was dead, and treats that as chance if the next survives', () => {
    const once = firstProbePoints({ fromUs: S, toUs: 10 * S }).map(drops(10 * S));
    expect(findThreshold(once)).toMatchObject({ deaths: 1, shortestDeadUs: 10 * S });
    expect(nextProbePoints(findThreshold(once))).toContain(10 * S);
    const again = findThreshold([...once, { kind: 'alive', idleUs: 10 * S }]);
    expect(again).toEqual({ longestOkUs: 10 * S, exact: false, deaths: 0, exceptions: 1 });
  });

  it('finds the threshold despite one connection that died by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 700 }), fc.integer({ min: 1, max: 5 }), (seconds, chance) => {
        const outcomes = firstProbePoints({ fromUs: S, toUs: 900 * S }).map(drops(seconds * S));
        const threshold = findThreshold([...outcomes, { kind: 'dead', idleUs: chance * S - 1, exact: true }]);
        fc.pre(outcomes.filter(({ kind }) => kind === 'alive').length > chance + 1);
        expect(threshold).toEqual({ ...findThreshold(outcomes), exceptions: 1 });
      }),
    );
  });

  it('does not try times below the requested bound', () => {
    const threshold = findThreshold(firstProbePoints({ fromUs: 30 * S, toUs: 60 * S }).map(drops(10 * S)));
    expect(threshold).toMatchObject({ shortestDeadUs: 30 * S });
    expect(nextProbePoints(threshold, 30 * S)).toEqual([]);
    expect(nextProbePoints(threshold).length).toBeGreaterThan(0);
  });
});
