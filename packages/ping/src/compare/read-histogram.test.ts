import { DurationHistogram } from 'tentacle-protocol/cli';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { readHistogram } from './read-histogram.js';
import { quantile } from './statistics/estimates.js';

function histogram(values: readonly number[]): string {
  const stats = new DurationHistogram();
  for (const value of values) stats.add(value);
  return stats.figures.histogram;
}

/** The plain form packed again, with its head's length as it should be. */
function packed(plain: Buffer): string {
  const body = deflateSync(plain);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849314, 0);
  head.writeInt32BE(body.length, 4);
  return Buffer.concat([head, body]).toString('base64');
}

const plainOf = (text: string): Buffer => inflateSync(Buffer.from(text, 'base64').subarray(8));

describe('readHistogram', () => {
  it('returns the counted values, within a thousandth', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 200 }), (values) => {
        const sample = readHistogram(histogram(values));
        const sorted = [...values].sort((a, b) => a - b);
        expect(sample.count).toBe(values.length);
        const middle = sorted[Math.ceil(values.length / 2) - 1] ?? 0;
        expect(Math.abs(quantile(sample, 0.5) - middle)).toBeLessThanOrEqual(Math.max(1, middle / 1000));
        const read = decodeFromCompressedBase64(histogram(values));
        for (const p of [10, 50, 90, 99, 100]) expect(quantile(sample, p / 100)).toBe(read.getValueAtPercentile(p));
      }),
    );
  });

  const plain = plainOf(histogram([1000, 2000, 3000]));
  const changed = (at: number, value: number): string => {
    const copy = Buffer.from(plain);
    copy.writeInt32BE(value, at);
    return packed(copy);
  };

  it.each([
    ['nothing', ''],
    ['no base64', '????'],
    ['noise', Buffer.from('noise, and some more of it').toString('base64')],
    ['a length beyond its end', changed(4, 2 ** 31 - 1)],
    ['digits that would take all memory', changed(12, 5)],
    ['a form that is another', changed(0, 0x1c849301)],
    ['more than an hour at a microsecond', packed(Buffer.alloc(2_000_000))],
    ['a text that is too long', 'A'.repeat(2_000_000)],
  ])('throws at %s', (_, text) => {
    expect(() => readHistogram(text)).toThrow();
  });

  it('whatever is changed in it, it ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const copy = Buffer.from(plain);
          for (const [at, value] of changes) copy[at] = value;
          try {
            const { count, upTo } = readHistogram(packed(copy));
            expect(upTo.at(-1) ?? 0).toBe(count);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
