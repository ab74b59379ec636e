import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testData, TestDataVerifier } from './test-data.js';

/** The pattern as its words say it. */
function naive(lengthBytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: lengthBytes }, (_, offset) => offset % 251));
}

/** Two chunks, a record and one byte. */
const LONG = 2 * 65_536 + 16_384 + 1;

describe('test data', () => {
  it.each([0, 1, 250, 251, 252, 65_535, 65_536, 65_537, LONG])('of %i bytes is each offset modulo 251', (length) => {
    expect(Buffer.concat([...testData(length)]).equals(naive(length))).toBe(true);
  });

  it('consists of chunks that later ones do not change', () => {
    const chunks = [...testData(LONG)];
    expect(Buffer.concat(chunks).equals(naive(LONG))).toBe(true);
    expect(Math.max(...chunks.map(({ length }) => length))).toBe(65_536);
  });
});

describe('the verifier', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 8 });

  it('accepts test data in any pieces', () => {
    fc.assert(
      fc.property(lengths, (lengths) => {
        const all = naive(lengths.reduce((sum, length) => sum + length, 0));
        const check = new TestDataVerifier();
        let at = 0;
        for (const length of lengths) {
          check.add(all.subarray(at, at + length));
          at += length;
        }
        expect([check.countedBytes, check.differsAt]).toEqual([all.length, undefined]);
      }),
      { numRuns: 30 },
    );
  });

  it('finds the first changed byte wherever it is', () => {
    const bytes = fc.record({
      at: fc.nat(LONG - 1),
      also: fc.nat(LONG - 1),
      by: fc.integer({ min: 1, max: 255 }),
      cut: fc.integer({ min: 1, max: LONG }),
    });
    fc.assert(
      fc.property(bytes, ({ at, also, by, cut }) => {
        const changed = naive(LONG);
        changed[at] = ((changed[at] ?? 0) + by) % 256;
        if (also > at) changed[also] = ((changed[also] ?? 0) + by) % 256;
        const check = new TestDataVerifier();
        for (let from = 0; from < LONG; from += cut) check.add(changed.subarray(from, from + cut));
        expect([check.countedBytes, check.differsAt]).toEqual([LONG, at]);
      }),
    );
  });

  it('finds a change at every single offset of a period and around the edge of a chunk', () => {
    const near = (offset: number): number[] => Array.from({ length: 8 }, (_, index) => offset - 4 + index);
    for (const at of [...Array.from({ length: 252 }, (_, index) => index), ...near(65_536), LONG - 1]) {
      const changed = naive(LONG);
      changed[at] = ((changed[at] ?? 0) + 1) % 256;
      const check = new TestDataVerifier();
      check.add(changed);
      expect(check.differsAt).toBe(at);
    }
  });

  it.each([1, 251, 4096, 16_384])(
    'finds %i bytes that were lost, doubled or swapped, but for whole periods',
    (block) => {
      const whole = naive(LONG);
      const lost = Buffer.concat([whole.subarray(0, 20_000), whole.subarray(20_000 + block)]);
      const check = new TestDataVerifier();
      check.add(lost);
      // A loss of a multiple of the period leaves no trace in the bytes, but in their number.
      expect(check.differsAt).toBe(block === 251 ? undefined : 20_000);
      expect(check.countedBytes).toBe(LONG - block);
    },
  );
});
