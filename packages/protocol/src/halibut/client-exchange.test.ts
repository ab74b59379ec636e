import { deflateRawSync } from 'node:zlib';
import { type Document, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { answering, arriving, cut, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import { ClientExchange } from './client-exchange.js';
import type { RequestMessage } from './messages.js';

const REQUEST: RequestMessage = { id: 'IService::Do[1] / 1', service: 'IService', method: 'Do', params: [] };
/** As the recordings have it. */
const NULL_MESSAGE = Buffer.from('e3636060e0f24d2d2e4e4c4f65600000', 'hex');

/** A message made by the bson package and zlib alone, not by what is tested. */
function foreign(message: Document | null): Buffer {
  return deflateRawSync(serialize({ Message: message }));
}

function response(id: string, result: unknown = 'done'): Buffer {
  return foreign({ $type: 'Halibut.Transport.Protocol.ResponseMessage, Halibut', id, error: null, result });
}

const soon = () => Deadline.inMs(20_000);
const ANSWER = response(REQUEST.id);

function clientOf(channel: ConstructorParameters<typeof ClientExchange>[0], turns: 'listening' | 'polling') {
  return new ClientExchange(channel, turns, 10_000);
}

describe('a client of a listening service', () => {
  it('says NEXT before each request but the first', async () => {
    const channel = answering(ANSWER, 'PROCEED\r\n', ANSWER, 'PROCEED\r\n', ANSWER);
    const client = clientOf(channel, 'listening');
    for (let call = 1; call <= 3; call++) {
      expect(await client.takeTurn(soon())).toBe(true);
      expect((await client.request(REQUEST, soon())).response.result).toBe('done');
    }
    await client.end(soon());
    const words = channel.writes.map((bytes) => (bytes.length < 10 ? bytes.toString() : 'request'));
    expect(words).toEqual(['request', 'NEXT\r\n', 'request', 'NEXT\r\n', 'request', 'END\r\n']);
  });

  it('does not say NEXT twice when a turn was taken and not used', async () => {
    const channel = answering(ANSWER, 'PROCEED\r\n', ANSWER);
    const client = clientOf(channel, 'listening');
    await client.request(REQUEST, soon());
    await client.takeTurn(soon());
    await client.takeTurn(soon());
    await client.request(REQUEST, soon());
    expect(channel.writes).toHaveLength(3);
  });

  it('reports the length of the messages on the wire', async () => {
    const channel = answering(Buffer.concat([ANSWER, Buffer.from('more')]));
    const answer = await clientOf(channel, 'listening').request(REQUEST, soon());
    expect(answer).toMatchObject({ requestBytes: channel.writes[0]?.length, responseBytes: ANSWER.length });
    expect(channel.source.bufferedBytes).toBe(4);
  });

  it('reads the answer however it comes', async () => {
    await inEveryCut(ANSWER, async (source) => {
      const client = clientOf({ source, write: () => Promise.resolve() }, 'listening');
      expect((await client.request(REQUEST, soon())).response.result).toBe('done');
    });
  });

  it.each([
    ['the end of the stream', null, { code: 'END_OF_STREAM', receivedBytes: 0 }],
    ['another word', 'END\r\n', { code: 'UNEXPECTED_CONTROL', received: Buffer.from('END') }],
    ['a line of something else', 'HTTP/1.1 400 Bad\r\n', { code: 'UNEXPECTED_CONTROL' }],
    ['half a word', 'PROC', { code: 'READ_TIMEOUT', received: Buffer.from('PROC') }],
  ])('refuses %s where PROCEED is due', async (_, answer, expected) => {
    const client = clientOf(answering(ANSWER, answer), 'listening');
    await client.request(REQUEST, soon());
    const deadline = expected.code === 'READ_TIMEOUT' ? Deadline.inMs(250) : soon();
    expect(await thrownBy(client.takeTurn(deadline))).toMatchObject({
      ...expected,
      purpose: 'PROCEED, the answer to NEXT',
    });
  });

  it.each([
    ['the answer to another request', response('IService::Do[2] / 2'), { code: 'MALFORMED' }],
    ['a null message', NULL_MESSAGE, { code: 'MALFORMED' }],
    [
      'a request',
      foreign({
        $type: 'Halibut.Transport.Protocol.RequestMessage, Halibut',
        id: REQUEST.id,
        endpoint: null,
        service: 'S',
        method: 'M',
        params: [],
      }),
      { code: 'MALFORMED' },
    ],
    ['bytes that are no DEFLATE', Buffer.alloc(20, 0xff), { code: 'MALFORMED', receivedBytes: 20 }],
    ['DEFLATE that is not a document', deflateRawSync('text'), { code: 'MALFORMED' }],
    ['a page', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', { code: 'MALFORMED' }],
    ['more than is allowed', response(REQUEST.id, 'x'.repeat(10_001)), { code: 'TOO_LONG' }],
    ['half of it', ANSWER.subarray(0, 30), { code: 'READ_TIMEOUT', receivedBytes: 30 }],
    ['nothing', '', { code: 'READ_TIMEOUT', receivedBytes: 0 }],
    ['the end of the stream', null, { code: 'END_OF_STREAM', receivedBytes: 0 }],
  ])('refuses %s where the answer is due', async (_, answer, expected) => {
    const deadline = expected.code === 'READ_TIMEOUT' ? Deadline.inMs(250) : soon();
    const error = await thrownBy(clientOf(answering(answer), 'listening').request(REQUEST, deadline));
    expect(error).toMatchObject({ name: 'WireError', ...expected, purpose: 'the response to IService.Do' });
  });

  it('says how much of the answer had come when the stream ended, wherever it is cut', async () => {
    const half = ANSWER.subarray(0, 30);
    await inEveryCut(half, async (source) => {
      const client = clientOf({ source, write: () => Promise.resolve() }, 'listening');
      const expected = { code: 'END_OF_STREAM', received: half, receivedBytes: 30 };
      expect(await thrownBy(client.request(REQUEST, soon()))).toMatchObject(expected);
    });
  });

  it('says how much of the answer had come when the connection was lost', async () => {
    for (const bytes of [0, 1, 30]) {
      const channel = answering(ANSWER.subarray(0, bytes));
      channel.source.fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }));
      expect(await thrownBy(clientOf(channel, 'listening').request(REQUEST, soon()))).toMatchObject({
        code: 'ECONNRESET',
        syscall: 'read',
        purpose: 'the response to IService.Do',
        receivedBytes: bytes,
      });
    }
  });

  it('is cancelled before the first byte of the answer', async () => {
    const cancelled = Object.assign(new Error('cancelled'), { code: 'CANCELLED' });
    const channel = answering(ANSWER.subarray(0, 30));
    channel.source.fail(cancelled);
    expect(await thrownBy(clientOf(channel, 'listening').request(REQUEST, soon()))).toBe(cancelled);
  });

  it('sends a data stream behind its request, and takes what a writer throws for what it is', async () => {
    const id = '663b1fc8-2e27-4bd0-be8d-23c0ed1aca4c';
    const channel = answering('', '', '', ANSWER);
    const stream = { id, lengthBytes: 3, chunks: [Buffer.from('abc')] };
    await clientOf(channel, 'listening').request(REQUEST, soon(), [stream]);
    expect(channel.writes.slice(1).map((bytes) => bytes.toString('hex'))).toEqual([
      'c81f3b66272ed04bbe8d23c0ed1aca4c0300000000000000',
      '616263',
      '0300000000000000',
    ]);
    const gone = new Error('gone');
    const broken = { source: arriving(cut(ANSWER, [5])), write: () => Promise.reject(gone) };
    expect(await thrownBy(clientOf(broken, 'listening').request(REQUEST, soon()))).toBe(gone);
  });
});

describe('a client of a polling service', () => {
  it('waits for NEXT and says PROCEED before each request but the first', async () => {
    const channel = answering(Buffer.concat([ANSWER, Buffer.from('NEXT\r\n')]), ANSWER, 'NEXT\r\nEND\r\n');
    const client = clientOf(channel, 'polling');
    expect(await client.takeTurn(soon())).toBe(true);
    await client.request(REQUEST, soon());
    expect(await client.takeTurn(soon())).toBe(true);
    await client.sendNullMessage(soon());
    expect(channel.writes[1]?.toString()).toBe('PROCEED\r\n');
    expect(channel.writes[2]).toEqual(NULL_MESSAGE);
  });

  it('distinguishes a service that ends with END from a lost connection', async () => {
    const client = clientOf(answering('END\r\n'), 'polling');
    await client.sendNullMessage(soon());
    expect(await client.takeTurn(soon())).toBe(false);
    const cut = clientOf(answering(null), 'polling');
    await cut.sendNullMessage(soon());
    await expect(cut.takeTurn(soon())).rejects.toMatchObject({ code: 'END_OF_STREAM', receivedBytes: 0 });
  });

  it.each([
    ['another word', 'PROCEED\r\n', { code: 'UNEXPECTED_CONTROL' }],
    ['a bare line feed', 'NEXT\n', { code: 'MALFORMED' }],
    ['half a word', 'NE', { code: 'READ_TIMEOUT', received: Buffer.from('NE') }],
  ])('refuses %s where NEXT is due', async (_, answer, expected) => {
    const client = clientOf(answering(answer), 'polling');
    await client.sendNullMessage(soon());
    const deadline = expected.code === 'READ_TIMEOUT' ? Deadline.inMs(250) : soon();
    expect(await thrownBy(client.takeTurn(deadline))).toMatchObject({
      ...expected,
      purpose: 'NEXT from the polling service',
    });
  });
});
