import fc from 'fast-check';
import { nowUs } from 'tentacle-protocol';
import { describe, expect, it } from 'vitest';
import { type ScheduledAttempt, Schedule } from './schedule.js';
import { scheduledAfterUs, type LoadProfile } from '../options/load-profile.js';

const never = new AbortController().signal;

/** All attempts that a schedule hands out to this many workers, each of which works on an attempt before it takes the next. */
async function attemptsOf(
  loadProfile: Partial<LoadProfile>,
  workers = 1,
  work: (attempt: ScheduledAttempt) => void | Promise<void> = () => undefined,
  signal = never,
) {
  const schedule = new Schedule({ intervalUs: 0, warmup: 0, concurrency: workers, ...loadProfile }, signal);
  const attempts: ScheduledAttempt[] = [];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let attempt = await schedule.next(); attempt !== undefined; attempt = await schedule.next()) {
        attempts.push(attempt);
        await work(attempt);
      }
    }),
  );
  return { attempts, schedule };
}

const numbersOf = (attempts: readonly ScheduledAttempt[]): number[] => attempts.map(({ number }) => number);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Blocks the process, as the computation of another attempt would. */
function block(us: number): void {
  for (const endUs = nowUs() + us; nowUs() < endUs; );
}

describe('a schedule', () => {
  it('hands out each number once and in order, whatever the count, the workers and the load profile', async () => {
    const profiles = fc.constantFrom<Partial<LoadProfile>>(
      { intervalUs: 0 },
      { intervalUs: 10 },
      { perSecond: 100_000 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 100 }),
        fc.integer({ min: 1, max: 9 }),
        profiles,
        async (count, workers, profile) => {
          const { attempts } = await attemptsOf(
            { count, ...profile },
            workers,
            () => new Promise((resolve) => setImmediate(resolve)),
          );
          expect(numbersOf(attempts).sort((a, b) => a - b)).toEqual(upTo(count));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each<Partial<LoadProfile>>([{ intervalUs: 3000 }, { perSecond: 333 }])(
    'never hands out an attempt before its scheduled time: %j',
    async (profile) => {
      const startedUs = nowUs();
      await attemptsOf({ count: 6, ...profile }, 2, ({ number, scheduledAtUs = 0 }) => {
        expect(nowUs()).toBeGreaterThanOrEqual(scheduledAtUs);
        expect(nowUs() - startedUs).toBeGreaterThanOrEqual((number - 1) * 3000);
      });
    },
  );

  it('keeps the scheduled times of a rate, however long attempts take', async () => {
    const { attempts } = await attemptsOf({ count: 20, perSecond: 1000 }, 1, ({ number }) => {
      if (number === 5) block(12_000);
    });
    const [first] = attempts;
    for (const { number, scheduledAtUs = 0 } of attempts)
      expect(scheduledAtUs - (first?.scheduledAtUs ?? 0)).toBe((number - 1) * 1000);
    // Those that were due in those 12 ms are late, and none is left out.
    expect(attempts.slice(5, 15).every(({ isLate }) => isLate)).toBe(true);
    expect(numbersOf(attempts)).toEqual(upTo(20));
  });

  it('with an interval, does not make up for late attempts: the next one is a whole interval later', async () => {
    const { attempts } = await attemptsOf({ count: 4, intervalUs: 5000 }, 1, ({ number }) => {
      if (number === 1) block(13_000);
    });
    const times = attempts.map(({ scheduledAtUs = 0 }) => scheduledAtUs);
    const gaps = times.slice(1).map((us, index) => us - (times[index] ?? 0));
    expect(gaps[0]).toBe(5000);
    expect(attempts[1]?.isLate).toBe(true);
    // It counts from when the late one could start: 13 ms after the first, which is 8 ms after its scheduled time.
    expect(gaps[1]).toBeGreaterThanOrEqual(13_000);
  });

  it('is never late in a closed loop, and has no scheduled times', async () => {
    const { attempts } = await attemptsOf({ count: 3 }, 1, () => block(2000));
    expect(attempts).toEqual(upTo(3).map((number) => ({ number, isLate: false })));
  });

  it('warms up before it counts', async () => {
    const { attempts } = await attemptsOf({ count: 2, warmup: 3 });
    expect(numbersOf(attempts)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('ends with its duration; attempts that were due by then are still handed out', async () => {
    const { attempts } = await attemptsOf({ durationUs: 10_000, perSecond: 1000 }, 1, ({ number }) => {
      if (number === 3) block(20_000);
    });
    expect(numbersOf(attempts)).toEqual(upTo(10));
  });

  it('counts the duration from the first attempt after the warm-up', async () => {
    const { attempts } = await attemptsOf({ durationUs: 5000, perSecond: 1000, warmup: 4 });
    expect(numbersOf(attempts)).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5]);
  });

  it('counts the attempts that were due and not started when it was stopped', async () => {
    const stop = new AbortController();
    const { attempts, schedule } = await attemptsOf(
      { perSecond: 1000, count: 8 },
      1,
      ({ number }) => {
        if (number !== 2) return;
        block(20_000);
        stop.abort();
      },
      stop.signal,
    );
    expect(numbersOf(attempts)).toEqual([1, 2]);
    expect(schedule.notStarted).toBe(6);
  });

  it('ends immediately when it is stopped during a wait', async () => {
    const stop = new AbortController();
    const work = (): void => void setImmediate(() => stop.abort());
    const { attempts } = await attemptsOf({ intervalUs: 3_600_000_000 }, 3, work, stop.signal);
    expect(numbersOf(attempts)).toEqual([1]);
  });

  it('hands out nothing when it was stopped before', async () => {
    expect((await attemptsOf({}, 1, undefined, AbortSignal.abort())).attempts).toEqual([]);
  });
});

describe('scheduled times of a rate', () => {
  it('do not accumulate errors: they are within half a microsecond of the exact ones', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 10_000_000 }),
        fc.double({ min: 0.001, max: 100_000, noNaN: true }),
        (index, perSecond) => {
          expect(Math.abs(scheduledAfterUs(index, perSecond) - (index / perSecond) * 1e6)).toBeLessThanOrEqual(
            0.5 + (index / perSecond) * 1e6 * Number.EPSILON * 4,
          );
        },
      ),
    );
  });
});
