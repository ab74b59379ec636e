import fc from 'fast-check';
import { nowUs } from 'tentacle-protocol';
import { describe, expect, it } from 'vitest';
import { schedule } from './schedule.js';

const never = new AbortController().signal;

async function numbers(pace: { count?: number; intervalUs: number }, signal = never): Promise<number[]> {
  const given: number[] = [];
  for await (const number of schedule(pace, signal)) given.push(number);
  return given;
}

describe('schedule', () => {
  it('gives each number once, in order, whatever the count', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 200 }), async (count) => {
        expect(await numbers({ count, intervalUs: 0 })).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      }),
      { numRuns: 20 },
    );
  });

  it('never gives a number before it is due', async () => {
    const intervalUs = 3000;
    const startedUs = nowUs();
    for await (const number of schedule({ count: 5, intervalUs }, never)) {
      expect(nowUs() - startedUs).toBeGreaterThanOrEqual((number - 1) * intervalUs);
    }
  });

  it('makes up for a late attempt by no burst: the next is due an interval after the late one at the earliest it can', async () => {
    const intervalUs = 2000;
    const starts: number[] = [];
    for await (const number of schedule({ count: 4, intervalUs }, never)) {
      starts.push(nowUs());
      // The first attempt takes five intervals of real work.
      if (number === 1) while (nowUs() - (starts[0] ?? 0) < 5 * intervalUs);
    }
    const [, second = 0, third = 0, fourth = 0] = starts;
    expect(third - second).toBeGreaterThanOrEqual(intervalUs);
    expect(fourth - third).toBeGreaterThanOrEqual(intervalUs - 1000);
  });

  it('ends at once when it is stopped while it waits', async () => {
    const stop = new AbortController();
    const given: number[] = [];
    for await (const number of schedule({ intervalUs: 3_600_000_000 }, stop.signal)) {
      given.push(number);
      setImmediate(() => stop.abort());
    }
    expect(given).toEqual([1]);
  });

  it('gives nothing when it was stopped before', async () => {
    expect(await numbers({ intervalUs: 0 }, AbortSignal.abort())).toEqual([]);
  });
});
