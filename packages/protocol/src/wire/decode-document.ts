import { Binary, Double as BsonDouble, deserialize, Int32, Long } from 'bson';
import {
  BINARY_UUID,
  BINARY_UUID_OLD,
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

type Garbled = (detail: string) => WireError;

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
    // Promoted values would lose which numbers are doubles.
    bson = deserialize(bytes, { promoteValues: false });
  } catch (error) {
    throw garbled(`${bytes.length} bytes that are not BSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  // A DBRef is what the package makes of a document with `$ref` and `$id`.
  if (!isPlain(bson)) throw garbled('a BSON type that Halibut does not use, as the whole document');
  return membersFromBson(bson, Object.keys(bson), 1, garbled);
}

function membersFromBson(
  bson: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  depth: number,
  garbled: Garbled,
): ValueObject {
  if (depth > MAX_DEPTH) throw garbled(`nests deeper than ${MAX_DEPTH}`);
  const members = Object.create(null) as Record<string, Value>;
  for (const key of keys) members[key] = fromBson(bson[key], key, depth, garbled);
  return members;
}

function fromBson(bson: unknown, key: string, depth: number, garbled: Garbled): Value {
  if (typeof bson === 'string' || typeof bson === 'boolean') return bson;
  // Newtonsoft writes `undefined` for an undefined token of a JObject; for .NET it is a null.
  if (bson === null || bson === undefined) return null;
  if (bson instanceof Int32) return bson.value;
  // A BSON timestamp is a Long too, an unsigned one; Newtonsoft reads both as an int64.
  if (bson instanceof Long) return BigInt.asIntN(64, bson.toBigInt());
  if (bson instanceof Binary) return binaryFromBson(bson, key, garbled);
  if (bson instanceof BsonDouble) return new Double(bson.value);
  if (bson instanceof Date) {
    if (Number.isNaN(bson.getTime())) throw garbled(`'${shown(key)}' is a date out of range`);
    return bson;
  }
  if (Array.isArray(bson)) {
    if (depth >= MAX_DEPTH) throw garbled(`nests deeper than ${MAX_DEPTH}`);
    return bson.map((element: unknown) => fromBson(element, key, depth + 1, garbled));
  }
  if (!isPlain(bson)) throw garbled(`'${shown(key)}' is of a BSON type that Halibut does not use`);
  const keys = Object.keys(bson);
  return meaningOf(membersFromBson(bson, keys, depth + 1, garbled), keys, key, garbled);
}

function binaryFromBson(binary: Binary, key: string, garbled: Garbled): Buffer | Guid {
  const bytes = Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
  if (binary.sub_type !== BINARY_UUID && binary.sub_type !== BINARY_UUID_OLD) return bytes;
  if (bytes.length !== GUID_BYTES) throw garbled(`'${shown(key)}' is a GUID of ${bytes.length} bytes`);
  return new Guid(guidFromBytes(bytes));
}

/** What an object stands for: a data stream, the value that Newtonsoft wrapped in it, or itself. */
function meaningOf(object: ValueObject, keys: readonly string[], key: string, garbled: Garbled): Value {
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
