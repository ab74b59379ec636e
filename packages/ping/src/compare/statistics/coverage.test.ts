import { describe, expect, it } from 'vitest';
import { random } from './random.test.support.js';
import { binomialCdf } from './distributions.js';
import { differenceInterval, quantileInterval, sampleOf } from './estimates.js';

/** Distributions of times on real paths, each from uniform numbers between 0 and 1; whole microseconds. */
const SPREADS: Readonly<Record<string, (u: number, v: number) => number>> = {
  'with a long tail': (u, v) =>
    Math.round(2000 * Math.exp(0.5 * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v))),
  'with a tail that has no mean': (u) => Math.round(1000 / u),
  'in two heaps': (u, v) => Math.round((v < 0.5 ? 1000 : 41_000) + 500 * u),
  'in steps of a coarse clock': (u) => 1000 * Math.ceil(5 * u),
  'nearly constant, some very late': (u, v) => Math.round(v < 0.03 ? 200_000 : 1000 + 10 * u),
};

const ERROR = 0.05;
const RUNS = 400;

/** More false alarms than this have a probability of one in a million at the stated error: exact, by the binomial. */
function most(): number {
  let k = RUNS * ERROR;
  while (1 - binomialCdf(k, RUNS, ERROR) > 1e-6) k++;
  return k;
}

describe.each(Object.keys(SPREADS))('two samples of one path, times %s', (spread) => {
  it.each([
    [0.5, 20, 20],
    [0.5, 100, 100],
    [0.5, 1000, 30],
    [0.9, 100, 200],
    [0.99, 1000, 1000],
  ])('quantile %d of %d and %d: an interval that excludes 0 is as rare as stated', (p, countA, countB) => {
    const next = random(Math.round(p * 1000) + countA);
    const draw = SPREADS[spread] ?? (() => 0);
    const interval = (count: number) => {
      const sample = sampleOf(Array.from({ length: count }, () => [draw(1 - next(), next()), 1] as const));
      const { valueUs, lowUs, highUs } = quantileInterval(sample, p, ERROR);
      return { value: valueUs, low: lowUs, high: highUs };
    };
    let alarms = 0;
    for (let run = 0; run < RUNS; run++) {
      const { low, high } = differenceInterval(interval(countA), interval(countB));
      if (low > 0 || high < 0) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(most());
  });
});
