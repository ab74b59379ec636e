import { Double as BsonDouble, Binary, deserialize, Int32, Long, serialize, setInternalBufferSize } from 'bson';
import { GUID_BYTES, guidFromBytes, guidToBytes } from './guid.js';
import { WireError } from './wire-error.js';

/**
 * What a document can hold. Widths survive a round trip because each has a type of its own: `number` is always an
 * int32, `bigint` always an int64, and a floating-point number is a {@link Double} even when it is whole.
 */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Double
  | Date
  | Buffer
  | Guid
  | DataStreamRef
  | readonly Value[]
  | ValueObject;

/**
 * A document, or one inside another. `$type`, where there is one, is a key like any other. Those that are decoded have
 * no prototype, so that a key such as `__proto__` or `constructor` is a key and nothing else.
 */
export interface ValueObject {
  readonly [key: string]: Value;
}

/** A floating-point number (BSON double). */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A GUID (BSON binary of subtype 4, in the byte order of .NET). */
export class Guid {
  /** Lower-case, with dashes. */
  readonly text: string;
  /** @throws Error when `text` is not a GUID. */
  constructor(text: string) {
    this.text = guidFromBytes(guidToBytes(text));
  }
}

/** Where a document speaks of a data stream; the bytes themselves follow the message. */
export class DataStreamRef {
  /** GUID: lower-case, with dashes. */
  readonly id: string;
  readonly lengthBytes: number;
  /** @throws Error when `id` is not a GUID or `lengthBytes` not a whole number from 0 to 2^53 - 1. */
  constructor(id: string, lengthBytes: number) {
    if (!Number.isSafeInteger(lengthBytes) || lengthBytes < 0) {
      throw new Error(`a data stream cannot have ${lengthBytes} bytes`);
    }
    this.id = guidFromBytes(guidToBytes(id));
    this.lengthBytes = lengthBytes;
  }
}

/** How deep documents may nest, the outermost counted: what the JSON reader of the real library (Newtonsoft 13) allows. */
export const MAX_DEPTH = 64;

const TYPE_KEY = '$type';
const DATA_STREAM_NAME = 'Halibut.DataStream';
const DATA_STREAM_TYPE = `${DATA_STREAM_NAME}, Halibut`;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** BSON binaries: plain bytes, and the two subtypes that Newtonsoft reads as a GUID. */
const BINARY_GENERIC = 0;
const BINARY_UUID_OLD = 3;
const BINARY_UUID = 4;

/** True for an object of keys and values: neither an array nor one of the classes a {@link Value} may be. */
export function isValueObject(value: Value): value is ValueObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isValueArray(value) &&
    !Buffer.isBuffer(value) &&
    !(value instanceof Double || value instanceof Guid || value instanceof DataStreamRef || value instanceof Date)
  );
}

/** `Array.isArray`, which does not know of arrays that must not be changed. */
export function isValueArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Every data stream a value speaks of, in the order of the document, which is the order they follow the message in. */
export function dataStreamsIn(value: Value): DataStreamRef[] {
  if (value instanceof DataStreamRef) return [value];
  if (isValueArray(value)) return value.flatMap(dataStreamsIn);
  return isValueObject(value) ? Object.values(value).flatMap(dataStreamsIn) : [];
}

/**
 * The BSON of a document. `$type` goes first wherever it is, as .NET readers want it.
 * @throws Error for what BSON or .NET cannot hold: a number that is no int32, a bigint that is no int64, an invalid
 * date, NUL in a key, nesting deeper than {@link MAX_DEPTH}.
 */
export function encodeDocument(document: ValueObject): Buffer {
  const size = { bytes: 0 };
  const bson = objectToBson(document, 1, size);
  // The bson package writes into one buffer of its own, of 17 MB, and leaves out in silence what does not fit.
  setInternalBufferSize(size.bytes);
  const bytes = serialize(bson);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * The document that BSON bytes hold, all of them. Data streams come as {@link DataStreamRef}, with or without `$type`;
 * `{$type, $value}` and `{$type, $values}`, in which Newtonsoft wraps byte arrays and lists, as the plain value.
 * @param awaiting what the bytes are, for errors.
 * @throws WireError GARBLED, with the bytes, for anything that is not one document of the types above.
 */
export function decodeDocument(bytes: Uint8Array, awaiting = 'a document'): ValueObject {
  const garbled = (detail: string): WireError => new WireError('GARBLED', awaiting, detail, bytes);
  let bson: Readonly<Record<string, unknown>>;
  try {
    bson = deserialize(bytes, { promoteValues: false });
  } catch (error) {
    throw garbled(`${bytes.length} bytes that are not BSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  // A DBRef is what the package makes of a document with `$ref` and `$id`.
  if (!isPlain(bson)) throw garbled('a BSON type that Halibut does not use, as the whole document');
  return membersFromBson(bson, 1, garbled);
}

type Garbled = (detail: string) => WireError;

/** An upper bound of what has been converted so far, in bytes of BSON. */
interface Size {
  bytes: number;
}

/** Type byte, the end of the key, and the length and end of a string, binary or document: no value has more around it. */
const ELEMENT_OVERHEAD_BYTES = 16;
/** Digits of the largest index an array can have. */
const INDEX_MAX_BYTES = 10;
/** UTF-8 has at most three bytes for each UTF-16 unit of a string. */
const UTF8_MAX_BYTES = 3;

function objectToBson(object: ValueObject, depth: number, size: Size): Map<string, unknown> {
  if (depth > MAX_DEPTH) throw new Error(`a document nests deeper than ${MAX_DEPTH}`);
  // A Map, for an object would put keys that look like numbers before all others, `$type` too.
  const members = new Map<string, unknown>();
  const type = object[TYPE_KEY];
  if (type !== undefined) addMember(members, TYPE_KEY, type, depth, size);
  for (const [key, value] of Object.entries(object)) {
    if (key !== TYPE_KEY) addMember(members, key, value, depth, size);
  }
  size.bytes += ELEMENT_OVERHEAD_BYTES;
  return members;
}

function addMember(members: Map<string, unknown>, key: string, value: Value, depth: number, size: Size): void {
  size.bytes += ELEMENT_OVERHEAD_BYTES + UTF8_MAX_BYTES * key.length;
  members.set(key, toBson(value, depth, size));
}

function toBson(value: Value, depth: number, size: Size): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    size.bytes += UTF8_MAX_BYTES * value.length;
    return value;
  }
  if (typeof value === 'number') {
    if ((value | 0) !== value || Object.is(value, -0)) throw new Error(`${value} is not an int32: make it a Double`);
    return new Int32(value);
  }
  if (typeof value === 'bigint') {
    if (value < INT64_MIN || value > INT64_MAX) throw new Error(`${value.toString()} is not an int64`);
    return value;
  }
  if (value instanceof Double) return new BsonDouble(value.value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Error('an invalid date');
    return value;
  }
  if (value instanceof Guid) return new Binary(guidToBytes(value.text), BINARY_UUID);
  if (Buffer.isBuffer(value)) {
    size.bytes += value.length;
    return new Binary(value, BINARY_GENERIC);
  }
  if (value instanceof DataStreamRef) {
    const members = { [TYPE_KEY]: DATA_STREAM_TYPE, id: new Guid(value.id), length: BigInt(value.lengthBytes) };
    return objectToBson(members, depth + 1, size);
  }
  if (isValueArray(value)) {
    if (depth >= MAX_DEPTH) throw new Error(`a document nests deeper than ${MAX_DEPTH}`);
    size.bytes += ELEMENT_OVERHEAD_BYTES + value.length * (ELEMENT_OVERHEAD_BYTES + INDEX_MAX_BYTES);
    return value.map((element) => toBson(element, depth + 1, size));
  }
  return objectToBson(value, depth + 1, size);
}

function membersFromBson(bson: Readonly<Record<string, unknown>>, depth: number, garbled: Garbled): ValueObject {
  if (depth > MAX_DEPTH) throw garbled(`nests deeper than ${MAX_DEPTH}`);
  const members = Object.create(null) as Record<string, Value>;
  for (const key of Object.keys(bson)) members[key] = fromBson(bson[key], key, depth, garbled);
  return members;
}

function fromBson(bson: unknown, key: string, depth: number, garbled: Garbled): Value {
  if (typeof bson === 'string' || typeof bson === 'boolean') return bson;
  // Newtonsoft writes `undefined` for an undefined token of a JObject; for .NET it is a null.
  if (bson === null || bson === undefined) return null;
  if (bson instanceof Int32) return bson.valueOf();
  // A BSON timestamp is a Long too, an unsigned one; Newtonsoft reads both as an int64.
  if (bson instanceof Long) return BigInt.asIntN(64, bson.toBigInt());
  if (bson instanceof BsonDouble) return new Double(bson.valueOf());
  if (bson instanceof Binary) return binaryFromBson(bson, key, garbled);
  if (bson instanceof Date) {
    if (Number.isNaN(bson.getTime())) throw garbled(`'${shown(key)}' is a date out of range`);
    return bson;
  }
  if (Array.isArray(bson)) {
    if (depth >= MAX_DEPTH) throw garbled(`nests deeper than ${MAX_DEPTH}`);
    return bson.map((element: unknown) => fromBson(element, key, depth + 1, garbled));
  }
  if (isPlain(bson)) return meaningOf(membersFromBson(bson, depth + 1, garbled), key, garbled);
  throw garbled(`'${shown(key)}' is of a BSON type that Halibut does not use`);
}

function binaryFromBson(binary: Binary, key: string, garbled: Garbled): Buffer | Guid {
  const bytes = Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
  if (binary.sub_type !== BINARY_UUID && binary.sub_type !== BINARY_UUID_OLD) return bytes;
  if (bytes.length !== GUID_BYTES) throw garbled(`'${shown(key)}' is a GUID of ${bytes.length} bytes`);
  return new Guid(guidFromBytes(bytes));
}

/** What an object stands for: a data stream, the value that Newtonsoft wrapped in it, or itself. */
function meaningOf(object: ValueObject, key: string, garbled: Garbled): Value {
  const keys = Object.keys(object);
  const { [TYPE_KEY]: type, id, length } = object;
  if (typeof type === 'string') {
    const inner = keys.length === 2 && keys[0] === TYPE_KEY ? keys[1] : undefined;
    if (inner === '$value' || inner === '$values') return object[inner] ?? null;
    if (type.split(',', 1)[0] !== DATA_STREAM_NAME) return object;
  } else if (keys.length !== 2 || !(id instanceof Guid) || typeof length !== 'bigint') {
    return object;
  }
  if (!(id instanceof Guid) || typeof length !== 'bigint') {
    throw garbled(`'${shown(key)}' is a data stream without an id and a length`);
  }
  if (length < 0n || length > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw garbled(`'${shown(key)}' is a data stream of ${length.toString()} bytes`);
  }
  return new DataStreamRef(id.text, Number(length));
}

/** What the bson package makes of a document; all other types it makes are classes. */
function isPlain(bson: unknown): bson is Readonly<Record<string, unknown>> {
  return typeof bson === 'object' && bson !== null && Object.getPrototypeOf(bson) === Object.prototype;
}

/** A key for an error message: it came from the network, and may be megabytes long. */
function shown(key: string): string {
  return key.slice(0, 64);
}
