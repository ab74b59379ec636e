import type { Deadline } from '../time/clock.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { DataStreamRef } from './bson-value.js';
import { GUID_BYTES, guidFromBytes, guidToBytes } from './guid.js';
import { WireError } from './wire-error.js';

/** A data stream to be sent. */
export interface OutgoingStream {
  /** GUID text, the one that the message speaks of. */
  readonly id: string;
  /** All the chunks together. */
  readonly lengthBytes: number;
  /** Each chunk must stay as it is until the one after the next is asked for. */
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Told of each chunk when it has been handed to the system. */
  readonly onWritten?: (bytes: number) => void;
}

/** The length before and after the bytes: int64, little-endian. */
const LENGTH_BYTES = 8;

/** The most that is handed on at once: what may lie ready, four TLS records. */
const PIECE_BYTES = 64 * 1024;

/**
 * Send one data stream, after its message: id and length in a write of their own, a write for each chunk, the length
 * again. Nothing of it is held but two chunks.
 * @throws Error when the chunks do not add up to `lengthBytes`, before the chunk that is too much, or before anything
 * when there is but one chunk; what was sent by then is of no use to the peer, so the connection must be given up.
 * @param deadline its span is what each write has: a stream is bounded by its progress, whatever its length.
 * @throws WireError WRITE_TIMEOUT when a write is not taken in that span.
 */
export async function writeDataStream(channel: Channel, stream: OutgoingStream, deadline: Deadline): Promise<void> {
  const { id, lengthBytes } = new DataStreamRef(stream.id, stream.lengthBytes);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigInt64LE(BigInt(lengthBytes));
  let givenBytes = 0;
  const write = (bytes: Uint8Array): Promise<void> => channel.write(bytes, deadline.again());
  // The head waits with the first chunk, so that nothing goes out when that one is already too much, or too little.
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
    givenBytes += chunk.length;
    if (givenBytes > lengthBytes) {
      throw new Error(`data stream ${id} was to have ${lengthBytes} bytes and was given ${givenBytes} or more`);
    }
    if (givenBytes > chunk.length) await sendHeld();
    held.push(chunk);
  }
  if (givenBytes < lengthBytes) {
    throw new Error(`data stream ${id} was to have ${lengthBytes} bytes and was given ${givenBytes}`);
  }
  await sendHeld();
  await write(length);
}

/**
 * The bytes of a data stream, in pieces as they come; nothing is read before it is asked for. All must be taken, or the
 * rest is left in the source. The span of `ask.deadline` is what each piece has: a stream is bounded by its progress,
 * whatever its length.
 * @throws WireError MALFORMED when id or either length is not what `ref`, from the message, says; END_OF_STREAM or
 * READ_TIMEOUT before its end.
 */
export async function* readDataStream(
  source: ByteReader,
  ref: DataStreamRef,
  ask: ReadRequest,
): AsyncGenerator<Buffer, void> {
  const malformed = (what: string, got: string, expected: string, bytes: Buffer): WireError =>
    new WireError('MALFORMED', ask.awaiting, `data stream ${what}: expected ${expected}, got ${got}`, bytes);

  const step = (): ReadRequest => ({ awaiting: ask.awaiting, deadline: ask.deadline.again() });
  const id = await source.readExactly(GUID_BYTES, step());
  if (guidFromBytes(id) !== ref.id) throw malformed('id', guidFromBytes(id), ref.id, id);
  const before = await source.readExactly(LENGTH_BYTES, step());
  if (before.readBigInt64LE() !== BigInt(ref.lengthBytes)) {
    throw malformed('length', before.readBigInt64LE().toString(), ref.lengthBytes.toString(), before);
  }
  let cameBytes = 0;
  const cutOff = (code: 'END_OF_STREAM' | 'READ_TIMEOUT', what: string): WireError =>
    new WireError(
      code,
      ask.awaiting,
      `${what} after ${cameBytes} of ${ref.lengthBytes} bytes of data stream ${ref.id}`,
      undefined,
      cameBytes,
    );
  try {
    while (cameBytes < ref.lengthBytes) {
      const piece = await source.readSome(step(), Math.min(PIECE_BYTES, ref.lengthBytes - cameBytes));
      if (piece === undefined) throw cutOff('END_OF_STREAM', 'the stream ended');
      cameBytes += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof WireError) || error.code !== 'READ_TIMEOUT') throw error;
    throw cutOff('READ_TIMEOUT', `nothing came for ${ask.deadline.spanUs / 1_000_000} s`);
  }
  const after = await source.readExactly(LENGTH_BYTES, step());
  if (!after.equals(before)) {
    throw malformed('length at its end', after.readBigInt64LE().toString(), ref.lengthBytes.toString(), after);
  }
}

/** Read a data stream that nobody wants, so that what follows it can be read. Errors as {@link readDataStream}. */
export async function discardDataStream(source: ByteReader, ref: DataStreamRef, ask: ReadRequest): Promise<void> {
  const pieces = readDataStream(source, ref, ask);
  while ((await pieces.next()).done !== true);
}
