import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from './random.test.support.js';
import { binomialCdf, fisherExact, logGamma, normalQuantile, studentQuantile } from './distributions.js';
import {
  autocorrelationFactor,
  differenceInterval,
  probabilityOfSuperiority,
  proportionInterval,
  quantile,
  quantileInterval,
  sampleOf,
  samplesForInterval,
  samplesNeeded,
  valueAtRank,
} from './estimates.js';

const times = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 });

const countsOf = (values: readonly number[]) => sampleOf(values.map((value) => [value, 1] as const));

describe('logGamma', () => {
  // Python 3.11, math.lgamma.
  it.each([
    [0.5, 0.5723649429247004],
    [1, 0],
    [2.5, 0.2846828704729196],
    [10, 12.801827480081467],
    [101, 363.73937555556347],
    [1e6, 12815504.569147611],
  ])('of %d', (x, value) => {
    expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-13 * Math.max(10, Math.abs(value)));
  });
});

describe('binomialCdf', () => {
  // Python 3.11, the sum of math.comb(n, i) p^i (1 - p)^(n - i) in fractions, exact.
  it.each([
    [0, 20, 0.5, 9.5367431640625e-7],
    [2, 20, 0.5, 0.00020122528076171875],
    [9, 20, 0.5, 0.41190147399902344],
    [85, 100, 0.9, 0.07257296526488076],
    [99, 100, 0.9, 0.9999734386011124],
    [480, 1000, 0.5, 0.10872414660207047],
    [975, 1000, 0.99, 4.202920844836743e-5],
    [4800, 10_000, 0.5, 3.296757799336221e-5],
  ])('%d of %d at %d', (k, n, p, chance) => {
    expect(Math.abs(binomialCdf(k, n, p) / chance - 1)).toBeLessThan(1e-10);
  });

  it('is 0 below and 1 at the end, also for a million', () => {
    expect([binomialCdf(-1, 5, 0.5), binomialCdf(5, 5, 0.5)]).toEqual([0, 1]);
    expect(binomialCdf(500_000, 1_000_001, 0.5)).toBeCloseTo(0.5, 8);
  });
});

describe('normalQuantile', () => {
  // Python 3.11, statistics.NormalDist().inv_cdf.
  it.each([
    [0.5, 0],
    [0.8, 0.8416212335729144],
    [0.975, 1.9599639845400536],
    [0.995, 2.5758293035489],
    [0.9997368, 3.4669498968662786],
    [1e-6, -4.753424308822899],
    [1e-13, -7.3487961028006774],
  ])('of %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-6);
  });
});

describe('studentQuantile', () => {
  // Abramowitz and Stegun, table 26.10 (two-sided).
  it.each([
    [0.05, 1, 12.706],
    [0.05, 10, 2.228],
    [0.001, 2, 31.598],
    [0.001, 9, 4.781],
    [0.01, 120, 2.617],
  ])('an error of %d with %d degrees of freedom', (error, degrees, t) => {
    expect(Math.abs(studentQuantile(error, degrees) / t - 1)).toBeLessThan(1e-3);
  });
});

describe('fisherExact', () => {
  // Python 3.11, the sum over all tables in fractions, exact. The first: R. A. Fisher's tea.
  it.each([
    [3, 4, 1, 4, 0.4857142857142857],
    [0, 100, 8, 100, 0.00675467457524821],
    [12, 100, 0, 100, 0.0003439665141949307],
    [50, 1000, 20, 1000, 0.00034851935331723993],
    [5, 1000, 5, 1000, 1],
    [1, 20, 10, 20, 0.0033420517291485033],
    [100, 100, 0, 100, 2.2087606931995028e-59],
  ])('%d of %d against %d of %d', (a, ofA, b, ofB, p) => {
    expect(Math.abs(fisherExact(a, ofA, b, ofB) / p - 1)).toBeLessThan(1e-9);
  });
});

describe('fisherExact, for any counts', () => {
  it('is the sum over all tables that are not more likely', () => {
    const chanceOf = (x: number, both: number, ofA: number, ofB: number): number => {
      const ways = (n: number, k: number): number => Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
      return (ways(ofA, x) * ways(ofB, both - x)) / ways(ofA + ofB, both);
    };
    const side = fc.tuple(fc.nat(30), fc.nat(30)).map(([count, more]): [number, number] => [count, count + more + 1]);
    fc.assert(
      fc.property(side, side, ([a, ofA], [b, ofB]) => {
        const all = Array.from({ length: ofA + 1 }, (_, x) => x).filter((x) => x <= a + b && a + b - x <= ofB);
        const seen = chanceOf(a, a + b, ofA, ofB) * (1 + 1e-7);
        const chances = all.map((x) => chanceOf(x, a + b, ofA, ofB)).filter((chance) => chance <= seen);
        const naive = chances.reduce((sum, chance) => sum + chance, 0);
        expect(fisherExact(a, ofA, b, ofB)).toBeCloseTo(Math.min(1, naive), 9);
      }),
    );
  });

  it('ends even if a file claims an absurd number of attempts', () => {
    expect(fisherExact(0, 2 ** 50, 2 ** 49, 2 ** 50)).toBeLessThan(1e-9);
  });
});

describe('the difference of two shares', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), 873, table II, method 10, at 95 %.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [10, 10, 0, 20, 0.6791, 1],
  ])('%d of %d less %d of %d', (b, ofB, a, ofA, low, high) => {
    const got = differenceInterval(proportionInterval(a, ofA, 0.05), proportionInterval(b, ofB, 0.05));
    expect(got.low).toBeCloseTo(low, 4);
    expect(got.high).toBeCloseTo(high, 4);
  });
});

describe('a sample', () => {
  it('returns its values by rank, as sorting does', () => {
    fc.assert(
      fc.property(times, (values) => {
        const sample = countsOf(values);
        const sorted = [...values].sort((x, y) => x - y);
        sorted.forEach((value, i) => expect(valueAtRank(sample, i + 1)).toBe(value));
        expect(quantile(sample, 0.5)).toBe(sorted[Math.ceil(sorted.length / 2) - 1]);
      }),
    );
  });

  it('has the probability of superiority that counting all pairs returns', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const pairs = a.flatMap((x) => b.map((y): number => (y > x ? 1 : y === x ? 0.5 : 0)));
        const naive = pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length;
        expect(probabilityOfSuperiority(countsOf(a), countsOf(b))).toBeCloseTo(naive, 10);
      }),
    );
  });
});

describe('quantileInterval', () => {
  const upTo = (n: number) => countsOf(Array.from({ length: n }, (_, i) => i + 1));

  // W. J. Conover, Practical Nonparametric Statistics, and any table of the binomial: ranks of the median at 95 %.
  it.each([
    [10, 2, 9],
    [20, 6, 15],
    [50, 18, 33],
    [100, 40, 61],
  ])('the median of %d lies between ranks %d and %d', (n, low, high) => {
    expect(quantileInterval(upTo(n), 0.5, 0.05)).toMatchObject({ lowUs: low, highUs: high });
  });

  it('has no limit with too few values', () => {
    expect(quantileInterval(upTo(5), 0.5, 0.05)).toMatchObject({ lowUs: 0, highUs: Number.POSITIVE_INFINITY });
    expect(quantileInterval(upTo(28), 0.9, 0.05)).toMatchObject({ highUs: Number.POSITIVE_INFINITY });
    const first = samplesForInterval(0.9, 0.05);
    expect(quantileInterval(upTo(first), 0.9, 0.05).highUs).toBe(first);
    expect(quantileInterval(upTo(first - 1), 0.9, 0.05).highUs).toBe(Number.POSITIVE_INFINITY);
  });

  it('of a run that drifts is wide, and still excludes distant values', () => {
    const drifting = quantileInterval(upTo(60), 0.5, 0.001, 6);
    expect(drifting.lowUs).toBe(0);
    expect(drifting.highUs).toBeGreaterThan(100);
    expect(drifting.highUs).toBeLessThan(1000);
    expect(quantileInterval(upTo(60), 0.9, 0.001, 6).highUs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is wider for correlated values, and never narrower than for independent ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.double({ min: 1, max: 30, noNaN: true }), (n, by) => {
        const whole = quantileInterval(upTo(n), 0.5, 0.01);
        const fewer = quantileInterval(upTo(n), 0.5, 0.01, by);
        expect(fewer.lowUs).toBeLessThanOrEqual(whole.lowUs);
        expect(fewer.highUs).toBeGreaterThanOrEqual(whole.highUs);
      }),
    );
  });
});

describe('samplesNeeded', () => {
  it('is the classical figure: 2 (1.96 + 0.84)^2 for a difference as large as the scatter', () => {
    // Intervals of a mean of 100 with a scatter of 1 reach 1.96 / 10 to each side.
    const side = { count: 100, half: 0.1959964 };
    expect(samplesNeeded(side, side, 1, 0.05)).toBe(16);
    expect(samplesNeeded(side, side, 0.1, 0.05)).toBe(1570);
  });
});

describe('autocorrelationFactor', () => {
  it('of noise is close to 1', () => {
    const next = random(7);
    const all = Array.from({ length: 200 }, () =>
      autocorrelationFactor(Array.from({ length: 200 }, () => (next() < 0.5 ? 1 : 0))),
    );
    expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeLessThan(1.25);
  });

  it.each([0.5, 0.8, 0.9])('of a chain that keeps its state with probability %d is as in theory', (stays) => {
    const next = random(11);
    let now = 0;
    // It moves on to either value with the rest of the chance: the correlation at lag k is stays^k.
    const chain = Array.from({ length: 20_000 }, () => (now = next() < stays ? now : next() < 0.5 ? 1 : 0));
    const theory = (1 + stays) / (1 - stays);
    expect(autocorrelationFactor(chain) / theory).toBeGreaterThan(0.8);
    expect(autocorrelationFactor(chain) / theory).toBeLessThan(1.25);
  });

  it('of a constant series, and of a short one, is 1', () => {
    expect(autocorrelationFactor(Array.from({ length: 100 }, () => 1))).toBe(1);
    expect(autocorrelationFactor([1, 1, 1, 0, 0, 0])).toBe(1);
  });
});
