import { assert, integer, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { waitUs } from './backoff.js';

const S = 1_000_000;
const spreads = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failingTimes = integer({ min: 0, max: 24 * 3600 * S });

test.each([
  [0, 0.5, 5],
  [1 * S, 0.99, 5],
  [5 * S, 0, 5],
  [5 * S, 0.5, 7.5],
  [60 * S, 0.5, 90],
  [60 * S, 0.999_999, 120],
  [3600 * S, 0, 120],
])('after failing for %i us, spread %f: %f s', (failingUs, spread, seconds) => {
  expect(waitUs(failingUs, spread) / S).toBeCloseTo(seconds, 3);
});

test('the wait is a whole number from 5 s to 2 minutes, and never shorter after failing for longer', () => {
  assert(
    property(failingTimes, failingTimes, spreads, (one, other, spread) => {
      const [shorter, longer] = [Math.min(one, other), Math.max(one, other)];
      expect(Number.isInteger(waitUs(one, spread))).toBe(true);
      expect(waitUs(shorter, spread)).toBeGreaterThanOrEqual(5 * S);
      expect(waitUs(longer, spread)).toBeLessThanOrEqual(120 * S);
      expect(waitUs(longer, spread)).toBeGreaterThanOrEqual(waitUs(shorter, spread));
    }),
  );
});

test('attempts that fail at once become less frequent, down to every 2 minutes', () => {
  assert(
    property(spreads, (spread) => {
      const waits: number[] = [];
      for (let clock = 0; waits.length < 12; clock += waits.at(-1) ?? 0) waits.push(waitUs(clock, spread));
      expect(waits[0]).toBe(5 * S);
      expect(waits).toEqual([...waits].sort((a, b) => a - b));
      expect(waits.at(-1)).toBe(120 * S);
    }),
  );
});
