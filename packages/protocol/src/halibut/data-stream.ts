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
  const reader = new DataStreamReader(source, ref, readRequest);
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) yield piece;
}

/** Reads one data stream as {@link readDataStream} does, on request or as it arrives, from where it was read before. */
export class DataStreamReader {
  readonly #source: ByteReader;
  readonly #ref: DataStreamRef;
  readonly #readRequest: ReadRequest;
  #arrivedBytes = 0;
  /** The length before the bytes, once they begin; and the end, once it was read. Both are read once. */
  #head: Promise<Buffer> | undefined;
  #tail: Promise<void> | undefined;
  /** The reads on request, one after the other. */
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor(source: ByteReader, ref: DataStreamRef, readRequest: ReadRequest) {
    this.#source = source;
    this.#ref = ref;
    this.#readRequest = readRequest;
  }

  /** The next piece; undefined at the end, where the length was compared once more. */
  async next(): Promise<Buffer | undefined> {
    const read = this.#lastRead.then(() => this.#nextPiece());
    this.#lastRead = read.catch(() => undefined);
    return read;
  }

  async #nextPiece(): Promise<Buffer | undefined> {
    await this.#readHead();
    if (this.#leftBytes === 0) {
      await this.#readTail();
      return undefined;
    }
    const piece = await this.#withProgress(() =>
      this.#source.readSome(this.#step(), Math.min(PIECE_BYTES, this.#leftBytes)),
    );
    if (piece === undefined) throw this.#cutOff('END_OF_STREAM', 'the stream ended');
    this.#arrivedBytes += piece.length;
    return piece;
  }

  /**
   * Passes the rest on to its end, each piece within the call by which it arrives: for code that is as fast as the network.
   * @param signal ends it early, with its reason; as with an error of `onPiece`, the rest can still be read.
   */
  async passOn(onPiece: (piece: Buffer) => void, signal?: AbortSignal): Promise<void> {
    await unlessAborted(this.#readHead(), signal);
    const count = (piece: Buffer): void => {
      this.#arrivedBytes += piece.length;
      onPiece(piece);
    };
    const isWhole = await this.#withProgress(() =>
      this.#source.passOn(this.#leftBytes, this.#readRequest, count, signal),
    );
    if (!isWhole) throw this.#cutOff('END_OF_STREAM', 'the stream ended');
    await unlessAborted(this.#readTail(), signal);
  }

  get #leftBytes(): number {
    return this.#ref.lengthBytes - this.#arrivedBytes;
  }

  #step(): ReadRequest {
    return { purpose: this.#readRequest.purpose, deadline: this.#readRequest.deadline.again() };
  }

  #readHead(): Promise<Buffer> {
    this.#head ??= (async () => {
      const id = await this.#source.readExactly(GUID_BYTES, this.#step());
      if (guidFromBytes(id) !== this.#ref.id) throw this.#malformed('id', guidFromBytes(id), this.#ref.id, id);
      const length = await this.#source.readExactly(LENGTH_BYTES, this.#step());
      if (length.readBigInt64LE() !== BigInt(this.#ref.lengthBytes)) throw this.#otherLength('length', length);
      return length;
    })();
    return this.#head;
  }

  #readTail(): Promise<void> {
    this.#tail ??= (async () => {
      const after = await this.#source.readExactly(LENGTH_BYTES, this.#step());
      if (!after.equals(await this.#readHead())) throw this.#otherLength('length at its end', after);
    })();
    return this.#tail;
  }

  /** Reads bytes; an error of a stall has how far the stream got. */
  async #withProgress<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof WireError) || error.code !== 'READ_TIMEOUT') throw error;
      throw this.#cutOff('READ_TIMEOUT', `nothing arrived for ${this.#readRequest.deadline.spanUs / 1_000_000} s`);
    }
  }

  #otherLength(what: string, bytes: Buffer): WireError {
    return this.#malformed(what, bytes.readBigInt64LE().toString(), this.#ref.lengthBytes.toString(), bytes);
  }

  #malformed(what: string, got: string, expected: string, bytes: Buffer): WireError {
    const { purpose } = this.#readRequest;
    return new WireError('MALFORMED', purpose, `data stream ${what}: expected ${expected}, got ${got}`, bytes);
  }

  #cutOff(code: 'END_OF_STREAM' | 'READ_TIMEOUT', what: string): WireError {
    const progress = `${this.#arrivedBytes} of ${this.#ref.lengthBytes} bytes of data stream ${this.#ref.id}`;
    return new WireError(code, this.#readRequest.purpose, `${what} after ${progress}`, undefined, this.#arrivedBytes);
  }
}

/** The result of a read that goes on when the signal ends the wait for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Skips a data stream, so that the bytes behind it can be read. Errors as {@link readDataStream}. */
export async function discardDataStream(
  source: ByteReader,
  ref: DataStreamRef,
  readRequest: ReadRequest,
): Promise<void> {
  await new DataStreamReader(source, ref, readRequest).passOn(() => undefined);
}
