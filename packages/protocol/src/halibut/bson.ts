import {
  BINARY_GENERIC,
  BINARY_OLD,
  BINARY_UUID,
  BINARY_UUID_OLD,
  type BsonObject,
  type BsonValue,
  DATA_STREAM_NAME,
  DATA_STREAM_TYPE,
  DataStreamRef,
  Double,
  Guid,
  isBsonArray,
  isBsonObject,
  MAX_DEPTH,
  TYPE_KEY,
} from './bson-value.js';
import type { DocumentMemo } from './document-memo.js';
import { GUID_BYTES, writeGuid } from './guid.js';
import { KNOWN_TEXT_MAX_BYTES, knownText } from './known-texts.js';
import { WireError } from './wire-error.js';

/*
 * BSON (bsonspec.org, version 1.1) with the twelve types that Newtonsoft writes. Written and read directly: the bson
 * package needs a second set of values on either side (its numbers without their types lose widths), and that took two
 * thirds of the time. A test compares both directions with the package.
 */

/** The type bytes of BSON elements. */
const TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
} as const;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The member of a request that a client repeats: see {@link DocumentMemo}. */
const ENDPOINT_KEY = 'endpoint';

/** The smallest document: its length and its end. */
const EMPTY_DOCUMENT_BYTES = 5;
/** UTF-8 has at most three bytes for each UTF-16 unit of a string. */
const UTF8_MAX_BYTES = 3;
/** Up to here a loop over the characters is faster than a call of the native encoder. */
const SHORT_TEXT_LENGTH = 32;
/** Milliseconds that a Date can hold, to either side of 1970. */
const DATE_MAX_MS = 8_640_000_000_000_000n;

/** Documents are written here and copied out. Larger than any message of a measurement. */
let scratch = Buffer.allocUnsafe(4096);
/** The size up to which the scratch buffer stays allocated. */
const SCRATCH_MAX_BYTES = 64 * 1024;

/**
 * The BSON of a document. `$type` is written first wherever it is, because .NET readers need it there.
 * @throws Error for a value that BSON or .NET cannot hold: a number that is not an int32, a bigint that is not an
 * int64, an invalid date, NUL in a key, nesting deeper than {@link MAX_DEPTH}.
 */
export function encodeBson(document: BsonObject): Buffer {
  const writer = new BsonWriter();
  writer.writeDocument(document, 1);
  return writer.takeBytes();
}

class BsonWriter {
  #bytes = scratch;
  #at = 0;

  takeBytes(): Buffer {
    if (this.#bytes.length <= SCRATCH_MAX_BYTES) scratch = this.#bytes;
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  writeDocument(object: BsonObject, depth: number): void {
    const start = this.#begin(depth);
    const type = object[TYPE_KEY];
    if (type !== undefined) this.#writeElement(TYPE_KEY, type, depth);
    for (const key of Object.keys(object)) {
      if (key !== TYPE_KEY) this.#writeElement(key, object[key] ?? null, depth);
    }
    this.#end(start);
  }

  #writeArray(array: readonly BsonValue[], depth: number): void {
    const start = this.#begin(depth);
    array.forEach((value, index) => this.#writeElement(String(index), value, depth));
    this.#end(start);
  }

  #begin(depth: number): number {
    if (depth > MAX_DEPTH) throw new Error(`a document nests deeper than ${MAX_DEPTH}`);
    this.#reserve(EMPTY_DOCUMENT_BYTES);
    this.#at += 4;
    return this.#at - 4;
  }

  #end(start: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = 0;
    this.#bytes.writeInt32LE(this.#at - start, start);
  }

  #writeElement(key: string, value: BsonValue, depth: number): void {
    if (key.includes('\0')) throw new Error('a key with NUL');
    const typeAt = this.#at;
    this.#reserve(1);
    this.#at++;
    this.#writeText(key);
    this.#bytes[this.#at++] = 0;
    const type = this.#writeValue(value, depth);
    this.#bytes[typeAt] = type;
  }

  /** Returns the type byte. */
  #writeValue(value: BsonValue, depth: number): number {
    switch (typeof value) {
      case 'string':
        return this.#writeString(value);
      case 'boolean':
        this.#reserve(1);
        this.#bytes[this.#at++] = value ? 1 : 0;
        return TYPE.boolean;
      case 'number':
        if ((value | 0) !== value || Object.is(value, -0)) throw new Error(`${value} is not an int32: use a Double`);
        this.#writeInt32(value);
        return TYPE.int32;
      case 'bigint':
        if (value < INT64_MIN || value > INT64_MAX) throw new Error(`${value.toString()} is not an int64`);
        this.#writeInt64(value);
        return TYPE.int64;
      default:
        return value === null ? TYPE.null : this.#writeObject(value, depth);
    }
  }

  #writeObject(value: BsonValue & object, depth: number): number {
    if (Buffer.isBuffer(value)) return this.#writeBinary(value);
    if (isBsonArray(value)) {
      this.#writeArray(value, depth + 1);
      return TYPE.array;
    }
    if (value instanceof Guid) {
      this.#writeInt32(GUID_BYTES);
      this.#reserve(1 + GUID_BYTES);
      this.#bytes[this.#at++] = BINARY_UUID;
      writeGuid(value.text, this.#bytes, this.#at);
      this.#at += GUID_BYTES;
      return TYPE.binary;
    }
    if (value instanceof Double) {
      this.#reserve(8);
      this.#at = this.#bytes.writeDoubleLE(value.value, this.#at);
      return TYPE.double;
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw new Error('an invalid date');
      this.#writeInt64(BigInt(value.getTime()));
      return TYPE.date;
    }
    if (value instanceof DataStreamRef) {
      const stream = { [TYPE_KEY]: DATA_STREAM_TYPE, id: new Guid(value.id), length: BigInt(value.lengthBytes) };
      this.writeDocument(stream, depth + 1);
      return TYPE.document;
    }
    this.writeDocument(value, depth + 1);
    return TYPE.document;
  }

  #writeString(text: string): number {
    this.#reserve(4);
    const lengthAt = this.#at;
    this.#at += 4;
    this.#writeText(text);
    this.#bytes[this.#at++] = 0;
    this.#bytes.writeInt32LE(this.#at - lengthAt - 4, lengthAt);
    return TYPE.string;
  }

  #writeBinary(value: Buffer): number {
    this.#writeInt32(value.length);
    this.#reserve(1 + value.length);
    this.#bytes[this.#at++] = BINARY_GENERIC;
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return TYPE.binary;
  }

  #writeInt32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeInt32LE(value, this.#at);
  }

  #writeInt64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigInt64LE(value, this.#at);
  }

  /** The text in UTF-8, and room for the NUL behind it. */
  #writeText(text: string): void {
    this.#reserve(UTF8_MAX_BYTES * text.length + 1);
    const bytes = this.#bytes;
    const start = this.#at;
    if (text.length <= SHORT_TEXT_LENGTH) {
      let i = 0;
      for (; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[start + i] = code;
      }
      if (i === text.length) {
        this.#at = start + i;
        return;
      }
    }
    this.#at = start + bytes.write(text, start);
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** A document, and the data streams that it names, in its order, which is the order in which they follow the message. */
export interface DecodedDocument {
  readonly document: BsonObject;
  readonly streams: DataStreamRef[];
}

/**
 * The document that BSON bytes hold, all of them. Data streams are returned as {@link DataStreamRef}, with or without
 * `$type`; `{$type, $value}` and `{$type, $values}`, in which Newtonsoft wraps byte arrays and lists, as the plain value.
 * @param purpose what the bytes are, for errors.
 * @param maxValues the most values, of all depths together. A megabyte of small ones takes up to a tenth of a second, in
 * which nothing else runs, and 27 MB; a client can send it in a kilobyte.
 * @param memo of the connection: the last `endpoint` is not read again.
 * @throws WireError MALFORMED, with the bytes, for anything that is not one document of the types above; TOO_LONG for more values.
 */
export function decodeBson(
  bytes: Buffer,
  purpose = 'a document',
  maxValues = Number.POSITIVE_INFINITY,
  memo?: DocumentMemo,
): DecodedDocument {
  const reader = new BsonReader(bytes, purpose, maxValues, memo);
  return { document: reader.readWhole(), streams: reader.streams };
}

/**
 * The members of a document that is read. Its prototype has neither members nor a prototype of its own, so that `__proto__`
 * is a key like any other; unlike an object without any prototype, V8 keeps it in the form in which members are found fast.
 */
const Members = function () {
  // Nothing to set up.
} as unknown as new () => Record<string, BsonValue>;
Members.prototype = Object.freeze(Object.create(null) as object);

class BsonReader {
  readonly streams: DataStreamRef[] = [];
  readonly #bytes: Buffer;
  readonly #purpose: string;
  readonly #maxValues: number;
  readonly #memo: DocumentMemo | undefined;
  #values = 0;
  #at = 0;

  constructor(bytes: Buffer, purpose: string, maxValues: number, memo: DocumentMemo | undefined) {
    this.#memo = memo;
    this.#bytes = bytes;
    this.#purpose = purpose;
    this.#maxValues = maxValues;
  }

  readWhole(): BsonObject {
    const { length } = this.#bytes;
    if (length < EMPTY_DOCUMENT_BYTES || this.#bytes.readInt32LE(0) !== length) throw this.#notBson('a length');
    const { object } = this.#readMembers(length, 1);
    if (isReference(object)) throw this.#unused('the whole document');
    return object;
  }

  #readMembers(limit: number, depth: number): { readonly object: BsonObject; readonly keys: readonly string[] } {
    const end = this.#enter(limit, depth);
    const object = new Members();
    const keys: string[] = [];
    while (this.#at < end) {
      const type = this.#bytes[this.#at++];
      const keyEnd = this.#keyEnd(end);
      const key = this.#text(this.#at, keyEnd);
      this.#at = keyEnd + 1;
      object[key] = this.#readValue(type, key, end, depth);
      keys.push(key);
    }
    this.#leave(end);
    return { object, keys };
  }

  /** Their keys are not looked at: .NET ignores them too. */
  #readArray(limit: number, depth: number, key: string): BsonValue[] {
    const end = this.#enter(limit, depth);
    const array: BsonValue[] = [];
    while (this.#at < end) {
      const type = this.#bytes[this.#at++];
      this.#at = this.#keyEnd(end) + 1;
      array.push(this.#readValue(type, key, end, depth));
    }
    this.#leave(end);
    return array;
  }

  /** Reads a document's length. Returns where its last byte is, a NUL. */
  #enter(limit: number, depth: number): number {
    if (depth > MAX_DEPTH) throw this.#malformed(`nests deeper than ${MAX_DEPTH}`);
    const start = this.#at;
    const length = this.#readInt32(limit);
    const end = start + length - 1;
    if (length < EMPTY_DOCUMENT_BYTES || end >= limit || this.#bytes[end] !== 0) throw this.#notBson('a length');
    return end;
  }

  #leave(end: number): void {
    if (this.#at !== end) throw this.#notBson('an end');
    this.#at++;
  }

  #keyEnd(limit: number): number {
    let at = this.#at;
    while (at < limit && this.#bytes[at] !== 0) at++;
    if (at >= limit) throw this.#notBson('a key');
    return at;
  }

  #readValue(type: number | undefined, key: string, limit: number, depth: number): BsonValue {
    if (++this.#values > this.#maxValues) throw this.#tooMany();
    switch (type) {
      case TYPE.string:
        return this.#readString(limit);
      // Newtonsoft writes undefined for an undefined token of a JObject; .NET reads it as null.
      case TYPE.null:
      case TYPE.undefined:
        return null;
      case TYPE.int32:
        return this.#readInt32(limit);
      case TYPE.boolean:
        return this.#readBoolean(limit);
      case TYPE.binary:
        return this.#readBinary(key, limit);
      case TYPE.document:
        if (key === ENDPOINT_KEY && this.#memo !== undefined) return this.#readRemembered(this.#memo, limit, depth + 1);
        return this.#readObject(key, limit, depth + 1);
      case TYPE.array:
        return this.#readArray(limit, depth + 1, key);
      // A timestamp is unsigned; Newtonsoft reads it as an int64.
      case TYPE.int64:
      case TYPE.timestamp:
        return this.#bytes.readBigInt64LE(this.#take(8, limit));
      case TYPE.double:
        return new Double(this.#bytes.readDoubleLE(this.#take(8, limit)));
      case TYPE.date:
        return this.#readDate(key, limit);
      default:
        throw this.#unused(`'${shortened(key)}'`);
    }
  }

  #readInt32(limit: number): number {
    return this.#bytes.readInt32LE(this.#take(4, limit));
  }

  #readBoolean(limit: number): boolean {
    const byte = this.#bytes[this.#take(1, limit)];
    if (byte !== 0 && byte !== 1) throw this.#notBson('a boolean');
    return byte === 1;
  }

  #readString(limit: number): string {
    const length = this.#readInt32(limit);
    if (length < 1) throw this.#notBson('a string');
    const start = this.#take(length, limit);
    const end = start + length - 1;
    if (this.#bytes[end] !== 0) throw this.#notBson('a string');
    const text = this.#text(start, end);
    // Either it was sent, or it replaces what is not UTF-8.
    if (text.includes('\ufffd') && !Buffer.from(text).equals(this.#bytes.subarray(start, end))) {
      throw this.#notBson('a string in UTF-8');
    }
    return text;
  }

  #text(start: number, end: number): string {
    if (end - start <= KNOWN_TEXT_MAX_BYTES) return knownText(this.#bytes, start, end);
    return this.#bytes.toString('utf8', start, end);
  }

  #readBinary(key: string, limit: number): Buffer | Guid {
    let length = this.#readInt32(limit);
    const subtype = this.#bytes[this.#take(1, limit)];
    if (length < 0) throw this.#notBson('a binary');
    if (subtype === BINARY_OLD) {
      // It contains its length twice.
      const inner = this.#readInt32(limit);
      if (inner !== length - 4) throw this.#notBson('a binary');
      length = inner;
    }
    const start = this.#take(length, limit);
    const bytes = this.#bytes.subarray(start, start + length);
    if (subtype !== BINARY_UUID && subtype !== BINARY_UUID_OLD) return bytes;
    if (length !== GUID_BYTES) throw this.#malformed(`'${shortened(key)}' is a GUID of ${length} bytes`);
    return new Guid(bytes);
  }

  #readDate(key: string, limit: number): Date {
    const ms = this.#bytes.readBigInt64LE(this.#take(8, limit));
    if (ms > DATE_MAX_MS || ms < -DATE_MAX_MS) throw this.#malformed(`'${shortened(key)}' is a date out of range`);
    return new Date(Number(ms));
  }

  /** What an object represents: a data stream, the value that Newtonsoft wrapped in it, or itself. */
  #readObject(key: string, limit: number, depth: number): BsonValue {
    const streamsBefore = this.streams.length;
    const { object, keys } = this.#readMembers(limit, depth);
    if (isReference(object)) throw this.#unused(`'${shortened(key)}'`);
    const { [TYPE_KEY]: type, id, length } = object;
    if (typeof type === 'string') {
      const inner = keys.length === 2 && keys[0] === TYPE_KEY ? keys[1] : undefined;
      if (inner === '$value' || inner === '$values') return object[inner] ?? null;
      if (!type.startsWith(DATA_STREAM_NAME) || type.split(',', 1)[0] !== DATA_STREAM_NAME) return object;
    } else if (keys.length !== 2 || !(id instanceof Guid) || typeof length !== 'bigint') {
      return object;
    }
    if (!(id instanceof Guid) || typeof length !== 'bigint') {
      throw this.#malformed(`'${shortened(key)}' is a data stream without an id and a length`);
    }
    if (length < 0n || length > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.#malformed(`'${shortened(key)}' is a data stream of ${length.toString()} bytes`);
    }
    const stream = new DataStreamRef(id.text, Number(length));
    // .NET ignores all other keys of its object.
    this.streams.splice(streamsBefore, Number.POSITIVE_INFINITY, stream);
    return stream;
  }

  /** As {@link #readObject}, of a member that is usually the same as that of the message before. */
  #readRemembered(memo: DocumentMemo, limit: number, depth: number): BsonValue {
    const start = this.#at;
    const length = limit - start < 4 ? 0 : this.#bytes.readInt32LE(start);
    const known = length > limit - start ? undefined : memo.find(this.#bytes, start, length, depth);
    if (known !== undefined) {
      this.#values += known.values;
      if (this.#values > this.#maxValues) throw this.#tooMany();
      this.#at = start + length;
      return known.object;
    }
    const [valuesBefore, streamsBefore] = [this.#values, this.streams.length];
    const object = this.#readObject(ENDPOINT_KEY, limit, depth);
    if (isBsonObject(object) && this.streams.length === streamsBefore) {
      memo.keep(this.#bytes.subarray(start, this.#at), { depth, object, values: this.#values - valuesBefore });
    }
    return object;
  }

  /** Where the next bytes start; they are read. */
  #take(count: number, limit: number): number {
    const start = this.#at;
    if (count > limit - start) throw this.#notBson('a value');
    this.#at = start + count;
    return start;
  }

  #notBson(expected: string): WireError {
    return this.#malformed(`${this.#bytes.length} bytes that are not BSON: no ${expected} at byte ${this.#at}`);
  }

  #unused(where: string): WireError {
    return this.#malformed(`a BSON type that Halibut does not use, as ${where}`);
  }

  #tooMany(): WireError {
    return new WireError('TOO_LONG', this.#purpose, `more than ${this.#maxValues} BSON values`, this.#bytes);
  }

  #malformed(detail: string): WireError {
    return new WireError('MALFORMED', this.#purpose, detail, this.#bytes);
  }
}

/** Whether an object is a reference to another document (DBRef). Halibut sends none. */
function isReference(object: BsonObject): boolean {
  return typeof object['$ref'] === 'string' && (object['$id'] ?? null) !== null && !(TYPE_KEY in object);
}

/** A key for an error message: it comes from the network and may be megabytes long. */
function shortened(key: string): string {
  return key.slice(0, 64);
}
