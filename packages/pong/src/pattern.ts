/** A prime, so that no block size of the way (records, pages, powers of two) is a multiple of it. */
const PERIOD = 251;

/** Just under a TLS record (16,384 bytes), and whole periods, so that one buffer serves for every chunk. */
const CHUNK = Buffer.alloc(
  65 * PERIOD,
  Uint8Array.from({ length: PERIOD }, (_, index) => index),
);

/** What Download answers: the byte at an offset is the offset modulo 251. Lost or doubled blocks show wherever one looks. */
export function* pattern(lengthBytes: number): Generator<Buffer, void> {
  for (let sent = 0; sent < lengthBytes; sent += CHUNK.length) {
    yield CHUNK.subarray(0, Math.min(CHUNK.length, lengthBytes - sent));
  }
}
