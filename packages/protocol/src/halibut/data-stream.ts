import type { Deadline } from '../time/clock.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { DataStreamRef } from './bson-value.js';
import { GUID_BYTES, guidFromBytes, guidToBytes } from './guid.js';
import { WireError } from './wire-error.js';

/** A data stream to be sent. */
export interface OutgoingStream {
  /** GUID text, as in the message. */
  readonly id: string;
  /** The length of all chunks together. */
  readonly lengthBytes: number;
  /** The content. A chunk must not change until the one after the next is requested. */
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Called for each chunk after it has been passed to the system. */
  readonly onWritten?: (bytes: number) => void;
}

/** The length before and after the bytes: int64, little-endian. */
const LENGTH_BYTES = 8;

/** The largest piece that a reader receives: four TLS records. */
const PIECE_BYTES = 64 * 1024;

/**
 * Sends one data stream, after its message: id and length in a write of their own, a write for each chunk, the length
 * again. It holds at most two chunks.
 * @param deadline its span applies to each write: a stream is limited by its progress, whatever its length.
 * @throws Error when the chunks do not add up to `lengthBytes`, before the chunk that is too much is sent; with a single
 * chunk, before anything is sent. The peer cannot use a part of a stream, so the connection must then be closed.
 * @throws WireError WRITE_TIMEOUT when a write does not complete in that span.
 */
export async function writeDataStream(channel: Channel, stream: OutgoingStream, deadline: Deadline): Promise<void> {
  const { id, lengthBytes } = new DataStreamRef(stream.id, stream.lengthBytes);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigInt64LE(BigInt(lengthBytes));
  let suppliedBytes = 0;
  const write = (bytes: Uint8Array): Promise<void> => channel.write(bytes, deadline.again());
  // The head is sent with the first chunk, so that nothing is sent when that chunk is already too long or too short.
  const head = [Buffer.concat([guidToBytes(id), length])];
  const held: Uint8Array[] = [];
  const sendHeld = async (): Promise<void> => {
    for (const bytes of head.splice(0)) await write(bytes);
    for (const chunk of held.splice(0)) {
      await write(chunk);
      stream.onWritten?.(chunk.length);
    }
  };
  for await (const chunk of stream.chunks) {
    if (chunk.length === 0) continue;
    suppliedBytes += chunk.length;
    if (suppliedBytes > lengthBytes) {
      throw new Error(`data stream ${id} was announced with ${lengthBytes} bytes, but has ${suppliedBytes} or more`);
    }
    if (suppliedBytes > chunk.length) await sendHeld();
    held.push(chunk);
  }
  if (suppliedBytes < lengthBytes) {
    throw new Error(`data stream ${id} was announced with ${lengthBytes} bytes, but has ${suppliedBytes}`);
  }
  await sendHeld();
  await write(length);
}

/**
 * Reads the bytes of a data stream, in pieces as they arrive; nothing is read before it is requested. A reader that stops
 * early leaves the rest in the source. The span of the deadline applies to each piece: a stream is limited by its
 * progress, whatever its length.
 * @throws WireError MALFORMED when id or either length is not what `ref`, from the message, says; END_OF_STREAM or
 * READ_TIMEOUT before its end.
 */
export async function* readDataStream(
  source: ByteReader,
  ref: DataStreamRef,
  readRequest: ReadRequest,
): AsyncGenerator<Buffer, void> {
  const malformed = (what: string, got: string, expected: string, bytes: Buffer): WireError =>
    new WireError('MALFORMED', readRequest.purpose, `data stream ${what}: expected ${expected}, got ${got}`, bytes);

  const step = (): ReadRequest => ({ purpose: readRequest.purpose, deadline: readRequest.deadline.again() });
  const id = await source.readExactly(GUID_BYTES, step());
  if (guidFromBytes(id) !== ref.id) throw malformed('id', guidFromBytes(id), ref.id, id);
  const before = await source.readExactly(LENGTH_BYTES, step());
  if (before.readBigInt64LE() !== BigInt(ref.lengthBytes)) {
    throw malformed('length', before.readBigInt64LE().toString(), ref.lengthBytes.toString(), before);
  }
  let arrivedBytes = 0;
  const cutOff = (code: 'END_OF_STREAM' | 'READ_TIMEOUT', what: string): WireError =>
    new WireError(
      code,
      readRequest.purpose,
      `${what} after ${arrivedBytes} of ${ref.lengthBytes} bytes of data stream ${ref.id}`,
      undefined,
      arrivedBytes,
    );
  try {
    while (arrivedBytes < ref.lengthBytes) {
      const piece = await source.readSome(step(), Math.min(PIECE_BYTES, ref.lengthBytes - arrivedBytes));
      if (piece === undefined) throw cutOff('END_OF_STREAM', 'the stream ended');
      arrivedBytes += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof WireError) || error.code !== 'READ_TIMEOUT') throw error;
    throw cutOff('READ_TIMEOUT', `nothing arrived for ${readRequest.deadline.spanUs / 1_000_000} s`);
  }
  const after = await source.readExactly(LENGTH_BYTES, step());
  if (!after.equals(before)) {
    throw malformed('length at its end', after.readBigInt64LE().toString(), ref.lengthBytes.toString(), after);
  }
}

/** Skips a data stream, so that the bytes behind it can be read. Errors as {@link readDataStream}. */
export async function discardDataStream(
  source: ByteReader,
  ref: DataStreamRef,
  readRequest: ReadRequest,
): Promise<void> {
  const pieces = readDataStream(source, ref, readRequest);
  while ((await pieces.next()).done !== true);
}
