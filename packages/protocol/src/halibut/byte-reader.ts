import { DeadlineTimer } from '../time/deadline-timer.js';
import { type Deadline, nowUs } from '../time/clock.js';
import { EVIDENCE_MAX_BYTES, interrupted, WireError } from './wire-error.js';

/** The purpose of a read, and its deadline. */
export interface ReadRequest {
  /** In a few words, for errors: `the identity of the peer`. */
  readonly purpose: string;
  readonly deadline: Deadline;
}

/** Stops and restarts the sender of the bytes, so that unread bytes do not pile up here. */
export interface FlowControl {
  pause(): void;
  resume(): void;
}

/** Two full-size TLS records: enough to keep a reader busy, small enough to hold for thousands of connections. */
const HIGH_WATER_BYTES = 32 * 1024;

const NEWLINE = 0x0a;

/**
 * Bytes from a peer, read on demand. It is the only owner of bytes that have arrived and are not used yet: a caller that
 * reads too far returns the rest with {@link unread}. Fed by push/end/fail; independent of sockets. One read at a time.
 */
export class ByteReader {
  readonly #chunks: Buffer[] = [];
  readonly #flow: FlowControl | undefined;
  #bufferedBytes = 0;
  #receivedBytes = 0;
  #receivedAtUs = 0;
  #ended = false;
  #error: Error | undefined;
  #paused = false;
  readonly #timer = new DeadlineTimer();
  /** Ends the current wait for bytes, if any; its argument is whether the deadline has passed. */
  #endWait: ((isLate: boolean) => void) | undefined;
  /** Takes bytes as they arrive, while a reader passes them on. */
  #onArrival: (() => void) | undefined;

  constructor(flow?: FlowControl) {
    this.#flow = flow;
  }

  /** The number of bytes received in total. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** The time of the last received byte, by {@link nowUs}; 0 before the first. */
  get receivedAtUs(): number {
    return this.#receivedAtUs;
  }

  /** Whether no more bytes can arrive: the peer ended its stream, or the connection failed. */
  get isOver(): boolean {
    return this.#ended || this.#error !== undefined;
  }

  /** The number of bytes that have arrived and are not read yet. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(asBuffer(chunk));
    this.#bufferedBytes += chunk.length;
    this.#receivedBytes += chunk.length;
    this.#receivedAtUs = nowUs();
    const onArrival = this.#onArrival;
    onArrival?.();
    if (this.#bufferedBytes > HIGH_WATER_BYTES && !this.#paused) {
      this.#paused = true;
      this.#flow?.pause();
    }
    if (onArrival === undefined) this.#wakeUp(false);
  }

  /** Ends the stream: the peer sends nothing more. Without effect after a failure, as a connection that failed also ends. */
  end(): void {
    if (this.#error === undefined) this.#ended = true;
    this.#wakeUp(false);
    this.#timer.close();
  }

  /**
   * Fails the stream: the connection is gone. Reads return the bytes that arrived before, then throw this error. The
   * first error stays. An error after the end of the stream is ignored: the peer had sent everything by then.
   */
  fail(error: Error): void {
    if (!this.#ended) this.#error ??= error;
    this.#wakeUp(false);
    this.#timer.close();
  }

  /** Returns bytes that were read too far. They are the next to be read. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(asBuffer(bytes));
    this.#bufferedBytes += bytes.length;
  }

  /** Reads the next bytes, at least one and at most `maxBytes`; undefined at the end of the stream. */
  async readSome(readRequest: ReadRequest, maxBytes: number): Promise<Buffer | undefined> {
    // Also if bytes are waiting: a peer that keeps sending must not outlive the deadline.
    if (readRequest.deadline.hasPassed) throw readTimeout(readRequest, []);
    return this.#bufferedBytes > 0 || (await this.#more(readRequest, [])) ? this.#take(maxBytes) : undefined;
  }

  /**
   * Passes the next `count` bytes on, piece by piece and within the call by which they arrive, which costs a tenth of reading
   * them: for much data that is used at once. The span of the deadline applies to each piece.
   * @param signal ends it early, with its reason; as with an error of `onPart`, the next read goes on from there.
   * @returns false at the end of the stream before all of them.
   */
  async passOn(
    count: number,
    readRequest: ReadRequest,
    onPart: (part: Buffer) => void,
    signal?: AbortSignal,
  ): Promise<boolean> {
    signal?.throwIfAborted();
    let left = count;
    const passBuffered = (): void => {
      while (left > 0 && this.#bufferedBytes > 0) {
        const part = this.#take(left);
        left -= part.length;
        onPart(part);
      }
    };
    passBuffered();
    if (left === 0) return true;
    if (this.#error !== undefined) throw this.#error;
    if (this.#ended) return false;
    if (this.#endWait !== undefined) throw twoReads();
    let onAbort = (): void => undefined;
    try {
      const isLate = await new Promise<boolean>((resolve, reject) => {
        this.#endWait = resolve;
        const fail = (error: Error): void => {
          // What arrives from now on waits for the next read.
          this.#onArrival = undefined;
          reject(error);
        };
        const waitForMore = (): void => this.#timer.set(readRequest.deadline.again(), () => this.#wakeUp(true));
        this.#onArrival = () => {
          try {
            passBuffered();
          } catch (error) {
            fail(error as Error);
            return;
          }
          if (left > 0) waitForMore();
          else this.#wakeUp(false);
        };
        onAbort = () => fail(signal?.reason as Error);
        signal?.addEventListener('abort', onAbort, { once: true });
        waitForMore();
      });
      if (isLate) throw this.#flow?.overdueWrite?.() ?? readTimeout(readRequest, NONE);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#onArrival = undefined;
      this.#wakeUp(false);
    }
    return left === 0 || this.passOn(left, readRequest, onPart, signal);
  }

  /** Waits until there is a byte to read; false at the end of the stream. */
  waitForBytes(readRequest: ReadRequest): Promise<boolean> {
    return this.#bufferedBytes > 0 ? ARRIVED : this.#more(readRequest, NONE);
  }

  /** Reads the bytes that have arrived, if they are in one piece of at most `maxBytes`, without waiting for a turn. */
  takeArrived(maxBytes: number): Buffer | undefined {
    return this.#chunks.length === 1 && this.#bufferedBytes <= maxBytes ? this.#take(maxBytes) : undefined;
  }

  /**
   * Reads exactly `count` bytes.
   * @throws WireError END_OF_STREAM or READ_TIMEOUT, with the bytes that had arrived.
   */
  async readExactly(count: number, readRequest: ReadRequest): Promise<Buffer> {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return this.#take(count);
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#bufferedBytes === 0 && !(await this.#more(readRequest, parts))) throw endOfStream(readRequest, parts);
      const part = this.#take(missing);
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, count);
  }

  /**
   * Reads everything up to and including the next `\n`.
   * @throws WireError TOO_LONG above `maxBytes`, END_OF_STREAM or READ_TIMEOUT, with the bytes that had arrived.
   */
  async readLine(readRequest: ReadRequest, maxBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) {
        if (!(await this.#more(readRequest, parts))) throw endOfStream(readRequest, parts);
        continue;
      }
      const at = chunk.indexOf(NEWLINE);
      const part = this.#take(Math.min(at < 0 ? chunk.length : at + 1, maxBytes - length + 1));
      parts.push(part);
      length += part.length;
      if (length > maxBytes) throw tooLong(readRequest, parts, maxBytes);
      if (at >= 0) return parts.length === 1 ? part : Buffer.concat(parts, length);
    }
  }

  /**
   * Reads all bytes until the end of the stream, the deadline or `maxBytes`, for evidence only: it never throws. A
   * connection that fails meanwhile ends it.
   */
  async collect(readRequest: ReadRequest, maxBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    try {
      while (length < maxBytes) {
        const part = await this.readSome(readRequest, maxBytes - length);
        if (part === undefined) break;
        parts.push(part);
        length += part.length;
      }
    } catch {
      // Late, reset or cancelled: the bytes that had arrived by then are the evidence.
    }
    return Buffer.concat(parts, length);
  }

  #take(maxBytes: number): Buffer {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return Buffer.alloc(0);
    const part = chunk.subarray(0, maxBytes);
    if (part.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(maxBytes);
    this.#bufferedBytes -= part.length;
    if (this.#paused && this.#bufferedBytes <= HIGH_WATER_BYTES) {
      this.#paused = false;
      this.#flow?.resume();
    }
    return part;
  }

  /**
   * Waits for bytes: true when there are some, false at the end of the stream. `received` is evidence for a timeout. One
   * promise, because each function in between that waits for it costs a turn of its own.
   */
  #more(readRequest: ReadRequest, received: readonly Buffer[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const endWait = (isLate: boolean): void => {
        if (this.#bufferedBytes > 0) resolve(true);
        else if (this.#error !== undefined) reject(this.#errorFor(readRequest, received));
        else if (this.#ended) resolve(false);
        else if (isLate) reject(readTimeout(readRequest, received));
      };
      if (this.#bufferedBytes > 0 || this.isOver) endWait(false);
      else if (this.#endWait !== undefined) reject(twoReads());
      else {
        this.#endWait = endWait;
        this.#timer.set(readRequest.deadline, () => this.#wakeUp(true));
      }
    });
  }

  #errorFor(readRequest: ReadRequest, received: readonly Buffer[]): Error {
    const error = this.#error ?? new Error('the connection is gone');
    return received.length === 0 ? error : (interrupted(error, readRequest.purpose, ...evidence(received)) as Error);
  }

  #wakeUp(isLate: boolean): void {
    const endWait = this.#endWait;
    if (endWait === undefined) return;
    this.#endWait = undefined;
    this.#timer.off();
    endWait(isLate);
  }
}

function twoReads(): Error {
  return new Error('two concurrent reads of one byte source');
}
const ARRIVED = Promise.resolve(true);

/** Nothing has been received. */
const NONE: readonly Buffer[] = [];

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The evidence and the length of all parts, without joining more than the evidence needs. */
function evidence(parts: readonly Buffer[]): [Buffer, number] {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const head: Buffer[] = [];
  let length = 0;
  for (const part of parts) {
    if (length >= EVIDENCE_MAX_BYTES) break;
    head.push(part);
    length += part.length;
  }
  return [Buffer.concat(head), total];
}

function endOfStream(readRequest: ReadRequest, parts: readonly Buffer[]): WireError {
  const [received, total] = evidence(parts);
  return new WireError(
    'END_OF_STREAM',
    readRequest.purpose,
    `the stream ended after ${total} bytes of it`,
    received,
    total,
  );
}

function readTimeout(readRequest: ReadRequest, parts: readonly Buffer[]): WireError {
  const [received, total] = evidence(parts);
  const seconds = readRequest.deadline.spanUs / 1_000_000;
  return new WireError(
    'READ_TIMEOUT',
    readRequest.purpose,
    `${total} bytes of it arrived in ${seconds} s`,
    received,
    total,
  );
}

function tooLong(readRequest: ReadRequest, parts: readonly Buffer[], maxBytes: number): WireError {
  const [received, total] = evidence(parts);
  return new WireError('TOO_LONG', readRequest.purpose, `longer than ${maxBytes} bytes`, received, total);
}
