import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateCounter } from './rate-counter.js';

describe('bytes over time', () => {
  it('are counted in intervals of 10 ms as long as these suffice', () => {
    const counter = new RateCounter();
    for (const [at, bytes] of [
      [0, 1],
      [9_999, 2],
      [10_000, 4],
      [35_000, 8],
    ] as const)
      counter.add(at, bytes);
    expect(counter.series).toEqual({ intervalUs: 10_000, bytes: [3, 4, 0, 8] });
  });

  it('agree with a naive count, in at most 60 intervals, whatever arrives when', () => {
    const moves = fc.array(fc.record({ afterUs: fc.nat(300_000_000), bytes: fc.nat(100_000) }), { minLength: 1 });
    fc.assert(
      fc.property(moves, (moves) => {
        const counter = new RateCounter();
        let nowUs = 0;
        const all = moves.map(({ afterUs, bytes }) => ({ atUs: (nowUs += afterUs), bytes }));
        for (const { atUs, bytes } of all) counter.add(atUs, bytes);
        const { intervalUs, bytes } = counter.series;
        const naive = bytes.map((_, index) =>
          all.filter(({ atUs }) => Math.floor(atUs / intervalUs) === index).reduce((sum, { bytes }) => sum + bytes, 0),
        );
        expect(bytes).toEqual(naive);
        expect(bytes.reduce((sum, each) => sum + each, 0)).toBe(all.reduce((sum, each) => sum + each.bytes, 0));
        expect(bytes.length).toBeLessThanOrEqual(60);
        // No coarser than necessary.
        if (intervalUs > 10_000) expect(nowUs).toBeGreaterThanOrEqual((intervalUs / 2) * 60);
      }),
    );
  });

  it('fit for a week as well', () => {
    const counter = new RateCounter();
    const weekUs = 7 * 24 * 3_600_000_000;
    counter.add(weekUs, 1);
    expect(counter.series.bytes.length).toBeLessThanOrEqual(60);
    expect(counter.series.intervalUs * 60).toBeGreaterThan(weekUs);
  });
});
