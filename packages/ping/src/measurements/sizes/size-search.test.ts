import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SizeProbe, SizeSearch } from './size-search.js';
import type { SizeLimit } from '../../report/sizes-report.js';

const SIZES = [1, 512, 1400, 1500, 4000, 16_000, 64_000, 1_000_000, 4_000_000];

/** Runs a search over a path that lets these sizes pass; `nth` counts how often a size was tried before. */
function search(
  passes: (size: number, nth: number) => boolean,
  sizes = SIZES,
): { limit: SizeLimit; probes: SizeProbe[] } {
  const sizeSearch = new SizeSearch(sizes);
  const probes: SizeProbe[] = [];
  for (let probe = sizeSearch.next; probe !== undefined; probe = sizeSearch.next) {
    const { sizeBytes } = probe;
    const nth = probes.filter((one) => one.sizeBytes === sizeBytes).length;
    probes.push(probe);
    sizeSearch.record(passes(sizeBytes, nth) ? 'ok' : 'failed');
    if (probes.length > 200) throw new Error('does not end');
  }
  return { limit: sizeSearch.result, probes };
}

describe('the search for a size', () => {
  it('tries each size once where all pass', () => {
    const { limit, probes } = search(() => true);
    expect(probes).toEqual(SIZES.map((sizeBytes) => ({ sizeBytes, why: 'ladder' })));
    expect(limit).toEqual({ largestOkBytes: 4_000_000, inconsistent: [], complete: true });
  });

  it('finds any limit, with the stated precision and in a bounded number of steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000 }), (limitBytes) => {
        const { limit, probes } = search((size) => size < limitBytes);
        const { largestOkBytes = 0, smallestFailedBytes = Number.NaN } = limit;
        expect(largestOkBytes).toBeLessThan(limitBytes);
        expect(smallestFailedBytes).toBeGreaterThanOrEqual(limitBytes);
        // Trying every size would find limitBytes - 1 and limitBytes.
        expect(smallestFailedBytes - largestOkBytes).toBeLessThanOrEqual(Math.max(16, smallestFailedBytes / 64));
        expect(limit).toMatchObject({ inconsistent: [], complete: true });
        expect(probes.length).toBeLessThanOrEqual(SIZES.length + 2 + 12 + 2);
      }),
    );
  });

  it('finds a limit in any list of sizes', () => {
    const lists = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 30 }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (sizes, share) => {
        const ascending = sizes.sort((a, b) => a - b);
        const limitBytes = Math.max(1, Math.round(share * (ascending.at(-1) ?? 1)));
        const { limit } = search((size) => size < limitBytes, ascending);
        expect(limit.largestOkBytes ?? 0).toBeLessThan(limitBytes);
        expect(limit.smallestFailedBytes).toBeGreaterThanOrEqual(limitBytes);
      }),
    );
  });

  it('does not take a chance loss for a limit', () => {
    const { limit, probes } = search((size, nth) => size !== 4000 || nth > 0);
    expect(limit).toEqual({ largestOkBytes: 4_000_000, inconsistent: [4000], complete: true });
    expect(probes.filter(({ why }) => why !== 'ladder')).toEqual([{ sizeBytes: 4000, why: 'again' }]);
  });

  it('does not take a size for a limit that fails twice below one that passes', () => {
    const { limit } = search((size) => size !== 4000);
    expect(limit).toEqual({ largestOkBytes: 4_000_000, inconsistent: [4000], complete: true });
  });

  it('reports a bound of the limit with a different result the second time', () => {
    const { limit } = search((size, nth) => size < 2000 || nth >= 2);
    const { smallestFailedBytes = 0 } = limit;
    expect(limit.inconsistent).toEqual([]);
    const { limit: other } = search((size, nth) => size < 2000 || (size === smallestFailedBytes && nth === 1));
    expect(other).toMatchObject({ inconsistent: [smallestFailedBytes], complete: true });
  });

  it('reports that no size passes', () => {
    const { limit } = search(() => false);
    expect(limit).toEqual({ smallestFailedBytes: 1, inconsistent: [], complete: true });
  });

  it('has a result before its end', () => {
    const sizeSearch = new SizeSearch(SIZES);
    sizeSearch.record('ok');
    sizeSearch.record('ok');
    expect(sizeSearch.result).toEqual({ largestOkBytes: 512, inconsistent: [], complete: false });
  });
});
