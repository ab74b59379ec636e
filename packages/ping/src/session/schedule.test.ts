import fc from 'fast-check';
import { nowUs } from 'tentacle-protocol';
import { describe, expect, it } from 'vitest';
import { type ScheduledAttempt, Schedule } from './schedule.js';
import { scheduledAfterUs, type LoadProfile } from '../options/load-profile.js';

const never = new AbortController().signal;

/** All that so many lanes take, each working on what it took for a while. */
async function taken(
  pace: Partial<LoadProfile>,
  lanes = 1,
  work: (due: ScheduledAttempt) => void | Promise<void> = () => undefined,
  signal = never,
) {
  const schedule = new Schedule({ intervalUs: 0, warmup: 0, concurrency: lanes, ...pace }, signal);
  const given: ScheduledAttempt[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let due = await schedule.next(); due !== undefined; due = await schedule.next()) {
        given.push(due);
        await work(due);
      }
    }),
  );
  return { given, schedule };
}

const numbersOf = (given: readonly ScheduledAttempt[]): number[] => given.map(({ number }) => number);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Keeps the process from anything else, as a long attempt of a busy lane would. */
function block(us: number): void {
  for (const endUs = nowUs() + us; nowUs() < endUs; );
}

describe('a schedule', () => {
  it('gives each number once and in order, whatever the count, the lanes and the pace', async () => {
    const paces = fc.constantFrom<Partial<LoadProfile>>({ intervalUs: 0 }, { intervalUs: 10 }, { perSecond: 100_000 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 100 }), fc.integer({ min: 1, max: 9 }), paces, async (count, lanes, pace) => {
        const { given } = await taken({ count, ...pace }, lanes, () => new Promise((resolve) => setImmediate(resolve)));
        expect(numbersOf(given).sort((a, b) => a - b)).toEqual(upTo(count));
      }),
      { numRuns: 30 },
    );
  });

  it.each<Partial<LoadProfile>>([{ intervalUs: 3000 }, { perSecond: 333 }])(
    'never gives a number before it is due: %j',
    async (pace) => {
      const startedUs = nowUs();
      await taken({ count: 6, ...pace }, 2, ({ number, scheduledAtUs: dueUs = 0 }) => {
        expect(nowUs()).toBeGreaterThanOrEqual(dueUs);
        expect(nowUs() - startedUs).toBeGreaterThanOrEqual((number - 1) * 3000);
      });
    },
  );

  it('keeps the due times of a rate, however long attempts take', async () => {
    const { given } = await taken({ count: 20, perSecond: 1000 }, 1, ({ number }) => {
      if (number === 5) block(12_000);
    });
    const [first] = given;
    for (const { number, scheduledAtUs: dueUs = 0 } of given)
      expect(dueUs - (first?.scheduledAtUs ?? 0)).toBe((number - 1) * 1000);
    // Those that were due in those 12 ms are late, and none is left out.
    expect(given.slice(5, 15).every(({ isLate }) => isLate)).toBe(true);
    expect(numbersOf(given)).toEqual(upTo(20));
  });

  it('makes up for nothing with an interval: after a late one the next is a whole interval away', async () => {
    const { given } = await taken({ count: 4, intervalUs: 5000 }, 1, ({ number }) => {
      if (number === 1) block(13_000);
    });
    const due = given.map(({ scheduledAtUs: dueUs = 0 }) => dueUs);
    const gaps = due.slice(1).map((us, index) => us - (due[index] ?? 0));
    expect(gaps[0]).toBe(5000);
    expect(given[1]?.isLate).toBe(true);
    // It counts from when the late one could start: 13 ms after the first, and so 8 ms after it was due.
    expect(gaps[1]).toBeGreaterThanOrEqual(13_000);
  });

  it('is never late in a closed loop, and has no due times', async () => {
    const { given } = await taken({ count: 3 }, 1, () => block(2000));
    expect(given).toEqual(upTo(3).map((number) => ({ number, isLate: false })));
  });

  it('warms up before it counts', async () => {
    const { given } = await taken({ count: 2, warmup: 3 });
    expect(numbersOf(given)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('ends with its duration; what was due by then is made', async () => {
    const { given } = await taken({ durationUs: 10_000, perSecond: 1000 }, 1, ({ number }) => {
      if (number === 3) block(20_000);
    });
    expect(numbersOf(given)).toEqual(upTo(10));
  });

  it('counts the duration from the first attempt after the warm-up', async () => {
    const { given } = await taken({ durationUs: 5000, perSecond: 1000, warmup: 4 });
    expect(numbersOf(given)).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5]);
  });

  it('tells how many were due and not begun when it was stopped', async () => {
    const stop = new AbortController();
    const { given, schedule } = await taken(
      { perSecond: 1000, count: 8 },
      1,
      ({ number }) => {
        if (number !== 2) return;
        block(20_000);
        stop.abort();
      },
      stop.signal,
    );
    expect(numbersOf(given)).toEqual([1, 2]);
    expect(schedule.notStarted).toBe(6);
  });

  it('ends at once when it is stopped while it waits', async () => {
    const stop = new AbortController();
    const work = (): void => void setImmediate(() => stop.abort());
    const { given } = await taken({ intervalUs: 3_600_000_000 }, 3, work, stop.signal);
    expect(numbersOf(given)).toEqual([1]);
  });

  it('gives nothing when it was stopped before', async () => {
    expect((await taken({}, 1, undefined, AbortSignal.abort())).given).toEqual([]);
  });
});

describe('due times of a rate', () => {
  it('add up no error: they are within half a microsecond of the exact ones', () => {
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
