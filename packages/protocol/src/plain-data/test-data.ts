/** A prime, so that no block size on the path (records, pages, powers of two) is a multiple of it. */
const PERIOD = 251;

/** Four full TLS records for each write: smaller writes cost more than their bytes, larger ones gain nothing. */
const CHUNK_BYTES = 64 * 1024;

/** The bytes of a chunk from any place of the period: all chunks are views of it, and pieces are compared with it. */
const BLOCK = Buffer.alloc(
  CHUNK_BYTES + PERIOD,
  Uint8Array.from({ length: PERIOD }, (_, index) => index),
);

/** The test data from an offset on, at most `mostBytes` of it. */
function testDataAt(offset: number, mostBytes: number): Buffer {
  const phase = offset % PERIOD;
  return BLOCK.subarray(phase, phase + Math.min(CHUNK_BYTES, mostBytes));
}

/**
 * The data that is uploaded and downloaded: the byte at an offset is the offset modulo 251. Lost, repeated or changed
 * blocks show at any place. The chunks do not change later, whatever the length.
 */
export function* testData(lengthBytes: number): Generator<Buffer, void> {
  for (let offset = 0; offset < lengthBytes; offset += CHUNK_BYTES) yield testDataAt(offset, lengthBytes - offset);
}

/** Checks received bytes against the test data, piece by piece, whatever the pieces. */
export class TestDataVerifier {
  #countedBytes = 0;
  #differsAt: number | undefined;

  /** The number of bytes checked. */
  get countedBytes(): number {
    return this.#countedBytes;
  }

  /** The offset of the first wrong byte; undefined while all are right. */
  get differsAt(): number | undefined {
    return this.#differsAt;
  }

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length && this.#differsAt === undefined; at += CHUNK_BYTES) {
      const part = piece.subarray(at, at + CHUNK_BYTES);
      const expected = testDataAt(this.#countedBytes + at, part.length);
      if (part.equals(expected)) continue;
      this.#differsAt = this.#countedBytes + at + part.findIndex((byte, index) => byte !== expected[index]);
    }
    this.#countedBytes += piece.length;
  }
}
