import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, readRequest, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { readControl, readControlLine, writeControl } from './control.js';
import { WireError } from './wire-error.js';

describe('readControl', () => {
  it('reads consecutive words, skips blank lines before them, and recognizes the end', async () => {
    await inEveryCut(Buffer.from('NEXT\r\n\r\n\r\nPROCEED\r\nEND\r\nrest'), async (source) => {
      expect(await readControl(source, readRequest())).toBe('NEXT');
      expect(await readControl(source, readRequest())).toBe('PROCEED');
      expect(await readControl(source, readRequest())).toBe('END');
      expect((await source.collect(readRequest(), 100)).toString()).toBe('rest');
      expect(await readControl(source, readRequest())).toBeUndefined();
    });
  });

  it('is undefined when the stream ends behind blank lines', async () => {
    await inEveryCut(Buffer.from('\r\n\r\n'), async (source) => {
      expect(await readControl(source, readRequest())).toBeUndefined();
    });
  });

  it.each([
    ['another word', 'MX-SERVER 1.0\r\n', 'UNEXPECTED_CONTROL', 'MX-SERVER 1.0'],
    ['a word in small letters', 'next\r\n', 'UNEXPECTED_CONTROL', 'next'],
    ['a word with a space', 'NEXT \r\n', 'UNEXPECTED_CONTROL', 'NEXT '],
    ['a bare line feed', 'NEXT\n', 'MALFORMED', 'NEXT\n'],
    ['a carriage return inside', 'NE\rXT\r\n', 'MALFORMED', 'NE\rXT\r\n'],
    ['a doubled carriage return', 'NEXT\r\r\n', 'MALFORMED', 'NEXT\r\r\n'],
    ['the end inside a word', 'NEX', 'END_OF_STREAM', 'NEX'],
    ['the end inside the line end', 'NEXT\r', 'END_OF_STREAM', 'NEXT\r'],
  ])('refuses %s', async (_, bytes, code, received) => {
    await inEveryCut(Buffer.from(bytes), async (source) => {
      expect(await thrownBy(readControl(source, readRequest('the word')))).toMatchObject({
        code,
        purpose: 'the word',
        received: Buffer.from(received),
      });
    });
  });

  it('rejects a line of 1,025 bytes, and the 65th blank line', async () => {
    const long = arriving([Buffer.alloc(2000, 'A')]);
    expect(await thrownBy(readControl(long, readRequest()))).toMatchObject({ code: 'TOO_LONG', receivedBytes: 1025 });
    const blank = arriving([Buffer.from('\r\n'.repeat(64)), Buffer.from('END\r\n')]);
    expect(await readControl(blank, readRequest())).toBe('END');
    const blanker = arriving([Buffer.from('\r\n'.repeat(65)), Buffer.from('END\r\n')]);
    expect(await thrownBy(readControl(blanker, readRequest()))).toMatchObject({ code: 'MALFORMED' });
  });

  it('times out at the deadline', async () => {
    const source = new ByteReader();
    source.push(Buffer.from('NE'));
    expect(await thrownBy(readControl(source, readRequest('the word', Deadline.inMs(250))))).toMatchObject({
      code: 'READ_TIMEOUT',
      received: Buffer.from('NE'),
    });
  });

  it('answers any bytes at all with a word, the end or a WireError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const outcome = await readControl(arriving([bytes]), readRequest()).catch((error: unknown) => error);
        const isWord = outcome === undefined || ['NEXT', 'PROCEED', 'END'].includes(outcome as string);
        expect(isWord || outcome instanceof WireError).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('readControlLine', () => {
  it('reads text as UTF-8, without its line end', async () => {
    await inEveryCut(Buffer.from('héllo\r\nx'), async (source) => {
      expect(await readControlLine(source, readRequest(), 100)).toBe('héllo');
    });
  });
});

describe('writeControl', () => {
  it.each(['NEXT', 'PROCEED', 'END'] as const)('ends %s by CRLF, in one write', async (word) => {
    const writes: string[] = [];
    const write = (bytes: Uint8Array): Promise<void> => {
      writes.push(Buffer.from(bytes).toString('latin1'));
      return Promise.resolve();
    };
    await writeControl({ source: new ByteReader(), write }, word, Deadline.inMs(1000));
    expect(writes).toEqual([`${word}\r\n`]);
  });
});
