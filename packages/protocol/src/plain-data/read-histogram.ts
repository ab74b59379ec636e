import { inflateSync } from 'node:zlib';
import type { BucketCount } from './histogram.js';

/** A histogram of this program that spans an hour with every bucket in use has about 24,000 counts of up to nine bytes. */
const MAX_PLAIN_BYTES = 1_000_000;

/** The same in base64, which takes four characters for three bytes. */
export const HISTOGRAM_MAX_CHARS = 1_400_000;

/** The header of the compressed form (cookie, length), and that of the plain form (cookie, length, offset, digits, lowest, highest, ratio). */
const COMPRESSED_HEAD_BYTES = 8;
const PLAIN_HEAD_BYTES = 40;

/** The first word of the plain form; four bits of it are the word size. */
const COOKIE = 0x1c849303;
const COOKIE_MASK = ~0xf0;

/** Times are at most an hour; the library rounds its range up. */
const MAX_VALUE = 2 ** 40;

/**
 * The buckets with a count of an HdrHistogram in compressed form (V2, base64), ascending, from a file that may hold
 * anything. The library is not used, because it trusts the lengths in the file and can run for hours.
 * @throws Error for any other text.
 */
export function readBuckets(text: string): BucketCount[] {
  if (text.length > HISTOGRAM_MAX_CHARS) throw new Error('too long');
  const compressed = Buffer.from(text, 'base64').subarray(COMPRESSED_HEAD_BYTES);
  const plain = inflateSync(compressed, { maxOutputLength: MAX_PLAIN_BYTES });
  if (plain.length < PLAIN_HEAD_BYTES || (plain.readInt32BE(0) & COOKIE_MASK) !== COOKIE)
    throw new Error('not a histogram');
  const [sizeBytes, digits, lowest] = [plain.readInt32BE(4), plain.readInt32BE(12), plain.readBigInt64BE(16)];
  if (sizeBytes < 0 || sizeBytes > plain.length - PLAIN_HEAD_BYTES) throw new Error('cut short');
  if (digits < 1 || digits > 3 || lowest !== 1n) throw new Error('other parameters');
  return [...counts(plain.subarray(PLAIN_HEAD_BYTES, PLAIN_HEAD_BYTES + sizeBytes), digits)];
}

/** The counts of consecutive buckets; a negative number means that many empty buckets. */
function* counts(words: Buffer, digits: number): Generator<BucketCount> {
  // Half the buckets of a doubling: single units up to 2 * 10^digits, then each doubling adds half as many buckets.
  const half = 2 ** (Math.ceil(Math.log2(2 * 10 ** digits)) - 1);
  let index = 0;
  for (const word of signedWords(words)) {
    if (word < 0) index -= word;
    else {
      const us = highestOf(index++, half);
      if (us > MAX_VALUE) throw new Error('out of range');
      if (word > 0) yield { us, count: word };
    }
  }
}

/** The highest value that belongs to a bucket. */
function highestOf(index: number, half: number): number {
  const doubling = Math.max(0, Math.floor(index / half) - 1);
  return (index - doubling * half + 1) * 2 ** doubling - 1;
}

/** ZigZag LEB128: seven bits per byte, the lowest first; the eighth bit means more follow; the lowest bit is the sign. */
function* signedWords(bytes: Buffer): Generator<number> {
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (value > Number.MAX_SAFE_INTEGER) throw new Error('out of range');
    if ((byte & 0x80) !== 0) continue;
    yield value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    value = 0;
    factor = 1;
  }
  if (factor !== 1) throw new Error('cut short');
}
