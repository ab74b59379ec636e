import { DeadlineTimer } from '../time/deadline-timer.js';
import { type Deadline, nowUs } from '../time/clock.js';
import { EVIDENCE_MAX_BYTES, interrupted, WireError } from './wire-error.js';

/** What a read is for, how long it may take and, where its length is not given by the caller, how much may come. */
export interface ReadRequest {
  /** In a few words, for errors: `the identity of the peer`. */
  readonly awaiting: string;
  readonly deadline: Deadline;
}

/** How the source asks whatever feeds it to stop and to go on, so that what is not read is not held here. */
export interface FlowControl {
  pause(): void;
  resume(): void;
}

/** Two full-size TLS records: enough to keep a reader busy, small enough to hold for thousands of connections. */
const HIGH_WATER_BYTES = 32 * 1024;

const NEWLINE = 0x0a;

/**
 * Bytes from a peer, pulled. It is the only owner of bytes that have come and are not used yet: whoever reads too far
 * gives the rest back with {@link unread}. Fed by push/end/fail; knows no socket. One read at a time.
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
  readonly #alarm = new DeadlineTimer();
  /** Ends the wait for bytes, where there is one; told whether it was too long. */
  #endWait: ((isLate: boolean) => void) | undefined;

  constructor(flow?: FlowControl) {
    this.#flow = flow;
  }

  /** All bytes that ever came. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** When the last of them came, by {@link nowUs}; 0 before the first. */
  get receivedAtUs(): number {
    return this.#receivedAtUs;
  }

  /** No more can come: the peer ended its stream, or the connection failed. */
  get isOver(): boolean {
    return this.#ended || this.#error !== undefined;
  }

  /** Bytes that have come and are not read yet. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(asBuffer(chunk));
    this.#bufferedBytes += chunk.length;
    this.#receivedBytes += chunk.length;
    this.#receivedAtUs = nowUs();
    if (this.#bufferedBytes > HIGH_WATER_BYTES && !this.#paused) {
      this.#paused = true;
      this.#flow?.pause();
    }
    this.#wakeUp(false);
  }

  /** The peer will send nothing more. After a failure it says nothing: a connection that failed also ends. */
  end(): void {
    if (this.#error === undefined) this.#ended = true;
    this.#wakeUp(false);
    this.#alarm.close();
  }

  /**
   * The connection is gone; reads give what had come before, then this error. The first error stays, and none comes
   * after the end of the stream: the peer had said all by then.
   */
  fail(error: Error): void {
    if (!this.#ended) this.#error ??= error;
    this.#wakeUp(false);
    this.#alarm.close();
  }

  /** Give back bytes that were read too far. They are the next to be read. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(asBuffer(bytes));
    this.#bufferedBytes += bytes.length;
  }

  /** The next bytes, at least one and at most `maxBytes`, or undefined at the end of the stream. */
  async readSome(ask: ReadRequest, maxBytes: number): Promise<Buffer | undefined> {
    // Also where bytes are waiting: whoever keeps sending must not outlive the deadline.
    if (ask.deadline.hasPassed) throw readTimeout(ask, []);
    return this.#bufferedBytes > 0 || (await this.#more(ask, [])) ? this.#take(maxBytes) : undefined;
  }

  /** Wait until a byte is there to read: false at the end of the stream. */
  async waitForBytes(ask: ReadRequest): Promise<boolean> {
    return this.#bufferedBytes > 0 || (await this.#more(ask, []));
  }

  /**
   * Exactly `count` bytes.
   * @throws WireError END_OF_STREAM or READ_TIMEOUT, with what had come.
   */
  async readExactly(count: number, ask: ReadRequest): Promise<Buffer> {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return this.#take(count);
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#bufferedBytes === 0 && !(await this.#more(ask, parts))) throw endOfStream(ask, parts);
      const part = this.#take(missing);
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, count);
  }

  /**
   * Everything up to and including the next `\n`.
   * @throws WireError TOO_LONG above `maxBytes`, END_OF_STREAM or READ_TIMEOUT, with what had come.
   */
  async readLine(ask: ReadRequest, maxBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) {
        if (!(await this.#more(ask, parts))) throw endOfStream(ask, parts);
        continue;
      }
      const at = chunk.indexOf(NEWLINE);
      const part = this.#take(Math.min(at < 0 ? chunk.length : at + 1, maxBytes - length + 1));
      parts.push(part);
      length += part.length;
      if (length > maxBytes) throw tooLong(ask, parts, maxBytes);
      if (at >= 0) return parts.length === 1 ? part : Buffer.concat(parts, length);
    }
  }

  /**
   * What has come and what still comes until the end of the stream, the deadline or `maxBytes`, for evidence only: it
   * never throws. A connection that fails meanwhile just ends it.
   */
  async collect(ask: ReadRequest, maxBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    try {
      while (length < maxBytes) {
        const part = await this.readSome(ask, maxBytes - length);
        if (part === undefined) break;
        parts.push(part);
        length += part.length;
      }
    } catch {
      // Late, reset or cancelled: what had come by then is the evidence.
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

  /** Wait for bytes: true when there are some, false at the end of the stream. `got` is evidence for the time-out. */
  async #more(ask: ReadRequest, got: readonly Buffer[]): Promise<boolean> {
    while (this.#bufferedBytes === 0) {
      if (this.#error !== undefined) {
        throw got.length === 0 ? this.#error : interrupted(this.#error, ask.awaiting, ...evidence(got));
      }
      if (this.#ended) return false;
      if (this.#endWait !== undefined) throw new Error('two reads at a time of one byte source');
      const late = await new Promise<boolean>((resolve) => {
        this.#endWait = resolve;
        this.#alarm.set(ask.deadline, () => this.#wakeUp(true));
      });
      if (late) throw readTimeout(ask, got);
    }
    return true;
  }

  #wakeUp(isLate: boolean): void {
    const endWait = this.#endWait;
    if (endWait === undefined) return;
    this.#endWait = undefined;
    this.#alarm.off();
    endWait(isLate);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The evidence and its whole length, without joining more than the evidence needs. */
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

function endOfStream(ask: ReadRequest, parts: readonly Buffer[]): WireError {
  const [received, total] = evidence(parts);
  return new WireError('END_OF_STREAM', ask.awaiting, `the stream ended after ${total} bytes of it`, received, total);
}

function readTimeout(ask: ReadRequest, parts: readonly Buffer[]): WireError {
  const [received, total] = evidence(parts);
  const seconds = ask.deadline.spanUs / 1_000_000;
  return new WireError('READ_TIMEOUT', ask.awaiting, `${total} bytes of it came in ${seconds} s`, received, total);
}

function tooLong(ask: ReadRequest, parts: readonly Buffer[], maxBytes: number): WireError {
  const [received, total] = evidence(parts);
  return new WireError('TOO_LONG', ask.awaiting, `longer than ${maxBytes} bytes`, received, total);
}
