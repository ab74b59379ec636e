import fc from 'fast-check';
import { nowUs } from 'tentacle-protocol';
import { describe, expect, it } from 'vitest';
import { nextDueUs, schedule } from './schedule.js';

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

  it('makes up for late attempts by no burst', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 10_000 })), fc.nat({ max: 1000 }), (tookUs, intervalUs) => {
        let dueUs = 0;
        let now = 0;
        for (const took of tookUs) {
          now = Math.max(now, dueUs) + took;
          const next = nextDueUs(dueUs, intervalUs, now);
          // Never two at once for one that was late, never later than need be.
          expect(next).toBe(took > intervalUs ? now : dueUs + intervalUs);
          dueUs = next;
        }
      }),
    );
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
