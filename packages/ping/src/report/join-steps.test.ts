import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSteps } from './join-steps.js';

describe('joinSteps', () => {
  it('joins the two neighbors with the fewest counts', () => {
    const steps = [10, 20, 50, 100].map((upToUs, i) => ({ upToUs, count: [9, 8, 0, 1][i] ?? 0 }));
    expect(joinSteps(steps, 3)).toEqual([
      { upToUs: 10, count: 9 },
      { upToUs: 20, count: 8 },
      { upToUs: 100, count: 1 },
    ]);
  });

  it('keeps all counts and the last step', () => {
    const step = fc.record({ upToUs: fc.nat(), count: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), fc.integer({ min: 1, max: 6 }), (steps, most) => {
        const joined = joinSteps(steps, most);
        const sum = (all: typeof steps): number => all.reduce((total, { count }) => total + count, 0);
        expect(joined.length).toBeLessThanOrEqual(most);
        expect(sum(joined)).toBe(sum(steps));
        expect(joined.at(-1)?.upToUs).toBe(steps.at(-1)?.upToUs);
      }),
    );
  });
});
