import { inflateSync } from 'node:zlib';
import { decodeFromCompressedBase64, JsHistogram } from 'hdr-histogram-js';
import { type Sample, sampleOf } from './statistics/sample.js';

/** One of ours that spans an hour and is full in every bucket has some 24,000 counts, of up to nine bytes. */
const PLAIN_BYTES_MOST = 1_000_000;
const TEXT_CHARS_MOST = 1_400_000;

/** The compressed form's own head (cookie, length), and the plain one's (cookie, length, offset, digits, lowest, highest, ratio). */
const COMPRESSED_HEAD_BYTES = 8;
const PLAIN_HEAD_BYTES = 40;

/**
 * The times in an HdrHistogram in compressed form (V2, base64). The decoder believes what the head says of lengths, so
 * that is looked at first.
 * @throws Error when it is none.
 */
export function readHistogram(text: string): Sample {
  if (text.length > TEXT_CHARS_MOST) throw new Error('too long');
  const compressed = Buffer.from(text, 'base64').subarray(COMPRESSED_HEAD_BYTES);
  const plain = inflateSync(compressed, { maxOutputLength: PLAIN_BYTES_MOST });
  if (plain.length < PLAIN_HEAD_BYTES || plain.readInt32BE(4) > plain.length - PLAIN_HEAD_BYTES)
    throw new Error('cut short');
  const digits = plain.readInt32BE(12);
  if (digits < 1 || digits > 3) throw new Error('not ours');
  const histogram = decodeFromCompressedBase64(text);
  // Without WebAssembly, which nobody switches on here, it always is one.
  if (!(histogram instanceof JsHistogram)) throw new Error('not ours');
  const counts: [number, number][] = [];
  const iterator = histogram.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    counts.push([valueIteratedTo, countAtValueIteratedTo]);
  }
  return sampleOf(counts);
}
