/** The BSON types in the responses of test peers. A number is an int32. */
export type Bson = string | number | bigint | boolean | null | readonly Bson[] | { readonly [key: string]: Bson };

/** Encodes a BSON document without a library: test peers must not use the code under test. */
export function bsonDocument(members: Readonly<Record<string, Bson>>): Buffer {
  const body = Buffer.concat(Object.entries(members).map(([key, value]) => element(key, value)));
  return Buffer.concat([int32(body.length + 5), body, Buffer.of(0)]);
}

function element(key: string, value: Bson): Buffer {
  const [type, bytes] = typed(value);
  return Buffer.concat([Buffer.of(type), Buffer.from(`${key}\0`), bytes]);
}

function typed(value: Bson): [type: number, bytes: Buffer] {
  if (value === null) return [0x0a, Buffer.alloc(0)];
  if (typeof value === 'string') {
    const text = Buffer.from(`${value}\0`);
    return [0x02, Buffer.concat([int32(text.length), text])];
  }
  if (typeof value === 'boolean') return [0x08, Buffer.of(value ? 1 : 0)];
  if (typeof value === 'number') return [0x10, int32(value)];
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return [0x12, bytes];
  }
  // An array is a document whose keys are its indices.
  return [Array.isArray(value) ? 0x04 : 0x03, bsonDocument({ ...(value as Readonly<Record<string, Bson>>) })];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
