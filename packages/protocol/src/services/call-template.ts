import { randomUUID } from 'node:crypto';
import type { PreparedCall } from './contracts.js';

/** The characters of a GUID. */
const GUID_LENGTH = 36;

/**
 * A call that is made again and again with other bytes of the same length as its parameter: the others differ from the first one
 * by the GUID of their id and by those bytes alone, so they are copied and not encoded: 1 us instead of 10 of a round trip.
 */
export class CallTemplate<Result> {
  readonly #call: PreparedCall<Result>;
  readonly #guidAt: number;
  readonly #payloadAt: number;
  readonly #payloadBytes: number;

  private constructor(call: PreparedCall<Result>, guidAt: number, payloadAt: number, payloadBytes: number) {
    this.#call = call;
    this.#guidAt = guidAt;
    this.#payloadAt = payloadAt;
    this.#payloadBytes = payloadBytes;
  }

  /** Undefined where the message does not contain its id and the payload as they are, each once: then it is compressed. */
  static of<Result>(call: PreparedCall<Result>, payload: Buffer): CallTemplate<Result> | undefined {
    const guidAt = onlyIndexOf(call.bytes, Buffer.from(call.request.id.slice(-GUID_LENGTH)));
    const payloadAt = onlyIndexOf(call.bytes, payload);
    if (guidAt === undefined || payloadAt === undefined) return undefined;
    return new CallTemplate(call, guidAt, payloadAt, payload.length);
  }

  /** The next call. @param payload as long as that of the first. */
  next(payload: Buffer): PreparedCall<Result> {
    if (payload.length !== this.#payloadBytes)
      throw new RangeError(`a payload of ${this.#payloadBytes} bytes is needed`);
    const { request, bytes: first, readResult } = this.#call;
    const guid = randomUUID();
    const bytes = Buffer.from(first);
    bytes.write(guid, this.#guidAt, 'latin1');
    bytes.set(payload, this.#payloadAt);
    const id = request.id.slice(0, -GUID_LENGTH) + guid;
    return { request: { ...request, id, params: [payload] }, bytes, readResult };
  }
}

function onlyIndexOf(bytes: Buffer, part: Buffer): number | undefined {
  const at = bytes.indexOf(part);
  return at < 0 || bytes.includes(part, at + 1) ? undefined : at;
}
