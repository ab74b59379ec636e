/** Up to this many durations are kept as they are: a histogram takes 116 KB, whatever it counts. */
export const FEW_MAX = 32;

/** HdrHistogram with three significant digits: durations below this have a bucket each. */
const EXACT_BELOW = 2048;

/** From there on, the buckets of each doubling. */
const BUCKETS_OF_DOUBLING = 1024;

/** Cookies of HdrHistogram's V2 form, and of that form compressed. */
const COOKIE = 0x1c849313;
const COMPRESSED_COOKIE = 0x1c849314;
const HEAD_BYTES = 40;

/** Nearest rank among durations in ascending order: the longest duration of its HdrHistogram bucket, up to the maximum. */
export function percentileOf(sortedUs: readonly number[], percentile: number): number {
  // A product such as 0.07 * 100 may be a little larger than the exact integer.
  const rank = Math.max(1, Math.ceil((percentile / 100) * sortedUs.length - 1e-9));
  const us = sortedUs[rank - 1] ?? 0;
  const width = us < EXACT_BELOW ? 1 : 2 ** doublingOf(us);
  return Math.min((Math.floor(us / width) + 1) * width - 1, sortedUs.at(-1) ?? 0);
}

/** Encodes durations in ascending order in HdrHistogram's compressed form (V2, base64), with any reader's limit. */
export function encodeHistogram(sortedUs: readonly number[], highestUs: number): string {
  const counts = encodeCounts(sortedUs);
  const plain = Buffer.alloc(HEAD_BYTES + counts.length);
  plain.writeInt32BE(COOKIE, 0);
  plain.writeInt32BE(counts.length, 4);
  // The offset of indexes, which readers of this form ignore.
  plain.writeInt32BE(1, 8);
  plain.writeInt32BE(3, 12);
  plain.writeBigInt64BE(1n, 16);
  plain.writeBigInt64BE(BigInt(highestUs), 24);
  plain.writeBigInt64BE(1n, 32);
  plain.set(counts, HEAD_BYTES);
  const stored = storeAsZlib(plain);
  const head = Buffer.alloc(8);
  head.writeInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(stored.length, 4);
  return Buffer.concat([head, stored]).toString('base64');
}

/** The count of each bucket, and between them the number of empty ones as a negative number: ZigZag, LEB128. */
function encodeCounts(sortedUs: readonly number[]): Buffer {
  const bytes: number[] = [];
  const put = (value: number): void => {
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    bytes.push(rest);
  };
  let next = 0;
  // Not even the first bucket has a count.
  if (sortedUs.length === 0) put(0);
  for (let at = 0; at < sortedUs.length; ) {
    const bucket = bucketOf(sortedUs[at] ?? 0);
    const first = at;
    while (at < sortedUs.length && bucketOf(sortedUs[at] ?? 0) === bucket) at++;
    if (bucket > next) put(bucket === next + 1 ? 0 : next - bucket);
    put(at - first);
    next = bucket + 1;
  }
  return Buffer.from(bytes);
}

function doublingOf(us: number): number {
  return Math.floor(Math.log2(us)) - 10;
}

function bucketOf(us: number): number {
  if (us < EXACT_BELOW) return us;
  const doubling = doublingOf(us);
  return doubling * BUCKETS_OF_DOUBLING + Math.floor(us / 2 ** doubling);
}

/** A zlib stream of one stored block (RFC 1950, 1951): starting a compressor costs more than it saves of 50 bytes. */
function storeAsZlib(bytes: Buffer): Buffer {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  const stored = Buffer.alloc(bytes.length + 11);
  stored.set([0x78, 0x01, 0x01]);
  stored.writeUInt16LE(bytes.length, 3);
  stored.writeUInt16LE(~bytes.length & 0xffff, 5);
  stored.set(bytes, 7);
  stored.writeUInt32BE(b * 65536 + a, bytes.length + 7);
  return stored;
}
