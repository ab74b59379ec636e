import { Binary, Double as BsonDouble, deserialize, Int32, Long, serialize, Timestamp } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DataStreamRef,
  Double,
  dataStreamsIn,
  Guid,
  isBsonObject,
  MAX_DEPTH,
  type BsonValue,
  type BsonObject,
} from './bson-value.js';
import { decodeBson as decode, encodeBson } from './bson.js';
import { guidToBytes } from './guid.js';
import { WireError } from './wire-error.js';

function decodeBson(bytes: Uint8Array): BsonObject {
  return decode(Buffer.from(bytes)).document;
}

const ID = '637d712a-dbd5-431c-a1b2-0123456789ab';
const ID_HEX = '2a717d63d5db1c43a1b20123456789ab';

/** A BSON document of these elements, each given as hexadecimal from its type byte on. */
function bson(...elements: string[]): Buffer {
  const body = Buffer.from(elements.join(''), 'hex');
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.length + 5);
  return Buffer.concat([size, body, Buffer.alloc(1)]);
}

/** The key `a`, which follows the type byte. */
const A = '6100';

function failure(bytes: Uint8Array): WireError {
  try {
    decodeBson(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    expect((error as WireError).code).toBe('MALFORMED');
    return error as WireError;
  }
  throw new Error('it was decoded');
}

/** What a peer can send, in the form that comes back from a round trip: no prototypes, no wrappers. */
const { value: anyValue } = fc.letrec<{ value: BsonValue; object: BsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((number) => (number === 0 ? 0 : number)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double().map((number) => new Double(number)),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uuid().map((text) => new Guid(text)),
    fc.tuple(fc.uuid(), fc.maxSafeNat()).map(([id, length]) => new DataStreamRef(id, length)),
    fc.array(tie('value'), { maxLength: 5 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'id', '7')), tie('value')), {
      maxLength: 5,
    })
    .map((members) => {
      const object = Object.create(null) as Record<string, BsonValue>;
      for (const [key, value] of members) object[key.replaceAll('\0', '')] = value;
      return object;
    })
    // Those two are a data stream without its type, and come back as one.
    .filter((object) => !(object['id'] instanceof Guid && typeof object['length'] === 'bigint')),
}));

/** A value as the bson package takes it. */
function toPackage(value: BsonValue): unknown {
  if (typeof value === 'number') return new Int32(value);
  if (typeof value === 'bigint') return Long.fromBigInt(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(toPackage);
  if (Buffer.isBuffer(value)) return new Binary(value, 0);
  if (value instanceof Guid) return new Binary(guidToBytes(value.text), 4);
  if (value instanceof Double) return new BsonDouble(value.value);
  if (value instanceof DataStreamRef) {
    return toPackage({
      $type: 'Halibut.DataStream, Halibut',
      id: new Guid(value.id),
      length: BigInt(value.lengthBytes),
    });
  }
  return new Map(Object.entries(value).map(([key, member]) => [key, toPackage(member)]));
}

describe('documents', () => {
  it('survive a round trip, widths and all', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeBson(encodeBson({ value }))['value']).toStrictEqual(value);
      }),
    );
  });

  it('are the bytes that the bson package writes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(encodeBson({ value })).toEqual(Buffer.from(serialize(new Map([['value', toPackage(value)]]))));
      }),
    );
  });

  it('are rejected where the bson package rejects them', () => {
    const bytes = fc.tuple(anyValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }));
    fc.assert(
      fc.property(bytes, ([value, changes]) => {
        const changed = encodeBson({ value });
        for (const [at, byte] of changes) changed[at % changed.length] = byte;
        let isAccepted = true;
        try {
          deserialize(changed, { promoteValues: false });
        } catch {
          isAccepted = false;
        }
        if (!isAccepted) failure(changed);
      }),
      { numRuns: 3000 },
    );
  });

  it('hold each type as BSON has it', () => {
    const types: [BsonValue, string][] = [
      [null, `0a${A}`],
      [true, `08${A}01`],
      ['hé', `02${A}0400000068c3a900`],
      [-2, `10${A}feffffff`],
      [-2n, `12${A}feffffffffffffff`],
      [new Double(1), `01${A}000000000000f03f`],
      [new Date(1), `09${A}0100000000000000`],
      [Buffer.from([1, 2]), `05${A}02000000000102`],
      [new Guid(ID), `05${A}1000000004${ID_HEX}`],
      [['x', 7], `04${A}150000000230000200000078001031000700000000`],
      [{ b: null }, `03${A}080000000a620000`],
    ];
    for (const [value, hex] of types) {
      expect(encodeBson({ a: value }).toString('hex')).toBe(bson(hex).toString('hex'));
      expect(decodeBson(bson(hex))).toEqual({ a: value });
    }
  });

  it('are read from what only Newtonsoft writes', () => {
    const bytes = `05${A}0200000000ffee`;
    // undefined; a GUID of the old subtype; a timestamp, which is an int64 to .NET
    expect(decodeBson(bson(`06${A}`))).toEqual({ a: null });
    expect(decodeBson(bson(`05${A}1000000003${ID_HEX}`))).toEqual({ a: new Guid(ID) });
    expect(decodeBson(bson(`11${A}ffffffffffffffff`))).toEqual({ a: -1n });
    expect(decodeBson(bson(bytes))).toEqual({ a: Buffer.from([255, 238]) });
  });

  it('return wrapped bytes and lists unwrapped', () => {
    const wrapped = encodeBson({
      bytes: { $type: 'System.Byte[], mscorlib', $value: Buffer.from('payload') },
      nothing: { $type: 'System.Byte[], mscorlib', $value: null },
      list: { $type: 'System.String[], System.Private.CoreLib', $values: ['a', 'b'] },
      not: { $type: 'T, A', $value: 1, more: 2 },
      nor: { $value: 1, $values: [] },
    });
    expect(decodeBson(wrapped)).toEqual({
      bytes: Buffer.from('payload'),
      nothing: null,
      list: ['a', 'b'],
      not: { $type: 'T, A', $value: 1, more: 2 },
      nor: { $value: 1, $values: [] },
    });
  });

  it('have $type first, before keys that look like numbers too', () => {
    const keys = Object.keys(decodeBson(encodeBson({ z: 1, a: 2 })));
    expect(keys).toEqual(['z', 'a']);
    const bytes = encodeBson({ a: { '1': 1, b: 2, $type: 'T, A' } });
    expect(bytes.indexOf('$type')).toBeLessThan(bytes.indexOf('\x101\0'));
  });

  it('of 18 MB are whole', () => {
    const text = 'x'.repeat(18 * 1024 * 1024);
    expect(decodeBson(encodeBson({ text, end: 'here' }))).toEqual({ text, end: 'here' });
  });

  it.each<[string, BsonValue]>([
    ['a fraction', 1.5],
    ['a number beyond int32', 2 ** 31],
    ['minus zero', -0],
    ['a bigint beyond int64', 2n ** 63n],
    ['an invalid date', new Date(Number.NaN)],
    ['a key with NUL', { 'a\0b': 1 }],
  ])('are not written with %s', (_, value) => {
    expect(() => encodeBson({ value })).toThrow(Error);
  });
});

describe('data streams in documents', () => {
  const ref = new DataStreamRef(ID, 5000);

  it('are written with their type', () => {
    // Byte for byte as in the capture listening-upload, but for the id.
    expect(encodeBson({ a: ref })).toEqual(
      encodeBson({ a: { $type: 'Halibut.DataStream, Halibut', id: new Guid(ID), length: 5000n } }),
    );
  });

  it('are known by their type or, without one, by their members', () => {
    const id = new Guid(ID);
    const found: BsonValue[] = [
      { $type: 'Halibut.DataStream, Halibut', id, length: 5000n },
      { $type: 'Halibut.DataStream, Halibut, Version=8.1.0.0', length: 5000n, id },
      { id, length: 5000n },
    ];
    for (const a of found) expect(decodeBson(encodeBson({ a }))).toEqual({ a: ref });
    const others: BsonValue[] = [
      { id, length: 5000 },
      { id: ID, length: 5000n },
      { id, length: 5000n, name: 'x' },
      { $type: 'My.DataStream, Mine', id, length: 5000n },
    ];
    for (const a of others) expect(decodeBson(encodeBson({ a }))).toEqual({ a });
  });

  it.each<[string, BsonObject]>([
    ['a negative length', { id: new Guid(ID), length: -1n }],
    ['an absurd length', { id: new Guid(ID), length: 2n ** 53n }],
    ['no id', { $type: 'Halibut.DataStream, Halibut', length: 1n }],
    ['a length that is not an int64', { $type: 'Halibut.DataStream, Halibut', id: new Guid(ID), length: '1' }],
  ])('with %s are malformed', (_, a) => {
    expect(failure(encodeBson({ a })).message).toMatch(/^a document: 'a' is a data stream /);
  });

  it('are found in the order of the document', () => {
    const [first, second, third] = [1, 2, 3].map((length) => new DataStreamRef(ID, length));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    const document = { z: [first, { y: second }], a: [[third], 'x', null, Buffer.alloc(1), new Guid(ID)] };
    expect(dataStreamsIn(document)).toEqual([first, second, third]);
    expect(dataStreamsIn(decodeBson(encodeBson(document)))).toEqual([first, second, third]);
    // A stream that is named twice is sent twice.
    expect(dataStreamsIn([first, first])).toEqual([first, first]);
    expect(dataStreamsIn(null)).toEqual([]);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('cannot have %d bytes', (length) => {
    expect(() => new DataStreamRef(ID, length)).toThrow('a data stream cannot have');
  });
});

describe('isBsonObject', () => {
  it('is for objects of keys and values only', () => {
    expect([{}, { a: 1 }, decodeBson(bson())].every(isBsonObject)).toBe(true);
    const others: BsonValue[] = [
      null,
      'a',
      1,
      1n,
      [],
      Buffer.alloc(1),
      new Date(),
      new Guid(ID),
      new Double(1),
      new DataStreamRef(ID, 1),
    ];
    expect(others.some(isBsonObject)).toBe(false);
  });
});

describe('hostile documents', () => {
  it('cannot reach a prototype', () => {
    const polluting = bson(`03${Buffer.from('__proto__').toString('hex')}00${bson(`08${A}01`).toString('hex')}`);
    const document = decodeBson(polluting);
    const prototype = Object.getPrototypeOf(document) as object;
    expect([Object.getPrototypeOf(prototype), Object.isFrozen(prototype)]).toEqual([null, true]);
    expect(Reflect.ownKeys(prototype)).toEqual([]);
    expect(Object.keys(document)).toEqual(['__proto__']);
    expect(document['a']).toBeUndefined();
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    expect(encodeBson(document)).toEqual(polluting);
  });

  it('cannot imitate a type of this package or of the bson package', () => {
    const text = (key: string, value: string) =>
      `02${Buffer.from(key).toString('hex')}00${Buffer.from([value.length + 1, 0, 0, 0]).toString('hex')}${Buffer.from(value).toString('hex')}00`;
    expect(decodeBson(bson(text('_bsontype', 'Int32'), `10${A}01000000`))).toEqual({ _bsontype: 'Int32', a: 1 });
    expect(decodeBson(encodeBson({ a: { text: ID } }))['a']).not.toBeInstanceOf(Guid);
    expect(failure(bson(text('$ref', 'x'), text('$id', 'y'), `0a${A}`)).message).toContain('BSON type');
  });

  it('nest as deep as Newtonsoft reads, and no deeper', () => {
    const nest = (depth: number, type: string, key: string): Buffer =>
      depth === 1 ? bson() : bson(`${type}${key}00${nest(depth - 1, type, key).toString('hex')}`);
    for (const [type, key] of [
      ['03', '61'],
      ['04', '30'],
    ] as const) {
      const deepest = nest(MAX_DEPTH, type, key);
      expect(encodeBson(decodeBson(deepest))).toEqual(deepest);
      expect(failure(nest(MAX_DEPTH + 1, type, key)).message).toBe(`a document: nests deeper than ${MAX_DEPTH}`);
    }
    // A hundred thousand levels: the limit ends it, not the stack. Each is `03 61 00` and five bytes of its own.
    const levels = 100_000;
    const abyss = Buffer.alloc(5 + 8 * levels);
    for (let level = 0; level <= levels; level++) {
      abyss.writeInt32LE(5 + 8 * (levels - level), 7 * level);
      if (level < levels) abyss.write('036100', 7 * level + 4, 'hex');
    }
    expect(failure(abyss).message).toContain('nests deeper');
  });

  it('are not written deeper than they may be read', () => {
    let object: BsonValue = {};
    let array: BsonValue = [];
    for (let depth = 1; depth < MAX_DEPTH; depth++) {
      object = { object };
      array = [array];
    }
    expect(() => encodeBson({ object })).toThrow('nests deeper');
    expect(() => encodeBson({ array })).toThrow('nests deeper');
    const circle: BsonValue[] = [];
    circle.push(circle);
    expect(() => encodeBson({ circle })).toThrow('nests deeper');
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['less than a document', Buffer.from('05000000', 'hex')],
    ['bytes after it', Buffer.concat([bson(), Buffer.from([0])])],
    ['a size too large', Buffer.from('0600000000', 'hex')],
    ['a negative size', Buffer.from('ffffffff00', 'hex')],
    ['no end', Buffer.from('0500000001', 'hex')],
    ['an unknown type', bson(`20${A}`)],
    ['a string longer than the document', bson(`02${A}ffffff7f00`)],
    ['a string without its end', bson(`02${A}020000006161`)],
    ['a string that is not UTF-8', bson(`02${A}02000000ff00`)],
    ['a boolean of 2', bson(`08${A}02`)],
    ['an int cut short', bson(`10${A}01`)],
    ['a document longer than the one around it', bson(`03${A}ff00000000`)],
    ['an array that ends early', bson(`04${A}0600000000`)],
    ['a binary longer than the document', bson(`05${A}ff00000000`)],
    ['a GUID of 15 bytes', bson(`05${A}0f00000004${ID_HEX.slice(2)}`)],
    ['a date out of range', bson(`09${A}ffffffffffffff7f`)],
    ['a regular expression that is none', bson(`0b${A}280000`)],
    ['a regular expression', bson(`0b${A}610000`)],
    ['code', bson(`0d${A}020000006100`)],
    ['an object id', bson(`07${A}000102030405060708090a0b`)],
    ['a key without its end', Buffer.from('060000000a00', 'hex')],
  ])('are malformed: %s', (_, bytes) => {
    const error = failure(bytes);
    expect(error.purpose).toBe('a document');
    expect(error.received).toEqual(bytes);
  });

  it('of any bytes are a document or a WireError', () => {
    const whole = encodeBson({
      text: 'a',
      list: [1, 2n, new Double(0.5)],
      stream: new DataStreamRef(ID, 7),
      d: new Date(0),
    });
    const flipped = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const framed = fc.uint8Array({ maxLength: 100 }).map((body) => bson(Buffer.from(body).toString('hex')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), framed, flipped), (bytes) => {
        try {
          expect(isBsonObject(decodeBson(bytes))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('keep timestamps within int64', () => {
    const a = decodeBson(serialize({ a: new Timestamp(2n ** 64n - 2n) }))['a'];
    expect(a).toBe(-2n);
    expect(decodeBson(encodeBson({ a: a ?? null }))).toEqual({ a: -2n });
  });
});
