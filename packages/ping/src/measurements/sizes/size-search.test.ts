import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SizeProbe, SizeSearch } from './size-search.js';
import type { SizeLimit } from '../../report/sizes-report.js';

const LADDER = [1, 512, 1400, 1500, 4000, 16_000, 64_000, 1_000_000, 4_000_000];

/** Search a way that lets these sizes pass; `nth` counts how often a size has been tried. */
function searched(
  passes: (size: number, nth: number) => boolean,
  ladder = LADDER,
): { found: SizeLimit; rungs: SizeProbe[] } {
  const search = new SizeSearch(ladder);
  const rungs: SizeProbe[] = [];
  for (let rung = search.next; rung !== undefined; rung = search.next) {
    const { sizeBytes } = rung;
    const nth = rungs.filter((one) => one.sizeBytes === sizeBytes).length;
    rungs.push(rung);
    search.record(passes(sizeBytes, nth) ? 'ok' : 'failed');
    if (rungs.length > 200) throw new Error('does not end');
  }
  return { found: search.result, rungs };
}

describe('the search for a size', () => {
  it('tries each size once where all pass', () => {
    const { found, rungs } = searched(() => true);
    expect(rungs).toEqual(LADDER.map((sizeBytes) => ({ sizeBytes, why: 'ladder' })));
    expect(found).toEqual({ largestOkBytes: 4_000_000, inconsistent: [], complete: true });
  });

  it('finds any limit, no less exactly than trying every size would, in a bounded number of steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000 }), (limit) => {
        const { found, rungs } = searched((size) => size < limit);
        const { largestOkBytes = 0, smallestFailedBytes = Number.NaN } = found;
        expect(largestOkBytes).toBeLessThan(limit);
        expect(smallestFailedBytes).toBeGreaterThanOrEqual(limit);
        // What trying every size gives is (limit - 1, limit).
        expect(smallestFailedBytes - largestOkBytes).toBeLessThanOrEqual(Math.max(16, smallestFailedBytes / 64));
        expect(found).toMatchObject({ inconsistent: [], complete: true });
        expect(rungs.length).toBeLessThanOrEqual(LADDER.length + 2 + 12 + 2);
      }),
    );
  });

  it('finds a limit on any ladder', () => {
    const ladders = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 30 }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(ladders, fc.double({ min: 0, max: 1, noNaN: true }), (sizes, share) => {
        const ladder = sizes.sort((a, b) => a - b);
        const most = ladder.at(-1) ?? 1;
        const limit = Math.max(1, Math.round(share * most));
        const { largestOkBytes, smallestFailedBytes = Number.NaN } = searched((size) => size < limit, ladder).found;
        expect(largestOkBytes ?? 0).toBeLessThan(limit);
        expect(smallestFailedBytes).toBeGreaterThanOrEqual(limit);
      }),
    );
  });

  it('takes a loss by chance for no limit', () => {
    const { found, rungs } = searched((size, nth) => size !== 4000 || nth > 0);
    expect(found).toEqual({ largestOkBytes: 4_000_000, inconsistent: [4000], complete: true });
    expect(rungs.filter(({ why }) => why !== 'ladder')).toEqual([{ sizeBytes: 4000, why: 'again' }]);
  });

  it('takes a size for no limit that fails twice below one that passes', () => {
    const { found } = searched((size) => size !== 4000);
    expect(found).toEqual({ largestOkBytes: 4_000_000, inconsistent: [4000], complete: true });
  });

  it('says where a bound of the limit comes out differently the second time', () => {
    const { found } = searched((size, nth) => size < 2000 || nth >= 2);
    const { smallestFailedBytes = 0 } = found;
    expect(found.inconsistent).toEqual([]);
    const { found: other } = searched((size, nth) => size < 2000 || (size === smallestFailedBytes && nth === 1));
    expect(other).toMatchObject({ inconsistent: [smallestFailedBytes], complete: true });
  });

  it('says so where nothing passes', () => {
    const { found } = searched(() => false);
    expect(found).toEqual({ smallestFailedBytes: 1, inconsistent: [], complete: true });
  });

  it('tells what it knows before its end', () => {
    const search = new SizeSearch(LADDER);
    search.record('ok');
    search.record('ok');
    expect(search.result).toEqual({ largestOkBytes: 512, inconsistent: [], complete: false });
  });
});
