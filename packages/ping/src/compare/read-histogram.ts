import { inflateSync } from 'node:zlib';
import { type Sample, sampleOf } from './statistics/estimates.js';

/** One of ours that spans an hour and is full in every bucket has some 24,000 counts, of up to nine bytes. */
const PLAIN_BYTES_MOST = 1_000_000;
const TEXT_CHARS_MOST = 1_400_000;

/** The compressed form's own head (cookie, length), and the plain one's (cookie, length, offset, digits, lowest, highest, ratio). */
const COMPRESSED_HEAD_BYTES = 8;
const PLAIN_HEAD_BYTES = 40;

/** What the plain form begins with; half a byte of it says how wide its words are. */
const COOKIE = 0x1c849303;
const COOKIE_MASK = ~0xf0;

/** Times are at most an hour; the library rounds its range up. */
const VALUE_MOST = 2 ** 40;

/**
 * The times in an HdrHistogram in compressed form (V2, base64), microseconds. Read here and not by the library, which
 * believes whatever lengths the file gives, and goes on for hours.
 * @throws Error when it is none.
 */
export function readHistogram(text: string): Sample {
  if (text.length > TEXT_CHARS_MOST) throw new Error('too long');
  const compressed = Buffer.from(text, 'base64').subarray(COMPRESSED_HEAD_BYTES);
  const plain = inflateSync(compressed, { maxOutputLength: PLAIN_BYTES_MOST });
  if (plain.length < PLAIN_HEAD_BYTES || (plain.readInt32BE(0) & COOKIE_MASK) !== COOKIE)
    throw new Error('no histogram');
  const [sizeBytes, digits, lowest] = [plain.readInt32BE(4), plain.readInt32BE(12), plain.readBigInt64BE(16)];
  if (sizeBytes < 0 || sizeBytes > plain.length - PLAIN_HEAD_BYTES) throw new Error('cut short');
  if (digits < 1 || digits > 3 || lowest !== 1n) throw new Error('not ours');
  return sampleOf(counts(plain.subarray(PLAIN_HEAD_BYTES, PLAIN_HEAD_BYTES + sizeBytes), digits));
}

/** Counts of buckets one after the other; a negative one stands for so many empty buckets. */
function* counts(words: Buffer, digits: number): Generator<[valueUs: number, count: number]> {
  // The first half of the first so many buckets, and the second half of each doubling: single units up to 2 * 10^digits.
  const half = 2 ** (Math.ceil(Math.log2(2 * 10 ** digits)) - 1);
  let index = 0;
  for (const word of signedWords(words)) {
    if (word < 0) index -= word;
    else {
      const value = highestOf(index++, half);
      if (value > VALUE_MOST) throw new Error('out of range');
      if (word > 0) yield [value, word];
    }
  }
}

/** The greatest value that counts into a bucket. */
function highestOf(index: number, half: number): number {
  const doubling = Math.max(0, Math.floor(index / half) - 1);
  return (index - doubling * half + 1) * 2 ** doubling - 1;
}

/** ZigZag LEB128: seven bits a byte, the least first, the eighth says that more follow; the lowest bit is the sign. */
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
