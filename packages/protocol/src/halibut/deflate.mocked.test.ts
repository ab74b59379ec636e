import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import type * as pako from 'pako';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, cut } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { deflateLarge, deflateMessage, inflateMessage, isLargeWork } from './deflate.js';
import { EVIDENCE_MAX_BYTES, WireError } from './wire-error.js';

/** What the incremental way was given and gave, counted at the library's door. */
const pieces = { calls: 0, inputBytes: 0, mostOutputBytes: 0 };

vi.mock('pako', async (original) => {
  const real = await original<typeof pako>();
  const zlibInflate: typeof pako.zlibInflate = (stream, flush) => {
    const before = stream.total_in;
    const status = real.zlibInflate(stream, flush);
    pieces.calls++;
    pieces.inputBytes += stream.total_in - before;
    pieces.mostOutputBytes = Math.max(pieces.mostOutputBytes, stream.total_out);
    return status;
  };
  return { ...real, zlibInflate };
});

afterEach(() => {
  Object.assign(pieces, { calls: 0, inputBytes: 0, mostOutputBytes: 0 });
});

const MIB = 1024 * 1024;
const readRequest = () => ({ purpose: 'a message', deadline: Deadline.inMs(10_000) });

async function failure(source: ByteReader, maxInflatedBytes = MIB): Promise<WireError> {
  const error: unknown = await inflateMessage(source, readRequest(), maxInflatedBytes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WireError);
  return error as WireError;
}

/** Messages as they are: mostly text, but also what does not compress, and nothing at all. */
const message = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.string({ maxLength: 2000, unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
  fc
    .array(fc.constantFrom('IScriptService', '$type', 'id', '\0\0\0'), { maxLength: 400 })
    .map((a) => Buffer.from(a.join())),
);
const anyDeflate = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
});
const following = fc.uint8Array({ maxLength: 300 });

describe('deflateMessage', () => {
  it('writes what zlib reads, whatever the size', () => {
    for (const length of [0, 1, 1024, 1025, 4096, 4097, 200_000]) {
      const bytes = randomBytes(length);
      expect(inflateRawSync(deflateMessage(bytes)).equals(bytes)).toBe(true);
      expect(inflateRawSync(deflateMessage(Buffer.alloc(length))).equals(Buffer.alloc(length))).toBe(true);
    }
  });
});

describe('a large message', () => {
  it('is stored where compressing it saves nothing, in blocks that zlib and the pieces read', async () => {
    for (const length of [32 * 1024 + 1, 65_535, 65_536, 1_000_000]) {
      const bytes = randomBytes(length);
      const stream = deflateMessage(bytes);
      expect(isLargeWork(bytes)).toBe(false);
      expect(stream.length).toBe(length + 5 * Math.ceil(length / 65_535));
      expect(inflateRawSync(stream).equals(bytes)).toBe(true);
      const source = arriving(cut(Buffer.concat([stream, Buffer.from('next')]), [9000]));
      expect((await inflateMessage(source, readRequest(), length)).bytes.equals(bytes)).toBe(true);
      expect((await source.readExactly(4, readRequest())).toString()).toBe('next');
    }
  });

  it('is large work where compressing it saves something, and is compressed beside the event loop', async () => {
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `record ${i}`).join());
    expect(isLargeWork(bytes)).toBe(true);
    expect(isLargeWork(bytes.subarray(0, 32 * 1024))).toBe(false);
    const stream = await deflateLarge(bytes);
    expect(inflateRawSync(stream).equals(bytes)).toBe(true);
    expect(stream.length).toBeLessThan(bytes.length / 2);
  });
});

describe('a message of one stored block', () => {
  const block = deflateMessage(Buffer.from('a message'));

  it('is the bytes themselves behind five', () => {
    expect(block.toString('latin1')).toBe('\x01\x09\x00\xf6\xffa message');
  });

  it('is held to the bound as any other', async () => {
    for (const sizes of [[block.length], [1]]) {
      expect((await inflateMessage(arriving(cut(block, sizes)), readRequest(), 9)).bytes.toString()).toBe('a message');
      expect((await failure(arriving(cut(block, sizes)), 8)).code).toBe('TOO_LONG');
    }
  });

  it('with lengths that do not fit together is malformed', async () => {
    const wrong = Buffer.from(block);
    wrong[3] = 0;
    for (const sizes of [[wrong.length], [1]])
      expect((await failure(arriving(cut(wrong, sizes)))).code).toBe('MALFORMED');
  });
});

describe('inflateMessage', () => {
  it('reads a stream that came whole and leaves what follows it', async () => {
    await fc.assert(
      fc.asyncProperty(message, anyDeflate, following, async (bytes, options, rest) => {
        const deflated = deflateRawSync(bytes, options);
        const source = new ByteReader();
        source.push(Buffer.concat([deflated, rest]));
        const inflated = await inflateMessage(source, readRequest(), MIB);
        expect(inflated.bytes.equals(bytes)).toBe(true);
        expect(inflated.compressedBytes).toBe(deflated.length);
        expect((await source.readExactly(rest.length, readRequest())).equals(rest)).toBe(true);
      }),
    );
    expect(pieces.calls).toBe(0);
  });

  it('reads a stream that comes in pieces and leaves what follows it', async () => {
    await fc.assert(
      fc.asyncProperty(
        message,
        anyDeflate,
        following,
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        async (bytes, options, rest, sizes) => {
          const deflated = deflateRawSync(bytes, options);
          const source = arriving(cut(Buffer.concat([deflated, rest]), sizes));
          const inflated = await inflateMessage(source, readRequest(), MIB);
          expect(inflated.bytes.equals(bytes)).toBe(true);
          expect(inflated.compressedBytes).toBe(deflated.length);
          expect((await source.readExactly(rest.length, readRequest())).equals(rest)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads a stream that comes byte by byte, also one that needs many output buffers', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('one'), Buffer.alloc(300_000, 'ab'), randomBytes(3000)]) {
      const source = arriving(cut(Buffer.concat([deflateRawSync(bytes), Buffer.from('NEXT')]), [1]));
      expect((await inflateMessage(source, readRequest(), MIB)).bytes.equals(bytes)).toBe(true);
      expect((await source.readExactly(4, readRequest())).toString()).toBe('NEXT');
    }
  });

  it('reads two streams that came in one chunk', async () => {
    const source = new ByteReader();
    source.push(Buffer.concat([deflateMessage(Buffer.from('one')), deflateMessage(Buffer.from('two'))]));
    expect((await inflateMessage(source, readRequest(), MIB)).bytes.toString()).toBe('one');
    expect((await inflateMessage(source, readRequest(), MIB)).bytes.toString()).toBe('two');
    expect(source.bufferedBytes).toBe(0);
  });

  it('takes the fast way too when the stream is cut but all here', async () => {
    const source = new ByteReader();
    for (const chunk of cut(deflateMessage(Buffer.from('{"a":"message"}')), [1, 5, 3])) source.push(chunk);
    expect((await inflateMessage(source, readRequest(), MIB)).bytes.toString()).toBe('{"a":"message"}');
    expect(pieces.calls).toBe(0);
  });

  it('looks at each byte once, however small the pieces', async () => {
    const deflated = deflateRawSync(randomBytes(50_000));
    await inflateMessage(arriving(cut(deflated, [100])), readRequest(), MIB);
    expect(pieces.inputBytes).toBe(deflated.length);
    // One call for each piece, and one more for each of the four output buffers that fill up.
    expect(pieces.calls).toBeLessThanOrEqual(Math.ceil(deflated.length / 100) + 4);
  });

  it('allows exactly the given number of bytes', async () => {
    const deflated = deflateMessage(Buffer.alloc(100_000));
    for (const sizes of [[deflated.length], [1]]) {
      expect((await inflateMessage(arriving(cut(deflated, sizes)), readRequest(), 100_000)).bytes.length).toBe(100_000);
      const error = await failure(arriving(cut(deflated, sizes)), 99_999);
      expect(error.code).toBe('TOO_LONG');
      expect(error.message).toBe('a message: inflates to more than 99999 bytes');
    }
  });

  it('stops a bomb at the bound', async () => {
    // 200 MiB in 200 KB.
    const bomb = deflateRawSync(Buffer.alloc(200 * MIB));
    for (const sizes of [[bomb.length], [16_384], [1460]]) {
      expect((await failure(arriving(cut(bomb, sizes)))).code).toBe('TOO_LONG');
      // The bound and the output buffer that it was passed in.
      expect(pieces.mostOutputBytes).toBeLessThanOrEqual(MIB + 16 * 1024);
    }
  });

  it('stops a stream of empty blocks, which never ends and has no output', async () => {
    const empty = Buffer.alloc(200_000, Buffer.from('000000ffff', 'hex'));
    const error = await failure(arriving(cut(empty, [5000])));
    expect(error.code).toBe('TOO_LONG');
    expect(error.receivedBytes).toBeGreaterThan(64 * 1024);
    expect(error.receivedBytes).toBeLessThan(80 * 1024);
    expect(error.received.length).toBe(EVIDENCE_MAX_BYTES);
  });

  it('says where a stream is corrupt', async () => {
    // Block type 3 does not exist.
    const source = new ByteReader();
    source.push(Buffer.from('ff', 'hex'));
    const error = await failure(source);
    expect(error.code).toBe('MALFORMED');
    expect(error.message).toBe('a message: not DEFLATE at byte 1: invalid block type');
    expect(error.received.toString('hex')).toBe('ff');
  });

  it.each([
    ['a control line', 'PROCEED\r\n'],
    ['a web page', 'HTTP/1.0 200 OK\r\n'],
  ])('says of %s that it is not DEFLATE', async (_, text) => {
    for (const sizes of [[text.length], [1]]) {
      const error = await failure(arriving(cut(Buffer.from(text), sizes)));
      expect(error.code).toBe('MALFORMED');
      expect(text.startsWith(error.received.toString())).toBe(true);
    }
  });

  it('reports the bytes that had arrived when the stream ends midway', async () => {
    const deflated = deflateMessage(randomBytes(20_000));
    for (const at of [1, 100, 10_000, deflated.length - 1]) {
      for (const size of [at, 999]) {
        const error = await failure(arriving(cut(deflated.subarray(0, at), [size])));
        expect(error.code).toBe('END_OF_STREAM');
        expect(error.receivedBytes).toBe(at);
        expect(error.received.equals(deflated.subarray(0, Math.min(at, EVIDENCE_MAX_BYTES)))).toBe(true);
      }
    }
    const nothing = await failure(arriving([]));
    expect([nothing.code, nothing.receivedBytes]).toEqual(['END_OF_STREAM', 0]);
  });

  it('reports the bytes that had arrived at a timeout', async () => {
    const source = new ByteReader();
    source.push(deflateMessage(Buffer.from('a message')).subarray(0, 5));
    const late = inflateMessage(source, { purpose: 'a message', deadline: Deadline.inMs(250) }, MIB);
    await expect(late).rejects.toMatchObject({
      code: 'READ_TIMEOUT',
      message: 'a message: the deadline of 0.25 s was over after 5 bytes of DEFLATE',
      receivedBytes: 5,
    });
  });

  it('passes on why the connection went', async () => {
    const source = new ByteReader();
    source.push(Buffer.from([0]));
    source.fail(new Error('reset'));
    await expect(inflateMessage(source, readRequest(), MIB)).rejects.toThrow('reset');
  });

  it('answers any bytes at all with a message or a WireError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 400 }), async (bytes, size) => {
        const outcome = await inflateMessage(arriving(cut(bytes, [size])), readRequest(), 1000).catch(
          (error: unknown) => error,
        );
        expect(outcome instanceof WireError || Buffer.isBuffer((outcome as { bytes: unknown }).bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
