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

/** A path that ends what was idle for longer than `limitUs`. */
type Path = (spanUs: number) => ProbeOutcome;

const forgets =
  (limitUs: number): Path =>
  (spanUs) =>
    spanUs < limitUs ? { kind: 'alive', idleUs: spanUs } : { kind: 'dead', idleUs: spanUs, exact: false };
const closes =
  (limitUs: number): Path =>
  (spanUs) =>
    spanUs < limitUs ? { kind: 'alive', idleUs: spanUs } : { kind: 'dead', idleUs: limitUs, exact: true };
/** A keep-alive finds out, `everyUs` later than the connection became idle, if it had to. */
const foundAt =
  (limitUs: number, everyUs: number): Path =>
  (spanUs) => {
    if (limitUs > everyUs || spanUs < limitUs) return { kind: 'alive', idleUs: spanUs };
    return { kind: 'dead', idleUs: Math.min(spanUs, everyUs), exact: false };
  };

/** The whole ladder, one rung after the other, without a clock. */
function climbed(path: Path, bounds: SearchBounds): { seen: ProbeOutcome[]; rounds: number; most: number } {
  let rungs = firstProbePoints(bounds);
  const seen = rungs.map(path);
  let most = rungs.length;
  let rounds = 0;
  for (; rounds < ROUNDS_MAX; rounds++) {
    rungs = nextProbePoints(findThreshold(seen));
    if (rungs.length === 0) break;
    seen.push(...rungs.map(path));
    most = Math.max(most, rungs.length);
  }
  return { seen, rounds, most };
}

const boundsAnywhere = fc
  .record({ fromUs: fc.integer({ min: 100_000, max: 60 * S }), factor: fc.double({ min: 1.5, max: 400, noNaN: true }) })
  .map(({ fromUs, factor }) => ({ fromUs, toUs: Math.round(fromUs * factor) }));

describe('the first rungs', () => {
  it('are one beside each usual limit, up to a quarter of an hour', () => {
    const rungs = firstProbePoints({ fromUs: 5 * S, toUs: 900 * S }).map((us) => us / S);
    expect(rungs).toEqual([5, 12, 20, 40, 55, 70, 100, 150, 200, 270, 330, 450, 720, 900]);
    for (const limit of [10, 15, 30, 50, 60, 90, 120, 180, 240, 300, 350, 600]) expect(rungs).not.toContain(limit);
  });

  it('take the time of those that ended before our eyes, not of the one that was used in that moment', () => {
    const edge = findThreshold([
      { kind: 'alive', idleUs: 55 * S },
      { kind: 'dead', idleUs: 60 * S, exact: false },
      { kind: 'dead', idleUs: 60 * S + 3000, exact: true },
    ]);
    expect(edge).toMatchObject({ longestOkUs: 55 * S, shortestDeadUs: 60 * S + 3000, exact: true });
  });

  it('rise from bound to bound, enough of them and not too many', () => {
    fc.assert(
      fc.property(boundsAnywhere, (bounds) => {
        const rungs = firstProbePoints(bounds);
        expect(rungs[0]).toBe(bounds.fromUs);
        expect(rungs.at(-1)).toBe(bounds.toUs);
        expect(rungs).toEqual([...new Set(rungs)].sort((a, b) => a - b));
        expect(rungs.length).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        expect(rungs.every(Number.isInteger)).toBe(true);
        if (bounds.toUs / bounds.fromUs > 2) expect(rungs.length).toBeGreaterThanOrEqual(8);
      }),
    );
  });

  it('of a day leave no gap of more than four times', () => {
    const rungs = firstProbePoints({ fromUs: 5 * S, toUs: 86_400 * S });
    for (let i = 1; i < rungs.length; i++) expect((rungs[i] ?? 0) / (rungs[i - 1] ?? 1)).toBeLessThanOrEqual(4);
  });

  it('begin with a short one, whatever the upper bound', () => {
    expect(defaultFromUs(900 * S)).toBe(5 * S);
    expect(defaultFromUs(3 * S)).toBe(187_500);
  });

  it('is one where both bounds are the same', () => {
    expect(firstProbePoints({ fromUs: S, toUs: S })).toEqual([S]);
  });
});

describe('the ladder', () => {
  const limit = fc.double({ min: 0.001, max: 1.5, noNaN: true });

  it.each([
    ['forgets', forgets],
    ['closes', closes],
    ['is found out by keep-alives', (us: number) => foundAt(us, Math.max(us * 1.2, 15 * S))],
  ] as const)('finds the limit of a path that %s, as near as it says', (_, pathOf) => {
    fc.assert(
      fc.property(boundsAnywhere, limit, (bounds, share) => {
        const limitUs = Math.round(bounds.toUs * share);
        const { seen, most } = climbed(pathOf(limitUs), bounds);
        const edge = findThreshold(seen);
        expect(most).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        if (limitUs > bounds.toUs) {
          expect(edge).toEqual({ longestOkUs: bounds.toUs, exact: false, deaths: 0, exceptions: 0 });
          return;
        }
        const { longestOkUs = 0, shortestDeadUs = 0 } = edge;
        expect(longestOkUs).toBeLessThan(limitUs);
        expect(shortestDeadUs).toBeGreaterThanOrEqual(limitUs);
        if (edge.exact) expect(shortestDeadUs).toBe(limitUs);
        else {
          // Near zero the gap is the shortest rung itself: three rounds narrow it 9 * 9 * 9 times.
          const near = Math.max(resolutionUs(shortestDeadUs), bounds.toUs / 729);
          expect(shortestDeadUs - longestOkUs).toBeLessThanOrEqual(near);
        }
      }),
    );
  });

  it('needs no second round for what ends before our eyes', () => {
    expect(climbed(closes(60 * S), { fromUs: 5 * S, toUs: 900 * S }).rounds).toBe(0);
  });

  it.each([350, 240, 130, 800])('needs at most two rounds for what is forgotten after %i s', (seconds) => {
    const { seen, rounds } = climbed(forgets(seconds * S), { fromUs: 5 * S, toUs: 900 * S });
    expect(rounds).toBeLessThanOrEqual(2);
    expect(isPrecise(findThreshold(seen))).toBe(true);
  });

  it('tries again what was dead only once, and takes it for chance when it survives then', () => {
    const once = firstProbePoints({ fromUs: S, toUs: 10 * S }).map(forgets(10 * S));
    expect(findThreshold(once)).toMatchObject({ deaths: 1, shortestDeadUs: 10 * S });
    expect(nextProbePoints(findThreshold(once))).toContain(10 * S);
    const again = findThreshold([...once, { kind: 'alive', idleUs: 10 * S }]);
    expect(again).toEqual({ longestOkUs: 10 * S, exact: false, deaths: 0, exceptions: 1 });
  });

  it('finds the edge in spite of one that died by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 700 }), fc.integer({ min: 1, max: 5 }), (seconds, chance) => {
        const seen = firstProbePoints({ fromUs: S, toUs: 900 * S }).map(forgets(seconds * S));
        const edge = findThreshold([...seen, { kind: 'dead', idleUs: chance * S - 1, exact: true }]);
        fc.pre(seen.filter(({ kind }) => kind === 'alive').length > chance + 1);
        expect(edge).toEqual({ ...findThreshold(seen), exceptions: 1 });
      }),
    );
  });

  it('does not look below the bound that was given', () => {
    const edge = findThreshold(firstProbePoints({ fromUs: 30 * S, toUs: 60 * S }).map(forgets(10 * S)));
    expect(edge).toMatchObject({ shortestDeadUs: 30 * S });
    expect(nextProbePoints(edge, 30 * S)).toEqual([]);
    expect(nextProbePoints(edge).length).toBeGreaterThan(0);
  });
});
