import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSearch } from './run-search.js';
import { type SearchBounds, findThreshold, resolutionUs, PROBE_POINTS_MAX, type ProbeOutcome } from './probe-points.js';

const S = 1_000_000;

/** A simulated clock, which advances only when nothing else is left to do. */
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

  /** Advances the clock until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => (state.isDone = true));
    for (;;) {
      // Several turns: a wake-up may start work that sleeps again.
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

/** The outcome of a connection that is left idle for `spanUs`; `atUs`: when it is known. */
type Path = (spanUs: number, number: number) => { readonly atUs: number; readonly outcome: ProbeOutcome };

interface SearchResult {
  readonly outcomes: readonly ProbeOutcome[];
  readonly tookUs: number;
  readonly connections: number;
  readonly mostAtATime: number;
}

/** The time limit of the call after the idle time; a silent path uses all of it. */
const TIMEOUT_US = 10 * S;

async function search(path: Path, bounds: SearchBounds, floorUs = 0, stopAtUs?: number): Promise<SearchResult> {
  const time = new Time();
  const stop = new AbortController();
  let connections = 0;
  let connected = 0;
  let mostAtATime = 0;
  const probe = async (spanUs: number, cut: AbortSignal): Promise<ProbeOutcome | undefined> => {
    const { atUs, outcome } = path(spanUs, ++connections);
    mostAtATime = Math.max(mostAtATime, ++connected);
    await time.sleep(atUs, cut);
    connected--;
    return cut.aborted ? undefined : outcome;
  };
  if (stopAtUs !== undefined) void time.sleep(stopAtUs).then(() => stop.abort());
  const running = runSearch({ bounds, floorUs, probe, sleep: (us) => time.sleep(us), stop: stop.signal });
  const outcomes = await time.run(running);
  expect(connected).toBe(0);
  return { outcomes, tookUs: time.nowUs, connections, mostAtATime };
}

const alive = (spanUs: number) => ({ atUs: spanUs, outcome: { kind: 'alive', idleUs: spanUs } as const });
const dead = (idleUs: number, exact: boolean, atUs = idleUs) => ({
  atUs,
  outcome: { kind: 'dead', idleUs, exact } as const,
});

const PATHS = {
  'closes or resets idle connections': (limitUs: number) => (spanUs: number) =>
    spanUs < limitUs ? alive(spanUs) : dead(limitUs, true),
  'drops idle connections, and resets on use': (limitUs: number) => (spanUs: number) =>
    spanUs < limitUs ? alive(spanUs) : dead(spanUs, false),
  'drops idle connections silently': (limitUs: number) => (spanUs: number) =>
    spanUs < limitUs ? alive(spanUs) : dead(spanUs, false, spanUs + TIMEOUT_US),
} satisfies Record<string, (limitUs: number) => Path>;

const QUARTER_HOUR = { fromUs: 5 * S, toUs: 900 * S };

describe('the search for an idle timeout', () => {
  it.each(Object.entries(PATHS))('finds the limit of a path that %s, within a bounded time', async (_, pathOf) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: S, max: 1000 * S }), async (limitUs) => {
        const { outcomes, tookUs, connections, mostAtATime } = await search(pathOf(limitUs), QUARTER_HOUR);
        const { longestOkUs = 0, shortestDeadUs, exact, exceptions } = findThreshold(outcomes);
        expect(exceptions).toBe(0);
        expect(mostAtATime).toBeLessThanOrEqual(PROBE_POINTS_MAX);
        expect(connections).toBeLessThanOrEqual(40);
        expect(longestOkUs).toBeLessThan(limitUs);
        if (limitUs > QUARTER_HOUR.toUs) {
          expect({ longestOkUs, shortestDeadUs, tookUs }).toEqual({ longestOkUs: 900 * S, tookUs: 900 * S });
          return;
        }
        expect(shortestDeadUs).toBeGreaterThanOrEqual(limitUs);
        if (exact) expect(shortestDeadUs).toBe(limitUs);
        else expect((shortestDeadUs ?? 0) - longestOkUs).toBeLessThanOrEqual(resolutionUs(shortestDeadUs ?? 0));
        // Two rounds, or three for a limit below the first points, each no longer than the first point that was dead.
        expect(tookUs).toBeLessThanOrEqual(4 * (Math.max(5 * S, limitUs * 2.5) + TIMEOUT_US + 3 * S));
      }),
      { numRuns: 60 },
    );
  });

  it('takes no longer than the timeout that it finds, where the end of connections is observed', async () => {
    const { tookUs, outcomes } = await search(PATHS['closes or resets idle connections'](60 * S), QUARTER_HOUR);
    expect(findThreshold(outcomes)).toMatchObject({ longestOkUs: 55 * S, shortestDeadUs: 60 * S, exact: true });
    expect(tookUs).toBe(63 * S);
  });

  it('continues above a connection that died by chance', async () => {
    const limit = PATHS['drops idle connections, and resets on use'](350 * S);
    const { outcomes } = await search((spanUs, number) => (number === 3 ? dead(S, true) : limit(spanUs)), QUARTER_HOUR);
    expect(findThreshold(outcomes)).toMatchObject({ exceptions: 1 });
    expect(findThreshold(outcomes).longestOkUs).toBeLessThan(350 * S);
    expect(findThreshold(outcomes).longestOkUs).toBeGreaterThan(300 * S);
    expect(findThreshold(outcomes).shortestDeadUs).toBeGreaterThanOrEqual(350 * S);
  });

  it('ends when it is stopped, with the outcomes until then', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 * S }),
        fc.integer({ min: S, max: 1000 * S }),
        async (atUs, us) => {
          const { outcomes, tookUs } = await search(
            PATHS['drops idle connections silently'](us),
            QUARTER_HOUR,
            0,
            atUs,
          );
          expect(tookUs).toBeLessThanOrEqual(Math.max(atUs + 3 * S, tookUs > atUs ? 0 : tookUs));
          for (const { kind, idleUs } of outcomes) expect(kind).toBe(idleUs < us ? 'alive' : 'dead');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no outcome where no probe has one', async () => {
    const time = new Time();
    const outcomes = await time.run(
      runSearch({
        bounds: QUARTER_HOUR,
        floorUs: 0,
        probe: () => Promise.resolve(undefined),
        sleep: (us) => time.sleep(us),
        stop: new AbortController().signal,
      }),
    );
    expect(outcomes).toEqual([]);
  });
});
