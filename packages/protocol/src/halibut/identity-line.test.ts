import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, readRequest, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { readIdentity, type Role, writeIdentity } from './identity-line.js';
import { WireError } from './wire-error.js';

const ANY: readonly Role[] = ['MX-CLIENT', 'MX-SERVER', 'MX-SUBSCRIBER'];
const SERVER: readonly Role[] = ['MX-SERVER'];

describe('readIdentity', () => {
  it.each([
    ['MX-SERVER 1.0', { role: 'MX-SERVER', version: '1.0' }],
    ['MX-CLIENT 1.0', { role: 'MX-CLIENT', version: '1.0' }],
    ['MX-SERVER', { role: 'MX-SERVER', version: '' }],
    ['MX-SERVER 9.9 and more', { role: 'MX-SERVER', version: '9.9' }],
    ['MX-SUBSCRIBER 1.0 poll://golden/', { role: 'MX-SUBSCRIBER', version: '1.0', subscription: 'poll://golden/' }],
  ])('reads %s and leaves what follows', async (line, identity) => {
    await inEveryCut(Buffer.from(`${line}\r\n\r\nrest`), async (source) => {
      expect(await readIdentity(source, readRequest(), ANY)).toEqual(identity);
      expect((await source.collect(readRequest(), 100)).toString()).toBe('rest');
    });
  });

  it.each([
    ['an empty line', '\r\n', 'IDENTITY_EMPTY', '\r\n'],
    ['an HTTP/1.0 page', 'HTTP/1.0 403 Forbidden\r\nServer: gw\r\n\r\n<p>', 'IDENTITY_UNKNOWN', undefined],
    ['an HTTP/1.1 page', 'HTTP/1.1 400 Bad Request\r\n\r\n<title>x</title>', 'IDENTITY_UNKNOWN', undefined],
    ['a page of bare line feeds', 'HTTP/1.1 200 OK\nServer: x\n\n', 'MALFORMED', undefined],
    ['another greeting', '220 mail.example ESMTP\r\n', 'IDENTITY_UNKNOWN', undefined],
    ['a role that is none', 'MX-POTATO 1.0\r\n\r\n', 'IDENTITY_UNKNOWN', undefined],
    ['a subscriber without its subscription', 'MX-SUBSCRIBER 1.0\r\n\r\n', 'IDENTITY_NO_SUBSCRIPTION', undefined],
    ['a subscriber with an empty one', 'MX-SUBSCRIBER 1.0 \r\n\r\n', 'IDENTITY_NO_SUBSCRIPTION', undefined],
    ['a second line', 'MX-SERVER 1.0\r\nmore\r\n\r\n', 'IDENTITY_NO_BLANK_LINE', undefined],
    ['the other role', 'MX-CLIENT 1.0\r\n\r\n', 'IDENTITY_UNEXPECTED_ROLE', 'MX-CLIENT 1.0\r\n\r\n'],
    ['half a line', 'MX-SER', 'END_OF_STREAM', undefined],
    ['a line without the empty one', 'MX-SERVER 1.0\r\n', 'END_OF_STREAM', undefined],
    ['a line and half the line end', 'MX-SERVER 1.0\r\n\r', 'END_OF_STREAM', undefined],
    ['nothing', '', 'END_OF_STREAM', undefined],
  ])('refuses %s, with everything that came', async (_, bytes, code, received) => {
    await inEveryCut(Buffer.from(bytes), async (source) => {
      const error = await thrownBy(readIdentity(source, readRequest('the identity'), SERVER));
      expect(error).toMatchObject({ name: 'WireError', code, purpose: 'the identity', receivedBytes: bytes.length });
      expect((error as WireError).received.toString()).toBe(received ?? bytes);
    });
  });

  it('keeps the head of a large page, and does not wait for the rest', async () => {
    const page = Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(50_000)}`);
    const error = (await thrownBy(readIdentity(arriving([page]), readRequest(), SERVER))) as WireError;
    expect(error.code).toBe('IDENTITY_UNKNOWN');
    expect(error.received).toEqual(page.subarray(0, 8192));
  });

  it('keeps the received part of a page whose sender keeps the connection open', async () => {
    const source = new ByteReader();
    source.push(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = (await thrownBy(readIdentity(source, readRequest('it', Deadline.inMs(100)), SERVER))) as WireError;
    expect(error.code).toBe('IDENTITY_UNKNOWN');
    expect(error.received.toString()).toBe('HTTP/1.1 400 Bad Request\r\n\r\n');
  });

  it('reports the bytes that had arrived at the deadline', async () => {
    for (const bytes of ['', 'MX-SER', 'MX-SERVER 1.0\r\n']) {
      const source = new ByteReader();
      source.push(Buffer.from(bytes));
      const error = await thrownBy(readIdentity(source, readRequest('it', Deadline.inMs(250)), SERVER));
      expect(error).toMatchObject({
        code: 'READ_TIMEOUT',
        received: Buffer.from(bytes),
        receivedBytes: bytes.length,
      });
    }
  });

  it.each(['MX-SER', 'MX-SERVER 1.0\r\n', 'MX-SERVER 1.0\r\n\r'])(
    'says what had come when the connection is lost after %j',
    async (bytes) => {
      const source = new ByteReader();
      source.push(Buffer.from(bytes));
      source.fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }));
      expect(await thrownBy(readIdentity(source, readRequest(), SERVER))).toMatchObject({
        code: 'ECONNRESET',
        syscall: 'read',
        received: Buffer.from(bytes),
        receivedBytes: bytes.length,
      });
    },
  );

  it('rejects a first line of more than 4 KiB', async () => {
    const error = await thrownBy(readIdentity(arriving([Buffer.alloc(6000, 'A')]), readRequest(), SERVER));
    expect(error).toMatchObject({ code: 'TOO_LONG', receivedBytes: 6000 });
  });

  it('turns any bytes into an identity or a WireError', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (bytes) => {
        const outcome = await readIdentity(arriving([bytes]), readRequest(), ANY).catch((error: unknown) => error);
        expect(outcome instanceof WireError || ANY.includes((outcome as { role: Role }).role)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('writeIdentity', () => {
  it.each([
    [{ role: 'MX-CLIENT' }, 'MX-CLIENT 1.0\r\n\r\n'],
    [{ role: 'MX-SERVER' }, 'MX-SERVER 1.0\r\n\r\n'],
    [{ role: 'MX-SUBSCRIBER', subscription: 'poll://golden/' }, 'MX-SUBSCRIBER 1.0 poll://golden/\r\n\r\n'],
  ] as const)('writes the line and its empty line at once: %j', async (identity, bytes) => {
    const writes: string[] = [];
    const write = (bytes: Uint8Array): Promise<void> => {
      writes.push(Buffer.from(bytes).toString('latin1'));
      return Promise.resolve();
    };
    await writeIdentity({ source: new ByteReader(), write }, identity, Deadline.inMs(1000));
    expect(writes).toEqual([bytes]);
  });
});
