import {
  BINARY_GENERIC,
  BINARY_UUID,
  BSON,
  DATA_STREAM_TYPE,
  DataStreamRef,
  Double,
  Guid,
  isValueArray,
  MAX_DEPTH,
  TYPE_KEY,
  type Value,
  type ValueObject,
} from './document.js';
import { guidToBytes } from './guid.js';

/** Room for most messages; a longer one doubles it as it goes. */
const FIRST_BYTES = 1024;

/** UTF-8 has at most three bytes for each UTF-16 unit of a string. */
const UTF8_MAX_BYTES = 3;

/** Shorter ASCII is copied faster by ourselves than by a call into the system's encoder. */
const SHORT_CHARS = 24;

/** Of a longer one the bytes are counted beforehand, not to ask for three times the room. */
const LONG_CHARS = 1024;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * The BSON of a document. `$type` goes first wherever it is, as .NET readers want it.
 * @throws Error for what BSON or .NET cannot hold: a number that is no int32, a bigint that is no int64, an invalid
 * date, NUL in a key, nesting deeper than {@link MAX_DEPTH}.
 */
export function encodeDocument(document: ValueObject): Buffer {
  const writer = new Writer();
  writer.object(document, 1);
  return writer.written();
}

/** BSON, written from front to back; a length, which stands before what it measures, is filled in afterwards. */
class Writer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  object(object: ValueObject, depth: number): void {
    const startedAt = this.#opened(depth);
    const type = object[TYPE_KEY];
    if (type !== undefined) this.#element(TYPE_KEY, type, depth);
    for (const key of Object.keys(object)) {
      if (key !== TYPE_KEY) this.#element(key, object[key] ?? null, depth);
    }
    this.#closed(startedAt);
  }

  /** A document whose keys are the indices. */
  #array(array: readonly Value[], depth: number): void {
    const startedAt = this.#opened(depth);
    for (const [index, value] of array.entries()) this.#element(String(index), value, depth);
    this.#closed(startedAt);
  }

  #opened(depth: number): number {
    if (depth > MAX_DEPTH) throw new Error(`a document nests deeper than ${MAX_DEPTH}`);
    return this.#room(4);
  }

  #closed(startedAt: number): void {
    this.#byte(0);
    this.#bytes.writeInt32LE(this.#at - startedAt, startedAt);
  }

  #element(key: string, value: Value, depth: number): void {
    if (key.includes('\0')) throw new Error('a key with NUL in it');
    const typeAt = this.#room(1);
    this.#text(key);
    const type = this.#value(value, depth);
    this.#bytes[typeAt] = type;
  }

  /** Write a value and give its type, which stands before its key. */
  #value(value: Value, depth: number): number {
    if (value === null) return BSON.null;
    if (typeof value === 'string') {
      const startedAt = this.#room(4);
      this.#text(value);
      this.#bytes.writeInt32LE(this.#at - startedAt - 4, startedAt);
      return BSON.string;
    }
    if (typeof value === 'boolean') {
      this.#byte(value ? 1 : 0);
      return BSON.boolean;
    }
    if (typeof value === 'number') {
      if ((value | 0) !== value || Object.is(value, -0)) throw new Error(`${value} is not an int32: make it a Double`);
      this.#int32(value);
      return BSON.int32;
    }
    if (typeof value === 'bigint') {
      if (value < INT64_MIN || value > INT64_MAX) throw new Error(`${value.toString()} is not an int64`);
      this.#int64(value);
      return BSON.int64;
    }
    if (isValueArray(value)) {
      this.#array(value, depth + 1);
      return BSON.array;
    }
    if (Buffer.isBuffer(value)) return this.#binary(value, BINARY_GENERIC);
    if (value instanceof Guid) return this.#binary(guidToBytes(value.text), BINARY_UUID);
    if (value instanceof Double) {
      const at = this.#room(8);
      this.#bytes.writeDoubleLE(value.value, at);
      return BSON.double;
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw new Error('an invalid date');
      this.#int64(BigInt(value.getTime()));
      return BSON.date;
    }
    if (value instanceof DataStreamRef) {
      const members = { [TYPE_KEY]: DATA_STREAM_TYPE, id: new Guid(value.id), length: BigInt(value.lengthBytes) };
      this.object(members, depth + 1);
    } else {
      this.object(value, depth + 1);
    }
    return BSON.object;
  }

  #byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  #int32(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeInt32LE(value, at);
  }

  #int64(value: bigint): void {
    const at = this.#room(8);
    this.#bytes.writeBigInt64LE(value, at);
  }

  #binary(bytes: Buffer, subtype: number): number {
    this.#int32(bytes.length);
    this.#byte(subtype);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return BSON.binary;
  }

  /** UTF-8 and the NUL at its end. */
  #text(text: string): void {
    const mostBytes = text.length <= LONG_CHARS ? text.length * UTF8_MAX_BYTES : Buffer.byteLength(text);
    const at = this.#room(mostBytes + 1);
    const length = this.#shortAscii(text, at) ? text.length : this.#bytes.write(text, at);
    this.#bytes[at + length] = 0;
    this.#at = at + length + 1;
  }

  #shortAscii(text: string, at: number): boolean {
    if (text.length > SHORT_CHARS) return false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#bytes[at + i] = code;
    }
    return true;
  }

  /** Go on by so many bytes, which the caller fills, and say where they begin. */
  #room(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}
