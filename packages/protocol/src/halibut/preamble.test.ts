import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, readRequest, cut, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { type PreambleLimits, readPreamble, writePreamble } from './preamble.js';

const limits = (more: Partial<PreambleLimits> = {}): PreambleLimits => ({
  purpose: 'the preamble',
  deadline: Deadline.inMs(20_000),
  silenceMs: 20_000,
  maxBytes: 20_000,
  ...more,
});

/** A browser's, as it is in the capture browser-page. */
const GET = 'GET / HTTP/1.1\r\nHost: localhost:22012\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n';

describe('readPreamble', () => {
  it.each([
    ['of Linux', 'MX\n\n'],
    ['of Windows', 'MX\r\n\r\n'],
    ['with a second line', 'MX 2\nmore\n\n'],
    ['with carriage returns anywhere', 'MX\r\r\n\r\r\n'],
  ])('treats MX %s as a message exchange, and leaves the bytes behind it', async (_, bytes) => {
    await inEveryCut(Buffer.from(`${bytes}MX-CLIENT 1.0\r\n\r\n`), async (source) => {
      expect(await readPreamble(source, limits())).toEqual({ kind: 'message-exchange' });
      expect((await source.collect(readRequest(), 100)).toString()).toBe('MX-CLIENT 1.0\r\n\r\n');
    });
  });

  it.each([
    ['a browser', GET, 'GET / HTTP/1.1'],
    ['discovery', 'HELLO\n\n', 'HELLO'],
    ['an empty line alone', '\r\n', ''],
    ['MX in small letters', 'mx\n\n', 'mx'],
    ['control characters', 'A\x1b[2J\n\n', 'A\x1b[2J'],
  ])('treats %s as a request for the page', async (_, bytes, firstLine) => {
    await inEveryCut(Buffer.from(`${bytes}rest`), async (source) => {
      const expected = { kind: 'other', firstLine, head: Buffer.from(bytes), totalBytes: bytes.length };
      expect(await readPreamble(source, limits())).toEqual(expected);
      expect((await source.collect(readRequest(), 100)).toString()).toBe('rest');
    });
  });

  it('recognizes a peer that sends nothing', async () => {
    expect(await readPreamble(arriving([]), limits())).toEqual({ kind: 'none' });
  });

  it('reads a line of any length, keeps its head and counts the rest', async () => {
    const bytes = Buffer.from(`GET / HTTP/1.1\r\n${'A'.repeat(300_000)}\r\n\r\n`);
    const preamble = await readPreamble(arriving(cut(bytes, [16_384])), limits({ maxBytes: 1_000_000 }));
    expect(preamble).toEqual({
      kind: 'other',
      firstLine: 'GET / HTTP/1.1',
      head: bytes.subarray(0, 8192),
      totalBytes: bytes.length,
    });
  });

  it('shortens a first line for display', async () => {
    const preamble = await readPreamble(arriving([Buffer.from(`${'A'.repeat(300)}\n\n`)]), limits());
    expect(preamble).toMatchObject({ firstLine: 'A'.repeat(200) });
  });

  it('finds the same end whatever the pieces', async () => {
    const line = fc.constantFrom('', '\r', 'a', 'MX', '\ra', 'a\r\r', 'GET /');
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), sizes, async (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const firstEmpty = lines.findIndex((line) => line.replaceAll('\r', '') === '');
        const source = arriving(cut(bytes, sizes));
        const read = readPreamble(source, limits());
        if (firstEmpty < 0) {
          expect(await thrownBy(read)).toMatchObject({ code: 'END_OF_STREAM', received: bytes });
        } else {
          await read;
          const left = lines.slice(firstEmpty + 1).map((line) => `${line}\n`);
          expect((await source.collect(readRequest(), 1000)).toString()).toBe(left.join(''));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('reports the bytes that had arrived when the stream ends midway', async () => {
    await inEveryCut(Buffer.from('MX\r\n'), async (source) => {
      expect(await thrownBy(readPreamble(source, limits()))).toMatchObject({
        code: 'END_OF_STREAM',
        purpose: 'the preamble',
        received: Buffer.from('MX\r\n'),
        receivedBytes: 4,
      });
    });
  });

  it.each([
    ['at the deadline', () => ({ deadline: Deadline.inMs(30) })],
    ['after a silence', () => ({ silenceMs: 30 })],
  ])('times out %s, with the bytes that had arrived', async (_, more) => {
    const source = new ByteReader();
    source.push(Buffer.from('HEL'));
    expect(await thrownBy(readPreamble(source, limits(more())))).toMatchObject({
      code: 'READ_TIMEOUT',
      received: Buffer.from('HEL'),
      receivedBytes: 3,
    });
  });

  it('accepts the allowed number of bytes and not one more', async () => {
    const bytes = Buffer.from('abcdef\n\n');
    await inEveryCut(bytes, async (source) => {
      expect(await readPreamble(source, limits({ maxBytes: 8 }))).toMatchObject({ totalBytes: 8 });
    });
    await inEveryCut(bytes, async (source) => {
      expect(await thrownBy(readPreamble(source, limits({ maxBytes: 7 })))).toMatchObject({
        code: 'TOO_LONG',
        receivedBytes: 8,
      });
    });
  });
});

describe('writePreamble', () => {
  it('asks for a message exchange in one write, with the line ends that every version accepts', async () => {
    const writes: string[] = [];
    const write = (bytes: Uint8Array): Promise<void> => {
      writes.push(Buffer.from(bytes).toString('latin1'));
      return Promise.resolve();
    };
    await writePreamble({ source: new ByteReader(), write }, Deadline.inMs(1000));
    expect(writes).toEqual(['MX\r\n\r\n']);
  });
});
