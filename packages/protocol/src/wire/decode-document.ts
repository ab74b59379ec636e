import { isUtf8 } from 'node:buffer';
import {
  BINARY_OLD,
  BINARY_UUID,
  BINARY_UUID_OLD,
  BSON,
  DATA_STREAM_NAME,
  DataStreamRef,
  Double,
  Guid,
  MAX_DEPTH,
  TYPE_KEY,
  type Value,
  type ValueObject,
} from './document.js';
import { GUID_BYTES, guidFromBytes } from './guid.js';
import { WireError } from './wire-error.js';

/** What a decoder writes for bytes that are not UTF-8, and people hardly ever. */
const REPLACEMENT = '\ufffd';

/**
 * The document that BSON bytes hold, all of them. Data streams come as {@link DataStreamRef}, with or without `$type`;
 * `{$type, $value}` and `{$type, $values}`, in which Newtonsoft wraps byte arrays and lists, as the plain value.
 * @param awaiting what the bytes are, for errors.
 * @throws WireError GARBLED, with the bytes, for anything that is not one document of the types above.
 */
export function decodeDocument(bytes: Uint8Array, awaiting = 'a document'): ValueObject {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return new Reader(buffer, (detail) => new WireError('GARBLED', awaiting, detail, bytes)).whole();
}

/** An object as it was read, and what tells whether it stands for something else. */
interface Members {
  readonly object: ValueObject;
  readonly keys: readonly string[];
}

/** BSON, read from front to back. Nothing is read beyond the end of the innermost document. */
class Reader {
  readonly #bytes: Buffer;
  readonly #garbled: (detail: string) => WireError;
  #at = 0;
  /** Where the innermost document ends: its last byte, a NUL, stands before. */
  #end: number;

  constructor(bytes: Buffer, garbled: (detail: string) => WireError) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#garbled = garbled;
  }

  whole(): ValueObject {
    const { object } = this.#members(1);
    if (this.#at !== this.#bytes.length) throw this.#notBson('bytes behind the document');
    return object;
  }

  #members(depth: number): Members {
    const object = Object.create(null) as Record<string, Value>;
    const keys: string[] = [];
    this.#elements(depth, (key, value) => {
      // A key that comes twice is one, and has the later value.
      if (!(key in object)) keys.push(key);
      object[key] = value;
    });
    return { object, keys };
  }

  /** A document's elements, in order, each given when it is read. */
  #elements(depth: number, take: (key: string, value: Value) => void): void {
    if (depth > MAX_DEPTH) throw this.#garbled(`nests deeper than ${MAX_DEPTH}`);
    const outerEnd = this.#end;
    const startedAt = this.#at;
    const end = startedAt + this.#int32();
    if (end < this.#at + 1 || end > outerEnd) throw this.#notBson('a size that does not fit');
    this.#end = end;
    for (;;) {
      const type = this.#byte();
      if (type === 0) break;
      const key = this.#key();
      take(key, this.#value(type, key, depth));
    }
    if (this.#at !== end) throw this.#notBson('a document that ends early');
    this.#end = outerEnd;
  }

  #value(type: number, key: string, depth: number): Value {
    switch (type) {
      case BSON.string:
        return this.#string();
      case BSON.object:
        return this.#meaningOf(this.#members(depth + 1), key);
      case BSON.array: {
        const array: Value[] = [];
        this.#elements(depth + 1, (_, value) => array.push(value));
        return array;
      }
      case BSON.binary:
        return this.#binary(key);
      // Newtonsoft writes `undefined` for an undefined token of a JObject; for .NET it is a null.
      case BSON.undefined:
      case BSON.null:
        return null;
      case BSON.boolean: {
        const byte = this.#byte();
        if (byte > 1) throw this.#notBson(`a boolean of ${byte}`);
        return byte === 1;
      }
      case BSON.int32:
        return this.#int32();
      // Newtonsoft reads a timestamp as an int64 too.
      case BSON.timestamp:
      case BSON.int64:
        return this.#bytes.readBigInt64LE(this.#skip(8));
      case BSON.double:
        return new Double(this.#bytes.readDoubleLE(this.#skip(8)));
      case BSON.date: {
        const date = new Date(Number(this.#bytes.readBigInt64LE(this.#skip(8))));
        if (Number.isNaN(date.getTime())) throw this.#garbled(`'${shown(key)}' is a date out of range`);
        return date;
      }
      default:
        throw this.#garbled(`'${shown(key)}' is of a BSON type that Halibut does not use`);
    }
  }

  #binary(key: string): Buffer | Guid {
    const length = this.#int32();
    const subtype = this.#byte();
    const bytes = this.#slice(length);
    if (subtype === BINARY_UUID || subtype === BINARY_UUID_OLD) {
      if (length !== GUID_BYTES) throw this.#garbled(`'${shown(key)}' is a GUID of ${length} bytes`);
      return new Guid(guidFromBytes(bytes));
    }
    if (subtype !== BINARY_OLD) return bytes;
    // It holds its own length once more.
    if (length < 4 || bytes.readInt32LE() !== length - 4) throw this.#notBson('a binary whose lengths differ');
    return bytes.subarray(4);
  }

  /** What an object stands for: a data stream, the value that Newtonsoft wrapped in it, or itself. */
  #meaningOf({ object, keys }: Members, key: string): Value {
    const { [TYPE_KEY]: type, id, length } = object;
    if (typeof type === 'string') {
      const inner = keys.length === 2 && keys[0] === TYPE_KEY ? keys[1] : undefined;
      if (inner === '$value' || inner === '$values') return object[inner] ?? null;
      if (type.split(',', 1)[0] !== DATA_STREAM_NAME) return object;
    } else if (keys.length !== 2 || !(id instanceof Guid) || typeof length !== 'bigint') {
      return object;
    }
    if (!(id instanceof Guid) || typeof length !== 'bigint') {
      throw this.#garbled(`'${shown(key)}' is a data stream without an id and a length`);
    }
    if (length < 0n || length > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.#garbled(`'${shown(key)}' is a data stream of ${length.toString()} bytes`);
    }
    return new DataStreamRef(id.text, Number(length));
  }

  #string(): string {
    const length = this.#int32();
    if (length < 1) throw this.#notBson(`a string of ${length} bytes`);
    const at = this.#skip(length);
    const end = this.#at - 1;
    if (this.#bytes[end] !== 0) throw this.#notBson('a string without its end');
    return this.#utf8(at, end);
  }

  #key(): string {
    const startedAt = this.#at;
    let isAscii = true;
    for (let byte = this.#byte(); byte !== 0; byte = this.#byte()) isAscii &&= byte < 0x80;
    const end = this.#at - 1;
    if (isAscii) return this.#bytes.toString('latin1', startedAt, end);
    return this.#utf8(startedAt, end);
  }

  #utf8(start: number, end: number): string {
    const text = this.#bytes.toString('utf8', start, end);
    if (text.includes(REPLACEMENT) && !isUtf8(this.#bytes.subarray(start, end)))
      throw this.#notBson('text that is not UTF-8');
    return text;
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)] ?? 0;
  }

  #int32(): number {
    return this.#bytes.readInt32LE(this.#skip(4));
  }

  #slice(length: number): Buffer {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Go on by so many bytes, if the innermost document has them, and say where they begin. */
  #skip(count: number): number {
    const at = this.#at;
    if (count < 0 || count > this.#end - at) throw this.#notBson('it ends too early');
    this.#at = at + count;
    return at;
  }

  #notBson(detail: string): WireError {
    return this.#garbled(`${this.#bytes.length} bytes that are not BSON: ${detail} at byte ${this.#at}`);
  }
}

/** A key for an error message: it came from the network, and may be megabytes long. */
function shown(key: string): string {
  return key.slice(0, 64);
}
