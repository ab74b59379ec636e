import { guidFromBytes, parseGuid } from './guid.js';

/**
 * What a document can hold. Widths survive a round trip because each has a type of its own: `number` is always an
 * int32, `bigint` always an int64, and a floating-point number is a {@link Double} even when it is whole.
 */
export type BsonValue =
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
  | readonly BsonValue[]
  | BsonObject;

/**
 * A document, or one inside another. `$type`, where there is one, is a key like any other. Those that are decoded have
 * a prototype without members, so that a key such as `__proto__` or `constructor` is a key and nothing else.
 */
export interface BsonObject {
  readonly [key: string]: BsonValue;
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
  /** @param guid its text, or its 16 bytes in the order of .NET. @throws Error when it is not a GUID. */
  constructor(guid: string | Uint8Array) {
    this.text = typeof guid === 'string' ? parseGuid(guid) : guidFromBytes(guid);
  }
}

/** A document's reference to a data stream; the bytes themselves follow the message. */
export class DataStreamRef {
  /** GUID: lower-case, with dashes. */
  readonly id: string;
  readonly lengthBytes: number;
  /** @throws Error when `id` is not a GUID or `lengthBytes` not a whole number from 0 to 2^53 - 1. */
  constructor(id: string, lengthBytes: number) {
    if (!Number.isSafeInteger(lengthBytes) || lengthBytes < 0) {
      throw new Error(`a data stream cannot have ${lengthBytes} bytes`);
    }
    this.id = parseGuid(id);
    this.lengthBytes = lengthBytes;
  }
}

/** How deep documents may nest, the outermost counted: what the JSON reader of the real library (Newtonsoft 13) allows. */
export const MAX_DEPTH = 64;

/** The key under which .NET stores the type of an object. */
export const TYPE_KEY = '$type';
export const DATA_STREAM_NAME = 'Halibut.DataStream';
export const DATA_STREAM_TYPE = `${DATA_STREAM_NAME}, Halibut`;

/** Subtypes of BSON's binary: plain bytes, their old form, and the two that are a GUID. */
export const BINARY_GENERIC = 0;
export const BINARY_OLD = 2;
export const BINARY_UUID_OLD = 3;
export const BINARY_UUID = 4;

/** Whether a value is an object of keys and values: neither an array nor an instance of a {@link BsonValue} class. */
export function isBsonObject(value: BsonValue): value is BsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isBsonArray(value) &&
    !Buffer.isBuffer(value) &&
    !(value instanceof Double || value instanceof Guid || value instanceof DataStreamRef || value instanceof Date)
  );
}

/** `Array.isArray`, whose type does not include read-only arrays. */
export function isBsonArray(value: BsonValue): value is readonly BsonValue[] {
  return Array.isArray(value);
}

/** All data streams that a value refers to, in the order of the document, in which they also follow the message. */
export function dataStreamsIn(value: BsonValue): DataStreamRef[] {
  const found: DataStreamRef[] = [];
  collect(value, found);
  return found;
}

function collect(value: BsonValue, found: DataStreamRef[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof DataStreamRef) found.push(value);
  else if (isBsonArray(value)) for (const element of value) collect(element, found);
  else if (isBsonObject(value)) for (const key of Object.keys(value)) collect(value[key] ?? null, found);
}
