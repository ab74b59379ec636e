import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDistribution } from './distribution.js';
import { DurationHistogram } from './histogram.js';

const durations = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 300 });

describe('buildDistribution', () => {
  it('neither loses nor invents a time', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const histogram = new DurationHistogram();
        for (const value of values) histogram.add(value);
        const steps = buildDistribution(histogram.figures);
        expect(steps.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        expect(steps.at(-1)?.upToUs).toBeGreaterThanOrEqual(Math.max(...values));
        expect(steps[0]?.count).toBeGreaterThan(0);
      }),
    );
  });
});
