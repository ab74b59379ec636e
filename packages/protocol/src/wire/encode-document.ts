import { Binary, Double as BsonDouble, Int32, serialize, setInternalBufferSize } from 'bson';
import {
  BINARY_GENERIC,
  BINARY_UUID,
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

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Type byte, the end of the key, and the length and end of a string, binary or document: no value has more around it. */
const ELEMENT_OVERHEAD_BYTES = 16;
/** Digits of the largest index an array can have. */
const INDEX_MAX_BYTES = 10;
/** UTF-8 has at most three bytes for each UTF-16 unit of a string. */
const UTF8_MAX_BYTES = 3;

/** An upper bound of what has been converted so far, in bytes of BSON. */
interface Size {
  bytes: number;
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

function objectToBson(object: ValueObject, depth: number, size: Size): Map<string, unknown> {
  if (depth > MAX_DEPTH) throw tooDeep();
  // A Map, for an object would put keys that look like numbers before all others, `$type` too.
  const members = new Map<string, unknown>();
  const type = object[TYPE_KEY];
  if (type !== undefined) addMember(members, TYPE_KEY, type, depth, size);
  for (const key of Object.keys(object)) {
    if (key !== TYPE_KEY) addMember(members, key, object[key] ?? null, depth, size);
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
  if (isValueArray(value)) {
    if (depth >= MAX_DEPTH) throw tooDeep();
    size.bytes += ELEMENT_OVERHEAD_BYTES + value.length * (ELEMENT_OVERHEAD_BYTES + INDEX_MAX_BYTES);
    return value.map((element) => toBson(element, depth + 1, size));
  }
  if (Buffer.isBuffer(value)) {
    size.bytes += value.length;
    return new Binary(value, BINARY_GENERIC);
  }
  if (value instanceof Guid) return new Binary(guidToBytes(value.text), BINARY_UUID);
  if (value instanceof Double) return new BsonDouble(value.value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Error('an invalid date');
    return value;
  }
  if (value instanceof DataStreamRef) {
    const members = { [TYPE_KEY]: DATA_STREAM_TYPE, id: new Guid(value.id), length: BigInt(value.lengthBytes) };
    return objectToBson(members, depth + 1, size);
  }
  return objectToBson(value, depth + 1, size);
}

function tooDeep(): Error {
  return new Error(`a document nests deeper than ${MAX_DEPTH}`);
}
