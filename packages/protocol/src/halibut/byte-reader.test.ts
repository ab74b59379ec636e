import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, readRequest, cut, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { InterruptedError } from './wire-error.js';

const late = () => readRequest('the thing', Deadline.inMs(250));

function holding(...texts: string[]): ByteReader {
  const source = new ByteReader();
  for (const text of texts) source.push(Buffer.from(text));
  return source;
}

describe('a ByteReader', () => {
  it('returns lines, counted bytes and the end, whatever the pieces', async () => {
    await inEveryCut(Buffer.from('one\ntwo\r\n12345\nrest'), async (source) => {
      expect((await source.readLine(readRequest(), 10)).toString()).toBe('one\n');
      expect((await source.readLine(readRequest(), 10)).toString()).toBe('two\r\n');
      expect((await source.readExactly(5, readRequest())).toString()).toBe('12345');
      expect((await source.readLine(readRequest(), 10)).toString()).toBe('\n');
      expect((await source.readExactly(4, readRequest())).toString()).toBe('rest');
      expect(await source.readSome(readRequest(), 10)).toBeUndefined();
      expect(await source.readSome(readRequest(), 10)).toBeUndefined();
      expect(source.receivedBytes).toBe(19);
    });
  });

  it('neither loses nor repeats a byte, whatever is read and returned', async () => {
    const reads = fc.array(fc.record({ take: fc.integer({ min: 1, max: 9 }), back: fc.nat(9) }), { maxLength: 40 });
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), sizes, reads, async (bytes, sizes, reads) => {
        const source = arriving(cut(bytes, sizes));
        const got: Buffer[] = [];
        for (const { take, back } of reads) {
          const part = await source.readSome(readRequest(), take);
          if (part === undefined) break;
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(take);
          const kept = Math.max(0, part.length - back);
          got.push(part.subarray(0, kept));
          source.unread(part.subarray(kept));
        }
        got.push(await source.collect(readRequest(), 1000));
        expect(Buffer.concat(got)).toEqual(Buffer.from(bytes));
        expect([source.receivedBytes, source.bufferedBytes]).toEqual([bytes.length, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('waits for a first byte without reading it', async () => {
    await inEveryCut(Buffer.from('ab'), async (source) => {
      expect(await source.waitForBytes(readRequest())).toBe(true);
      expect((await source.readExactly(2, readRequest())).toString()).toBe('ab');
      expect(await source.waitForBytes(readRequest())).toBe(false);
    });
  });

  it('reports the purpose and the received bytes at the end of the stream', async () => {
    await inEveryCut(Buffer.from('half'), async (source) => {
      expect(await thrownBy(source.readExactly(5, readRequest('five bytes')))).toMatchObject({
        name: 'WireError',
        code: 'END_OF_STREAM',
        purpose: 'five bytes',
        received: Buffer.from('half'),
        receivedBytes: 4,
      });
    });
    await inEveryCut(Buffer.from('half a line'), async (source) => {
      const error = await thrownBy(source.readLine(readRequest('a line'), 100));
      expect(error).toMatchObject({ code: 'END_OF_STREAM', received: Buffer.from('half a line'), receivedBytes: 11 });
    });
  });

  it('reports the purpose and the received bytes at the deadline', async () => {
    expect(await thrownBy(holding('ha', 'lf').readExactly(5, late()))).toMatchObject({
      code: 'READ_TIMEOUT',
      purpose: 'the thing',
      received: Buffer.from('half'),
      receivedBytes: 4,
    });
    expect(await thrownBy(holding('ha', 'lf').readLine(late(), 10))).toMatchObject({
      code: 'READ_TIMEOUT',
      received: Buffer.from('half'),
    });
    expect(await thrownBy(new ByteReader().readSome(late(), 1))).toMatchObject({
      code: 'READ_TIMEOUT',
      receivedBytes: 0,
    });
    expect(await thrownBy(new ByteReader().waitForBytes(late()))).toMatchObject({ code: 'READ_TIMEOUT' });
  });

  it('can be read again after a deadline', async () => {
    const source = new ByteReader();
    await thrownBy(source.readSome(late(), 1));
    const next = source.readExactly(2, readRequest());
    source.push(Buffer.from('ab'));
    expect((await next).toString()).toBe('ab');
  });

  it('keeps to the deadline although the peer keeps sending', async () => {
    const source = holding('x');
    expect(await thrownBy(source.readSome(readRequest('the thing', Deadline.inMs(-1)), 1))).toMatchObject({
      code: 'READ_TIMEOUT',
    });
  });

  it.each([
    [4, 'abc\n', 'abc\n'],
    [3, 'abc\n', undefined],
    [3, 'abcdef', undefined],
  ])('limits a line: %i bytes of %j', async (bound, bytes, line) => {
    await inEveryCut(Buffer.from(bytes), async (source) => {
      const read = source.readLine(readRequest(), bound);
      if (line !== undefined) expect((await read).toString()).toBe(line);
      else
        expect(await thrownBy(read)).toMatchObject({
          code: 'TOO_LONG',
          received: Buffer.from(bytes.slice(0, bound + 1)),
          receivedBytes: bound + 1,
        });
    });
  });

  it('keeps 8 KiB of evidence and counts all of it', async () => {
    const error = await thrownBy(arriving(cut(Buffer.alloc(20_000, 'a'), [3000])).readExactly(20_001, readRequest()));
    expect(error).toMatchObject({ received: Buffer.alloc(8192, 'a'), receivedBytes: 20_000 });
  });

  describe('whose connection is lost', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });

    it('returns the bytes that had arrived, and then the error', async () => {
      const source = holding('ab');
      source.fail(reset);
      source.fail(new Error('another'));
      expect((await source.readExactly(2, readRequest())).toString()).toBe('ab');
      expect(await thrownBy(source.readSome(readRequest(), 1))).toBe(reset);
    });

    it('reports the bytes that had arrived of the expected ones', async () => {
      const source = holding('ha', 'lf');
      const read = thrownBy(source.readExactly(5, readRequest('five bytes')));
      source.fail(reset);
      const error = await read;
      expect(error).toBeInstanceOf(InterruptedError);
      expect(error).toMatchObject({
        code: 'ECONNRESET',
        syscall: 'read',
        purpose: 'five bytes',
        received: Buffer.from('half'),
        receivedBytes: 4,
        cause: reset,
      });
    });

    it('has ended in order if the end arrived before the loss', async () => {
      const source = holding('ha');
      source.end();
      source.fail(reset);
      expect(await thrownBy(source.readExactly(3, readRequest()))).toMatchObject({
        code: 'END_OF_STREAM',
        receivedBytes: 2,
      });
      expect(await source.readSome(readRequest(), 1)).toBeUndefined();
    });

    it('stays lost if the loss happened before the end', async () => {
      const source = holding('ha');
      source.fail(reset);
      source.end();
      await source.readExactly(2, readRequest());
      expect(await thrownBy(source.readSome(readRequest(), 1))).toBe(reset);
    });

    it('is not interrupted by our own wish to stop', async () => {
      const cancelled = Object.assign(new Error('cancelled'), { code: 'CANCELLED' });
      const source = holding('ha');
      source.fail(cancelled);
      expect(await thrownBy(source.readExactly(3, readRequest()))).toBe(cancelled);
    });
  });

  it('collects evidence up to a bound, a deadline or a loss, and never throws', async () => {
    expect((await holding('abc').collect(readRequest(), 2)).toString()).toBe('ab');
    expect((await holding('abc').collect(late(), 10)).toString()).toBe('abc');
    const lost = holding('abc');
    lost.fail(new Error('gone'));
    expect((await lost.collect(readRequest(), 10)).toString()).toBe('abc');
  });

  it('rejects two concurrent reads', async () => {
    const source = new ByteReader();
    const first = source.readSome(readRequest(), 1);
    await expect(source.readSome(readRequest(), 1)).rejects.toThrow('two concurrent reads');
    source.push(Buffer.from('a'));
    expect((await first)?.toString()).toBe('a');
  });

  it('asks its feeder to stop above 32 KiB, once, and to go on when they are read', async () => {
    const asked: string[] = [];
    const source = new ByteReader({ pause: () => asked.push('pause'), resume: () => asked.push('resume') });
    source.push(Buffer.alloc(32 * 1024));
    expect(asked).toEqual([]);
    source.push(Buffer.alloc(1));
    source.push(Buffer.alloc(1));
    expect(asked).toEqual(['pause']);
    await source.readExactly(1, readRequest());
    expect(asked).toEqual(['pause']);
    await source.readExactly(1, readRequest());
    expect(asked).toEqual(['pause', 'resume']);
  });
});
