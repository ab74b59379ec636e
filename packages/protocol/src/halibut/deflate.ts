import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, zlibInflate, zlibInflateInit2, ZStream } from 'pako';
import { type Reservation, UNLIMITED } from './memory-budget.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import { EVIDENCE_MAX_BYTES, WireError } from './wire-error.js';

/** One inflated message, and its length on the wire. */
export interface Inflated {
  readonly bytes: Buffer;
  /** The length of the DEFLATE stream alone, without the bytes behind it. */
  readonly compressedBytes: number;
}

/**
 * The longest message that is sent as one stored block: the bytes unchanged, which is valid DEFLATE too. With TLS around
 * it, it is one packet on any path either way. Compressing and inflating it took 100 us of a round trip of 600 us at each
 * end, nearly all of it to set up zlib.
 */
const STORED_MAX_BYTES = 1024;

/** The first three bits of a block: last one (1), stored (00). The rest of that byte is padding. */
const BLOCK_BITS = 0b111;
const LAST_STORED_BLOCK = 0b001;
const STORED_BLOCK = 0b000;
/** The length of a stored block's head: that byte, the length, and the length inverted, both little-endian. */
const STORED_HEAD_BYTES = 5;
const STORED_BLOCK_MAX_BYTES = 0xffff;

/** To compress a longer message takes more than a millisecond, the time of a handshake: it is not done in the event loop. */
const LARGE_MESSAGE_BYTES = 32 * 1024;

/**
 * A part from the middle of a large message is compressed first, in 0.1 ms. Where that saves less than a twentieth, the
 * message is stored: random bytes take zlib 20 to 60 ms a megabyte, and become longer.
 */
const SAMPLE_BYTES = 4096;
const SAMPLE_SAVES = 0.05;

/** Of a large message: for records as JSON, a third of the time of the usual level, and a twentieth more bytes. */
const LARGE_LEVEL = 1;

/**
 * The `chunkSize` for small messages. zlib allocates its output in pieces of this size, 16 KiB by default. Measured on requests, responses and null
 * messages: 22, 18 and 12 us to deflate and 9, 8 and 4 us to inflate with 16 KiB; 20, 14, 6 and 6, 5, 3 us with 1 KiB.
 * The other settings (memLevel, windowBits, level) have no measurable effect at these sizes.
 */
const SMALL_CHUNK_BYTES = 1024;
/** The longest message for which small pieces are faster; for 75 KB they cost a tenth more. */
const SMALL_INPUT_BYTES = 4096;
const LARGE_CHUNK_BYTES = 16 * 1024;

/** The largest read from the source: one TLS record. */
const READ_BYTES = 16 * 1024;

/**
 * A stream may be longer than what it inflates to, by stored blocks (5 bytes each) and block headers (some 300 bytes),
 * but never by much for long: zlib's own worst case is 1.14. Empty blocks alone could continue forever without output.
 */
const MAX_EXPANSION = 2;
const EXPANSION_SLACK_BYTES = 64 * 1024;

/** The memory that a message may use without a reservation: enough for the usual requests of a server or ping. */
const UNSHARED_BYTES = 1024;

/** The window of raw DEFLATE: the largest, negative for "no zlib header". */
const RAW_WINDOW_BITS = -15;

/** Encodes `bytes` as one raw DEFLATE stream, compressed if that may save a packet. */
export function deflateMessage(bytes: Uint8Array): Buffer {
  return isWorthCompressing(bytes) ? compress(bytes) : stored(bytes);
}

/** Whether compressing `bytes` is work for {@link deflateLarge}. */
export function isLargeWork(bytes: Uint8Array): boolean {
  return bytes.length > LARGE_MESSAGE_BYTES && isWorthCompressing(bytes);
}

/** Compresses a large message to one raw DEFLATE stream, beside the event loop. */
export async function deflateLarge(bytes: Uint8Array): Promise<Buffer> {
  return deflateBeside(bytes, { level: LARGE_LEVEL, chunkSize: LARGE_CHUNK_BYTES });
}

const deflateBeside = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

function isWorthCompressing(bytes: Uint8Array): boolean {
  if (bytes.length <= STORED_MAX_BYTES) return false;
  if (bytes.length <= LARGE_MESSAGE_BYTES) return true;
  const from = Math.floor((bytes.length - SAMPLE_BYTES) / 2);
  return compress(bytes.subarray(from, from + SAMPLE_BYTES)).length < SAMPLE_BYTES * (1 - SAMPLE_SAVES);
}

/** Compresses `bytes` to one raw DEFLATE stream. Synchronous: for one message, the thread pool costs ten times the work. */
export function compress(bytes: Uint8Array): Buffer {
  return deflateRawSync(bytes, { chunkSize: chunkSizeFor(bytes.length) });
}

/**
 * Reads one raw DEFLATE stream, which has no length field, and leaves the bytes behind it in the source.
 * @throws WireError END_OF_STREAM or READ_TIMEOUT inside the stream (with the compressed bytes that had arrived), MALFORMED
 * when it is corrupt, TOO_LONG when it inflates to more than `maxInflatedBytes` or continues without output,
 * MEMORY_LIMIT_EXCEEDED when its `reservation` cannot grow.
 */
export async function inflateMessage(
  source: ByteReader,
  readRequest: ReadRequest,
  maxInflatedBytes: number,
  reservation: Reservation = UNLIMITED,
): Promise<Inflated> {
  let first = await source.readSome(readRequest, READ_BYTES);
  if (first === undefined) throw new WireError('END_OF_STREAM', readRequest.purpose, 'the stream ended before it');
  if (source.bufferedBytes > 0 && first.length < READ_BYTES) {
    // Joined, because a stream in two pieces that has arrived completely (as after a reader that read a first byte and
    // returned it) should not take the slow path.
    const more = await source.readExactly(Math.min(source.bufferedBytes, READ_BYTES - first.length), readRequest);
    first = Buffer.concat([first, more]);
  }
  const whole = storedIn(first, maxInflatedBytes) ?? inflateWhole(first, maxInflatedBytes);
  if (whole === undefined) return inflatePieces(source, first, readRequest, maxInflatedBytes, reservation);
  if (whole.bytes.length > UNSHARED_BYTES) reservation.reserve(whole.bytes.length, readRequest.purpose);
  source.unread(first.subarray(whole.compressedBytes));
  return whole;
}

/**
 * The message, if it has arrived as one stored block in one piece, which is how small ones arrive: without waiting for a turn. Undefined:
 * nothing was read, and {@link inflateMessage} reads it.
 */
export function inflateArrived(
  source: ByteReader,
  readRequest: ReadRequest,
  maxInflatedBytes: number,
  reservation: Reservation = UNLIMITED,
): Inflated | undefined {
  if (readRequest.deadline.hasPassed) return undefined;
  const chunk = source.takeArrived(READ_BYTES);
  if (chunk === undefined) return undefined;
  const whole = storedIn(chunk, maxInflatedBytes);
  source.unread(whole === undefined ? chunk : chunk.subarray(whole.compressedBytes));
  if (whole !== undefined && whole.bytes.length > UNSHARED_BYTES) {
    reservation.reserve(whole.bytes.length, readRequest.purpose);
  }
  return whole;
}

/** As stored blocks: one, or for a large message as many as it takes. */
function stored(bytes: Uint8Array): Buffer {
  const blocks = Math.max(1, Math.ceil(bytes.length / STORED_BLOCK_MAX_BYTES));
  const stream = Buffer.allocUnsafe(blocks * STORED_HEAD_BYTES + bytes.length);
  for (let block = 0, at = 0; block < blocks; block++) {
    const content = bytes.subarray(block * STORED_BLOCK_MAX_BYTES, (block + 1) * STORED_BLOCK_MAX_BYTES);
    stream[at] = block === blocks - 1 ? LAST_STORED_BLOCK : STORED_BLOCK;
    stream.writeUInt16LE(content.length, at + 1);
    stream.writeUInt16LE(~content.length & 0xffff, at + 3);
    stream.set(content, at + STORED_HEAD_BYTES);
    at += STORED_HEAD_BYTES + content.length;
  }
  return stream;
}

/** The stream, if it is one stored block and `chunk` holds all of it. For any other, zlib reports what is wrong. */
function storedIn(chunk: Buffer, maxInflatedBytes: number): Inflated | undefined {
  if (chunk.length < STORED_HEAD_BYTES || ((chunk[0] ?? 0) & BLOCK_BITS) !== LAST_STORED_BLOCK) return undefined;
  const length = chunk.readUInt16LE(1);
  if (chunk.readUInt16LE(3) !== (~length & 0xffff)) return undefined;
  const compressedBytes = STORED_HEAD_BYTES + length;
  if (compressedBytes > chunk.length || length > maxInflatedBytes) return undefined;
  return { bytes: chunk.subarray(STORED_HEAD_BYTES, compressedBytes), compressedBytes };
}

/**
 * The stream, if `chunk` holds all of it: 9 us for a request, against 65 by pieces. Cut, corrupt or too long: undefined,
 * and reading by pieces, from the same bytes again, finds out which.
 */
function inflateWhole(chunk: Buffer, maxInflatedBytes: number): Inflated | undefined {
  try {
    const { buffer, engine } = inflateRawSync(chunk, {
      info: true,
      maxOutputLength: maxInflatedBytes,
      chunkSize: chunkSizeFor(chunk.length),
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, compressedBytes: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** Inflates piece by piece, each once, so that the work is linear in the bytes, whatever the pieces. */
async function inflatePieces(
  source: ByteReader,
  first: Buffer,
  readRequest: ReadRequest,
  maxInflatedBytes: number,
  reservation: Reservation,
): Promise<Inflated> {
  const stream = new ZStream();
  zlibInflateInit2(stream, RAW_WINDOW_BITS);
  const output: Uint8Array[] = [];
  const head: Buffer[] = [];
  let headBytes = 0;
  const fail = (
    code: 'END_OF_STREAM' | 'MALFORMED' | 'READ_TIMEOUT' | 'TOO_LONG',
    detail: string,
    arrivedBytes: number,
  ) => new WireError(code, readRequest.purpose, detail, Buffer.concat(head), arrivedBytes);

  for (let piece: Buffer | undefined = first; ; ) {
    if (headBytes < EVIDENCE_MAX_BYTES) {
      head.push(piece);
      headBytes += piece.length;
    }
    const arrivedBytes = stream.total_in + piece.length;
    stream.input = piece;
    stream.next_in = 0;
    stream.avail_in = piece.length;
    do {
      if (stream.avail_out === 0) {
        const roomBytes = output.length === 0 ? UNSHARED_BYTES : LARGE_CHUNK_BYTES;
        if (output.length > 0) reservation.reserve(roomBytes, readRequest.purpose);
        stream.output = new Uint8Array(roomBytes);
        stream.next_out = 0;
        stream.avail_out = roomBytes;
        output.push(stream.output);
      }
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (stream.total_out > maxInflatedBytes) {
        throw fail('TOO_LONG', `inflates to more than ${maxInflatedBytes} bytes`, arrivedBytes);
      }
      if (status === Z_STREAM_END) {
        source.unread(piece.subarray(stream.next_in));
        return { bytes: Buffer.concat(output, stream.total_out), compressedBytes: stream.total_in };
      }
      // Z_BUF_ERROR means a lack of input or of output space, not a fault in the data.
      if (status !== Z_OK && status !== Z_BUF_ERROR) {
        throw fail(
          'MALFORMED',
          `not DEFLATE at byte ${stream.total_in}: ${stream.msg || `status ${status}`}`,
          arrivedBytes,
        );
      }
    } while (stream.avail_in > 0 || stream.avail_out === 0);
    if (stream.total_in > MAX_EXPANSION * stream.total_out + EXPANSION_SLACK_BYTES) {
      throw fail('TOO_LONG', `${stream.total_in} bytes of DEFLATE inflate to only ${stream.total_out}`, arrivedBytes);
    }
    try {
      piece = await source.readSome(readRequest, READ_BYTES);
    } catch (error) {
      if (!(error instanceof WireError) || error.code !== 'READ_TIMEOUT') throw error;
      const seconds = readRequest.deadline.spanUs / 1_000_000;
      throw fail(
        error.code,
        `the deadline of ${seconds} s was over after ${arrivedBytes} bytes of DEFLATE`,
        arrivedBytes,
      );
    }
    if (piece === undefined) {
      throw fail('END_OF_STREAM', `the stream ended after ${arrivedBytes} bytes of DEFLATE`, arrivedBytes);
    }
  }
}

function chunkSizeFor(inputBytes: number): number {
  return inputBytes <= SMALL_INPUT_BYTES ? SMALL_CHUNK_BYTES : LARGE_CHUNK_BYTES;
}
