import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSearch } from './run-search.js';
import { type SearchBounds, findThreshold, resolutionUs, PROBE_POINTS_MAX, type ProbeOutcome } from './probe-points.js';

const S = 1_000_000;

/** Time that passes only when all have had their say. */
class Time {
  nowUs = 0;
  #due: { atUs: number; wake: () => void }[] = [];

  sleep(us: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = { atUs: this.nowUs + us, wake: resolve };
      this.#due.push(wake);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  /** Until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => (state.isDone = true));
    for (;;) {
      // Several turns: a wake may start what sleeps again.
      for (let i = 0; i < 3; i++) await turn();
      if (state.isDone) return done;
      this.#due.sort((a, b) => a.atUs - b.atUs);
      const next = this.#due.shift();
      if (next === undefined) throw new Error('nothing is due, and the work is not done');
      this.nowUs = Math.max(this.nowUs, next.atUs);
      next.wake();
    }
  }
}

/** What a path does with a connection that is to be idle so long; `atUs`: when that shows. */
type Path = (spanUs: number, number: number) => { readonly atUs: number; readonly seen: ProbeOutcome };

interface SearchResult {
  readonly seen: readonly ProbeOutcome[];
  readonly tookUs: number;
  readonly connections: number;
  readonly mostAtATime: number;
}

/** The call after the idleness has so long; silence takes all of it. */
const TIMEOUT_US = 10 * S;

async function climbed(path: Path, bounds: SearchBounds, floorUs = 0, stopAtUs?: number): Promise<SearchResult> {
  const time = new Time();
  const stop = new AbortController();
  let connections = 0;
  let open = 0;
  let mostAtATime = 0;
  const probe = async (spanUs: number, cut: AbortSignal): Promise<ProbeOutcome | undefined> => {
    const { atUs, seen } = path(spanUs, ++connections);
    mostAtATime = Math.max(mostAtATime, ++open);
    await time.sleep(atUs, cut);
    open--;
    return cut.aborted ? undefined : seen;
  };
  if (stopAtUs !== undefined) void time.sleep(stopAtUs).then(() => stop.abort());
  const climbing = runSearch({ bounds, floorUs, probe, sleep: (us) => time.sleep(us), stop: stop.signal });
  const seen = await time.run(climbing);
  expect(open).toBe(0);
  return { seen, tookUs: time.nowUs, connections, mostAtATime };
}

const alive = (spanUs: number) => ({ atUs: spanUs, seen: { kind: 'alive', idleUs: spanUs } as const });
const dead = (idleUs: number, exact: boolean, atUs = idleUs) => ({
  atUs,
  seen: { kind: 'dead', idleUs, exact } as const,
});

const PATHS = {
  'closes or resets': (limitUs: number) => (spanUs: number) => (spanUs < limitUs ? alive(spanUs) : dead(limitUs, true)),
  'forgets, and says so on use': (limitUs: number) => (spanUs: number) =>
    spanUs < limitUs ? alive(spanUs) : dead(spanUs, false),
  'forgets in silence': (limitUs: number) => (spanUs: number) =>
    spanUs < limitUs ? alive(spanUs) : dead(spanUs, false, spanUs + TIMEOUT_US),
} satisfies Record<string, (limitUs: number) => Path>;

const QUARTER = { fromUs: 5 * S, toUs: 900 * S };

describe('climbing', () => {
  it.each(Object.entries(PATHS))('finds when a path that %s does so, in good time', async (_, pathOf) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: S, max: 1000 * S }), async (limitUs) => {
        const { seen, tookUs, connections, mostAtATime } = await climbed(pathOf(limitUs), QUARTER);
        const { longestOkUs = 0, shortestDeadUs, exact, exceptions } = findThreshold(seen);
        expect(exceptions).toBe(0);
        expect(mostAtATime).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        expect(connections).toBeLessThanOrEqual(40);
        expect(longestOkUs).toBeLessThan(limitUs);
        if (limitUs > QUARTER.toUs) {
          expect({ longestOkUs, shortestDeadUs, tookUs }).toEqual({ longestOkUs: 900 * S, tookUs: 900 * S });
          return;
        }
        expect(shortestDeadUs).toBeGreaterThanOrEqual(limitUs);
        if (exact) expect(shortestDeadUs).toBe(limitUs);
        else expect((shortestDeadUs ?? 0) - longestOkUs).toBeLessThanOrEqual(resolutionUs(shortestDeadUs ?? 0));
        // Two rounds, and for a limit below the first rungs three, each no longer than the first rung that was dead.
        expect(tookUs).toBeLessThanOrEqual(4 * (Math.max(5 * S, limitUs * 2.5) + TIMEOUT_US + 3 * S));
      }),
      { numRuns: 60 },
    );
  });

  it('takes no longer than the time that it finds, where connections end before its eyes', async () => {
    const { tookUs, seen } = await climbed(PATHS['closes or resets'](60 * S), QUARTER);
    expect(findThreshold(seen)).toMatchObject({ longestOkUs: 55 * S, shortestDeadUs: 60 * S, exact: true });
    expect(tookUs).toBe(63 * S);
  });

  it('goes on above one that died by chance', async () => {
    const limit = PATHS['forgets, and says so on use'](350 * S);
    const { seen } = await climbed((spanUs, number) => (number === 3 ? dead(S, true) : limit(spanUs)), QUARTER);
    expect(findThreshold(seen)).toMatchObject({ exceptions: 1 });
    expect(findThreshold(seen).longestOkUs).toBeLessThan(350 * S);
    expect(findThreshold(seen).longestOkUs).toBeGreaterThan(300 * S);
    expect(findThreshold(seen).shortestDeadUs).toBeGreaterThanOrEqual(350 * S);
  });

  it('ends when it is stopped, with what it knows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 * S }),
        fc.integer({ min: S, max: 1000 * S }),
        async (atUs, us) => {
          const { seen, tookUs } = await climbed(PATHS['forgets in silence'](us), QUARTER, 0, atUs);
          expect(tookUs).toBeLessThanOrEqual(Math.max(atUs + 3 * S, tookUs > atUs ? 0 : tookUs));
          for (const { kind, idleUs } of seen) expect(kind).toBe(idleUs < us ? 'alive' : 'dead');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells nothing where every probe says nothing', async () => {
    const time = new Time();
    const seen = await time.run(
      runSearch({
        bounds: QUARTER,
        floorUs: 0,
        probe: () => Promise.resolve(undefined),
        sleep: (us) => time.sleep(us),
        stop: new AbortController().signal,
      }),
    );
    expect(seen).toEqual([]);
  });
});
