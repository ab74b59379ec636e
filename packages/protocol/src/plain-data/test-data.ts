/** A prime, so that no block size on the path (records, pages, powers of two) is a multiple of it. */
const PERIOD = 251;

/** Four full TLS records a write: below that the writes cost more than the bytes, above it nothing is gained. */
const CHUNK_BYTES = 64 * 1024;

/** A chunk from every place of the period: all chunks are views of it, and pieces are compared with it. */
const BLOCK = Buffer.alloc(
  CHUNK_BYTES + PERIOD,
  Uint8Array.from({ length: PERIOD }, (_, index) => index),
);

/** The pattern from an offset on, at most `mostBytes` of it. */
function patternAt(offset: number, mostBytes: number): Buffer {
  const phase = offset % PERIOD;
  return BLOCK.subarray(phase, phase + Math.min(CHUNK_BYTES, mostBytes));
}

/**
 * What is uploaded and downloaded: the byte at an offset is the offset modulo 251. Lost, doubled or changed blocks show
 * wherever one looks. In chunks that stay as they are, whatever the length.
 */
export function* testData(lengthBytes: number): Generator<Buffer, void> {
  for (let offset = 0; offset < lengthBytes; offset += CHUNK_BYTES) yield patternAt(offset, lengthBytes - offset);
}

/** Whether what comes is the pattern, piece by piece, whatever the pieces. */
export class TestDataVerifier {
  #countedBytes = 0;
  #differsAt: number | undefined;

  /** All bytes that came. */
  get countedBytes(): number {
    return this.#countedBytes;
  }

  /** The offset of the first byte that is not the pattern's; undefined while all are. */
  get differsAt(): number | undefined {
    return this.#differsAt;
  }

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length && this.#differsAt === undefined; at += CHUNK_BYTES) {
      const part = piece.subarray(at, at + CHUNK_BYTES);
      const expected = patternAt(this.#countedBytes + at, part.length);
      if (part.equals(expected)) continue;
      this.#differsAt = this.#countedBytes + at + part.findIndex((byte, index) => byte !== expected[index]);
    }
    this.#countedBytes += piece.length;
  }
}
