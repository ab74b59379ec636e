import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, cut, holding } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import {
  DataStreamReader,
  discardDataStream,
  type OutgoingStream,
  readDataStream,
  writeDataStream,
} from './data-stream.js';
import { DataStreamRef } from './bson-value.js';
import { WireError } from './wire-error.js';

const ID = '663b1fc8-2e27-4bd0-be8d-23c0ed1aca4c';
/** Id and length as the real library sent them in the capture listening-upload. */
const HEADER = Buffer.from('c81f3b66272ed04bbe8d23c0ed1aca4c8813000000000000', 'hex');
const LENGTH = Buffer.from('8813000000000000', 'hex');
const REF = new DataStreamRef(ID, 5000);

const readRequest = () => ({ purpose: 'a data stream', deadline: Deadline.inMs(10_000) });

/** What is written to a channel, a buffer for each write. */
async function written(stream: OutgoingStream): Promise<{ writes: Buffer[]; error: unknown }> {
  const writes: Buffer[] = [];
  const write = (bytes: Uint8Array): Promise<void> => {
    writes.push(Buffer.from(bytes));
    return Promise.resolve();
  };
  const error: unknown = await writeDataStream({ source: new ByteReader(), write }, stream, Deadline.inMs(1000)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { writes, error };
}

async function failure(source: ByteReader, deadline = Deadline.inMs(10_000)): Promise<WireError> {
  const error: unknown = await discardDataStream(source, REF, { purpose: 'a data stream', deadline }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WireError);
  return error as WireError;
}

describe('writeDataStream', () => {
  it('writes what the real library writes, each part apart', async () => {
    const { writes, error } = await written({ id: ID, lengthBytes: 5000, chunks: [Buffer.alloc(5000)] });
    expect(error).toBeUndefined();
    expect(writes).toEqual([HEADER, Buffer.alloc(5000), LENGTH]);
  });

  it('writes a chunk at a time, and no empty ones', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc');
      await setImmediate();
      yield Buffer.alloc(0);
      yield Buffer.from('d');
    }
    const { writes } = await written({ id: ID, lengthBytes: 4, chunks: chunks() });
    expect(writes.slice(1).map((bytes) => bytes.toString('latin1'))).toEqual(['abc', 'd', '\x04\0\0\0\0\0\0\0']);
  });

  it('writes an empty stream', async () => {
    const { writes } = await written({ id: ID, lengthBytes: 0, chunks: [] });
    expect(writes).toEqual([Buffer.concat([HEADER.subarray(0, 16), Buffer.alloc(8)]), Buffer.alloc(8)]);
  });

  it('asks for no more than the next chunk while one is being written', async () => {
    const events: string[] = [];
    function* chunks(): Generator<Uint8Array> {
      for (const name of ['1', '2', '3', '4']) {
        events.push(`readRequest ${name}`);
        yield Buffer.from(name);
      }
    }
    const write = async (bytes: Uint8Array): Promise<void> => {
      const name = bytes.length === 1 ? Buffer.from(bytes).toString() : 'length';
      events.push(`write ${name}`);
      await setImmediate();
      events.push(`written ${name}`);
    };
    const stream = { id: ID, lengthBytes: 4, chunks: chunks() };
    await writeDataStream({ source: new ByteReader(), write }, stream, Deadline.inMs(1000));
    expect(events.indexOf('readRequest 3')).toBeGreaterThan(events.indexOf('written 1'));
    expect(events.indexOf('readRequest 4')).toBeGreaterThan(events.indexOf('written 2'));
  });

  it('refuses a chunk that is too much before it is sent, and lets go of the producer', async () => {
    let closed = false;
    function* chunks(): Generator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(3);
      } finally {
        closed = true;
      }
    }
    const { writes, error } = await written({ id: ID, lengthBytes: 7, chunks: chunks() });
    expect(error).toEqual(new Error(`data stream ${ID} was announced with 7 bytes, but has 9 or more`));
    expect(writes.slice(1)).toEqual([Buffer.alloc(3)]);
    expect(closed).toBe(true);
  });

  it.each([4, 6])('sends nothing at all when its one chunk has %i bytes instead of 5', async (length) => {
    const { writes, error } = await written({ id: ID, lengthBytes: 5, chunks: [Buffer.alloc(length)] });
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(WireError);
    expect(writes).toEqual([]);
  });

  it('never sends the length at the end when there was less', async () => {
    const { writes, error } = await written({ id: ID, lengthBytes: 9, chunks: [Buffer.alloc(3), Buffer.alloc(3)] });
    expect(error).toEqual(new Error(`data stream ${ID} was announced with 9 bytes, but has 6`));
    expect(writes.slice(1)).toEqual([Buffer.alloc(3)]);
  });

  it.each([-1, 0.5, Number.NaN])('refuses a length of %d', async (lengthBytes) => {
    const { writes, error } = await written({ id: ID, lengthBytes, chunks: [] });
    expect([writes, error instanceof Error]).toEqual([[], true]);
  });
});

describe('readDataStream', () => {
  it('reads what was written, whatever the pieces, and leaves the bytes behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.uuid(),
        async (chunks, size, id) => {
          const content = Buffer.concat(chunks);
          const { writes } = await written({ id, lengthBytes: content.length, chunks });
          for (const source of [
            holding(...writes, Buffer.from('NEXT')),
            arriving(cut(Buffer.concat([...writes, Buffer.from('NEXT')]), [size])),
          ]) {
            const pieces: Buffer[] = [];
            for await (const piece of readDataStream(source, new DataStreamRef(id, content.length), readRequest())) {
              pieces.push(piece);
            }
            expect(Buffer.concat(pieces).equals(content)).toBe(true);
            expect((await source.readExactly(4, readRequest())).toString()).toBe('NEXT');
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('reads byte by byte', async () => {
    const source = arriving(cut(Buffer.concat([HEADER, Buffer.alloc(5000, 7), LENGTH]), [1]));
    let count = 0;
    for await (const piece of readDataStream(source, REF, readRequest())) count += piece.length;
    expect(count).toBe(5000);
  });

  it('reads only what it is asked for, in pieces of a bounded size', async () => {
    const length = Buffer.alloc(8);
    length.writeBigInt64LE(100_000n);
    const source = holding(Buffer.concat([HEADER.subarray(0, 16), length, Buffer.alloc(100_000), length]));
    const pieces = readDataStream(source, new DataStreamRef(ID, 100_000), readRequest());
    const all = source.bufferedBytes;
    await setImmediate();
    expect(source.bufferedBytes).toBe(all);
    const first = await pieces.next();
    expect(first.value?.length).toBe(65_536);
    await setImmediate();
    expect(source.bufferedBytes).toBe(all - 24 - 65_536);
  });

  it('reads an empty stream without giving a piece', async () => {
    const source = holding(HEADER.subarray(0, 16), Buffer.alloc(16));
    expect(await readDataStream(source, new DataStreamRef(ID, 0), readRequest()).next()).toEqual({ done: true });
    expect(source.bufferedBytes).toBe(0);
  });

  const content = Buffer.alloc(5000);
  const zeroId = Buffer.alloc(16);
  const shorter = Buffer.from('8713000000000000', 'hex');
  const negative = Buffer.alloc(8, 0xff);
  it.each([
    ['another id', [zeroId, LENGTH, content, LENGTH], `id: expected ${ID}, got 00000000-0000-0000-0000-000000000000`],
    ['another length', [HEADER.subarray(0, 16), shorter, content], 'length: expected 5000, got 4999'],
    ['a negative length', [HEADER.subarray(0, 16), negative, content], 'length: expected 5000, got -1'],
    ['another length at its end', [HEADER, content, shorter], 'length at its end: expected 5000, got 4999'],
  ])('says that it is malformed: %s', async (_, bytes, message) => {
    const error = await failure(holding(...bytes));
    expect([error.code, error.message]).toEqual(['MALFORMED', `a data stream: data stream ${message}`]);
  });

  it('says how much came when the stream ends inside', async () => {
    const whole = Buffer.concat([HEADER, content, LENGTH]);
    for (const at of [0, 15, 16, 23, 24, 1000, 5023, 5024, 5031]) {
      const error = await failure(holding(whole.subarray(0, at)));
      expect(error.code).toBe('END_OF_STREAM');
      if (at >= 24 && at < 5024) {
        expect(error.message).toBe(
          `a data stream: the stream ended after ${at - 24} of 5000 bytes of data stream ${ID}`,
        );
      }
    }
  });

  it('reports the number of bytes that arrived before the silence', async () => {
    const source = new ByteReader();
    source.push(Buffer.concat([HEADER, Buffer.alloc(10)]));
    const error = await failure(source, Deadline.inMs(250));
    expect([error.code, error.receivedBytes]).toEqual(['READ_TIMEOUT', 10]);
    expect(error.message).toBe(`a data stream: nothing arrived for 0.25 s after 10 of 5000 bytes of data stream ${ID}`);
  });

  it('goes on beyond its deadline while bytes keep coming: that is for each step', async () => {
    const source = new ByteReader();
    source.push(HEADER);
    const deadline = Deadline.inMs(50);
    const pieces = readDataStream(source, REF, { purpose: 'x', deadline });
    let cameBytes = 0;
    while (!deadline.hasPassed) await setImmediate();
    source.push(Buffer.alloc(4000));
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
      cameBytes += piece.value.length;
      if (cameBytes === 4000) source.push(Buffer.concat([Buffer.alloc(1000), LENGTH]));
    }
    expect(cameBytes).toBe(5000);
  });

  it('passes on why the connection went', async () => {
    const source = new ByteReader();
    source.push(HEADER);
    source.fail(new Error('reset'));
    await expect(discardDataStream(source, REF, readRequest())).rejects.toThrow('reset');
  });
});

describe('a data stream that is passed on', () => {
  const content = Buffer.from(Uint8Array.from({ length: 5000 }, (_, index) => index % 251));
  const whole = Buffer.concat([HEADER, content, LENGTH, Buffer.from('NEXT')]);

  /** The rest of a stream, read on request. */
  async function restOf(reader: DataStreamReader): Promise<Buffer[]> {
    const pieces: Buffer[] = [];
    for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) pieces.push(piece);
    return pieces;
  }

  it('arrives whole, whatever the pieces, and the bytes behind it stay', async () => {
    for (const size of [1, 7, 1000, 5024, 5033, whole.length]) {
      const source = arriving(cut(whole, [size]));
      const pieces: Buffer[] = [];
      await new DataStreamReader(source, REF, readRequest()).passOn((piece) => pieces.push(piece));
      expect(Buffer.concat(pieces).equals(content)).toBe(true);
      expect((await source.readExactly(4, readRequest())).toString()).toBe('NEXT');
    }
  });

  it('is passed on within the call by which it arrives, and the sender is not stopped', async () => {
    const stops: string[] = [];
    const source = new ByteReader({ pause: () => stops.push('pause'), resume: () => stops.push('resume') });
    const length = Buffer.alloc(8);
    length.writeBigInt64LE(400_000n);
    let bytes = 0;
    const ref = new DataStreamRef(ID, 400_000);
    const done = new DataStreamReader(source, ref, readRequest()).passOn((piece) => (bytes += piece.length));
    source.push(Buffer.concat([HEADER.subarray(0, 16), length]));
    await setImmediate();
    for (let count = 1; count <= 4; count++) {
      source.push(Buffer.alloc(100_000));
      expect(bytes).toBe(count * 100_000);
    }
    source.push(length);
    await done;
    expect(stops).toEqual([]);
  });

  it.each([0, 10, 24, 3000, 5024, 5030])('can be ended after %i bytes, and its rest is still there', async (at) => {
    const source = new ByteReader();
    source.push(whole.subarray(0, at));
    const stop = new AbortController();
    const reader = new DataStreamReader(source, REF, readRequest());
    const pieces: Buffer[] = [];
    const passed = reader.passOn((piece) => pieces.push(piece), stop.signal);
    await setImmediate();
    stop.abort(new Error('over'));
    await expect(passed).rejects.toThrow('over');
    source.push(whole.subarray(at));
    pieces.push(...(await restOf(reader)));
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect((await source.readExactly(4, readRequest())).toString()).toBe('NEXT');
  });

  it('ends with the error of the code that takes it, and its rest is still there', async () => {
    const source = new ByteReader();
    source.push(HEADER);
    const reader = new DataStreamReader(source, REF, readRequest());
    const passed = reader.passOn(() => {
      throw new Error('too much');
    });
    await setImmediate();
    source.push(content.subarray(0, 1000));
    source.push(content.subarray(1000, 2000));
    await expect(passed).rejects.toThrow('too much');
    source.push(Buffer.concat([content.subarray(2000), LENGTH]));
    // Without the piece that was taken.
    expect(Buffer.concat(await restOf(reader)).equals(content.subarray(1000))).toBe(true);
  });

  it('has its deadline from piece to piece', async () => {
    const source = new ByteReader();
    const deadline = Deadline.inMs(100);
    const done = new DataStreamReader(source, REF, { purpose: 'x', deadline }).passOn(() => undefined);
    source.push(HEADER);
    for (let at = 0; at < 5000; ) {
      await setImmediate();
      if (at > 4000 && !deadline.hasPassed) continue;
      source.push(content.subarray(at, at + 10));
      at += 10;
    }
    source.push(LENGTH);
    await done;
  });
});

describe('discardDataStream', () => {
  it('takes the stream and nothing else', async () => {
    const source = holding(HEADER, Buffer.alloc(5000), LENGTH, Buffer.from('next'));
    await discardDataStream(source, REF, readRequest());
    expect((await source.readExactly(4, readRequest())).toString()).toBe('next');
  });
});
