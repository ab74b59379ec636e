import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Binary, deserialize, type Document, Long, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { answering, inEveryCut, thrownBy } from './arriving-bytes.test.support.js';
import type { ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { DataStreamRef } from './bson-value.js';
import { type IncomingCall, type Reply, type ServiceLimits, serveRequests } from './service-exchange.js';

const LIMITS: ServiceLimits = { idleMs: 20_000, callMs: 20_000, stallMs: 20_000, maxMessageBytes: 10_000 };
/** As the recordings have it. */
const NULL_MESSAGE = Buffer.from('e3636060e0f24d2d2e4e4c4f65600000', 'hex');
const NEXT = Buffer.from('NEXT\r\n');
const END = Buffer.from('END\r\n');
const PROCEED = Buffer.from('PROCEED\r\n');

/** A message made by the bson package and zlib alone, not by what is tested. */
function foreign(message: Document | null): Buffer {
  return deflateRawSync(serialize({ Message: message }));
}

function request(id: string, ...params: unknown[]): Buffer {
  const $type = 'Halibut.Transport.Protocol.RequestMessage, Halibut';
  return foreign({ $type, id, endpoint: null, service: 'IService', method: 'Do', params });
}

/** Two data streams, as they stand in a document and as they follow it; their ids are `1111…` and `2222…`. */
const STREAMS = [1, 2].map((digit) => ({
  id: Buffer.alloc(16, digit * 0x11),
  content: Buffer.from('0123456789'.repeat(300).slice(0, digit === 1 ? 3 : 3000)),
}));
const slots = STREAMS.map(({ id, content }) => ({
  $type: 'Halibut.DataStream, Halibut',
  id: new Binary(id, 4),
  length: Long.fromNumber(content.length),
}));
const behind = STREAMS.map(({ id, content }) => {
  const length = Buffer.alloc(8);
  length.writeBigInt64LE(BigInt(content.length));
  return Buffer.concat([id, length, content, length]);
});

const echo = ({ request }: IncomingCall): Promise<Reply> => Promise.resolve({ error: null, result: request.id });

function over(source: ByteReader): Channel & { readonly writes: Buffer[] } {
  return { ...answering(), source };
}

/** What was written: words as they are, and of a response its id. */
function said(writes: readonly Buffer[]): unknown[] {
  return writes.map((bytes) => {
    const text = bytes.toString('latin1');
    if (/^[A-Z]+\r\n$/.test(text)) return text;
    const { Message: message } = deserialize(inflateRawSync(bytes)) as { Message: { id: string } };
    return { answerTo: message.id };
  });
}

describe('a listening service', () => {
  it('answers, and replies PROCEED to each NEXT, until END', async () => {
    const bytes = Buffer.concat([request('1'), NEXT, request('2'), Buffer.from('\r\n'), NEXT, request('3'), END]);
    await inEveryCut(bytes, async (source) => {
      const channel = over(source);
      expect(await serveRequests(channel, 'listening', LIMITS, echo)).toBe('ended');
      const words = [{ answerTo: '1' }, 'PROCEED\r\n', { answerTo: '2' }, 'PROCEED\r\n', { answerTo: '3' }];
      expect(said(channel.writes)).toEqual(words);
    });
  });

  it.each([
    ['before a first request', 'closed', Buffer.alloc(0), 0],
    ['after an answer', 'unconfirmed', request('1'), 1],
  ])('a client that closes %s has ended in order: %s', async (_, end, bytes, writes) => {
    await inEveryCut(bytes, async (source) => {
      const channel = over(source);
      expect(await serveRequests(channel, 'listening', LIMITS, echo)).toBe(end);
      expect(channel.writes).toHaveLength(writes);
    });
  });

  it('a client that closes after PROCEED, in place of the request that it announced, has not ended in order', async () => {
    await inEveryCut(Buffer.concat([request('1'), NEXT]), async (source) => {
      const channel = over(source);
      expect(await thrownBy(serveRequests(channel, 'listening', LIMITS, echo))).toMatchObject({
        code: 'END_OF_STREAM',
        purpose: 'a request',
        receivedBytes: 0,
      });
      expect(channel.writes).toHaveLength(2);
    });
  });

  it.each([
    ['PROCEED where NEXT is due', Buffer.concat([request('1'), PROCEED]), { code: 'UNEXPECTED_CONTROL' }],
    ['a bare line feed', Buffer.concat([request('1'), Buffer.from('NEXT\n')]), { code: 'MALFORMED' }],
    ['half a word', Buffer.concat([request('1'), Buffer.from('NEX')]), { code: 'END_OF_STREAM', receivedBytes: 3 }],
    ['half a request', request('1').subarray(0, 30), { code: 'END_OF_STREAM', receivedBytes: 30 }],
    ['bytes that are no DEFLATE', Buffer.alloc(20, 0xff), { code: 'MALFORMED' }],
    ['too long a request', request('1', 'x'.repeat(10_001)), { code: 'TOO_LONG' }],
    [
      'a response',
      foreign({ $type: 'Halibut.Transport.Protocol.ResponseMessage, Halibut', id: '1', error: null, result: null }),
      { code: 'MALFORMED', purpose: 'a request' },
    ],
    ['half a data stream', Buffer.concat([request('1', slots[0]), STREAMS[0]?.id ?? END]), { code: 'END_OF_STREAM' }],
  ])('rejects %s', async (_, bytes, expected) => {
    await inEveryCut(bytes, async (source) => {
      expect(await thrownBy(serveRequests(over(source), 'listening', LIMITS, echo))).toMatchObject({
        name: 'WireError',
        ...expected,
      });
    });
  });

  it.each([
    ['for a request', [Buffer.alloc(0)], 'a request'],
    ['for NEXT', [request('1')], 'NEXT or END'],
  ])('waits %s for the time of its limit', async (_, pieces, purpose) => {
    const channel = answering();
    for (const piece of pieces) channel.source.push(piece);
    const served = serveRequests(channel, 'listening', { ...LIMITS, idleMs: 20 }, echo);
    expect(await thrownBy(served)).toMatchObject({ code: 'READ_TIMEOUT', purpose, receivedBytes: 0 });
  });

  it('limits the time of a request from its first byte', async () => {
    const channel = answering();
    channel.source.push(request('1').subarray(0, 10));
    const served = serveRequests(channel, 'listening', { ...LIMITS, callMs: 20 }, echo);
    expect(await thrownBy(served)).toMatchObject({ code: 'READ_TIMEOUT', receivedBytes: 10 });
  });

  it('passes on an error of the service, which is a bug', async () => {
    const channel = answering();
    channel.source.push(request('1'));
    const bug = new TypeError('x is not a function');
    expect(await thrownBy(serveRequests(channel, 'listening', LIMITS, () => Promise.reject(bug)))).toBe(bug);
  });

  it('compresses large answers in turn with those of other connections, and no others', async () => {
    const sizes: number[] = [];
    const texts = { small: 'a', large: 'a'.repeat(100_000) };
    for (const text of Object.values(texts)) {
      const channel = answering();
      channel.source.push(Buffer.concat([request('1'), END]));
      const takeTurn = async <T>(work: () => Promise<T>): Promise<T> => {
        sizes.push(text.length);
        return work();
      };
      await serveRequests(channel, 'listening', { ...LIMITS, takeTurn }, async () =>
        Promise.resolve({ error: null, result: text }),
      );
      const { Message: message } = deserialize(inflateRawSync(channel.writes[0] ?? Buffer.alloc(0)));
      expect(message).toMatchObject({ result: text });
    }
    expect(sizes).toEqual([texts.large.length]);
  });

  describe('of data streams', () => {
    const twoCalls = Buffer.concat([request('1', ...slots), ...behind, NEXT, request('2'), END]);

    const readAll = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece);
      return Buffer.concat(pieces);
    };
    const readOne = async (stream: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of stream) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    };

    it.each<[string, (call: IncomingCall) => Promise<void>]>([
      [
        'reads both',
        async (call) => {
          expect(await readAll(call.readStream())).toEqual(STREAMS[0]?.content);
          expect(await readAll(call.readStream())).toEqual(STREAMS[1]?.content);
          expect(() => call.readStream()).toThrow(RangeError);
        },
      ],
      ['reads none', () => Promise.resolve()],
      [
        'stops in the middle of the first, and reads the second',
        async (call) => {
          await readOne(call.readStream());
          expect(await readAll(call.readStream())).toEqual(STREAMS[1]?.content);
        },
      ],
      [
        'stops in the middle of the second',
        async (call) => {
          await readAll(call.readStream());
          await readOne(call.readStream());
        },
      ],
      [
        'asks for both and reads only the second',
        async (call) => {
          call.readStream();
          expect(await readAll(call.readStream())).toEqual(STREAMS[1]?.content);
        },
      ],
    ])('finds the next word behind them when the service %s', async (_, use) => {
      const check = async (source: ByteReader): Promise<void> => {
        const channel = over(source);
        const answer = async (call: IncomingCall): Promise<Reply> => {
          if (call.request.id === '1') {
            expect(call.streams.map(({ lengthBytes }) => lengthBytes)).toEqual([3, 3000]);
            await use(call);
          }
          return echo(call);
        };
        expect(await serveRequests(channel, 'listening', LIMITS, answer)).toBe('ended');
        expect(said(channel.writes)).toEqual([{ answerTo: '1' }, 'PROCEED\r\n', { answerTo: '2' }]);
      };
      await inEveryCut(twoCalls, check);
    });

    it('sends those of the answer after it, each part in a write of its own', async () => {
      const channel = answering();
      channel.source.push(Buffer.concat([request('1'), END]));
      const id = '11111111-1111-1111-1111-111111111111';
      const answer = (): Promise<Reply> =>
        Promise.resolve({
          error: null,
          result: new DataStreamRef(id, 3),
          streams: [{ id, lengthBytes: 3, chunks: [Buffer.from('abc')] }],
        });
      await serveRequests(channel, 'listening', LIMITS, answer);
      expect(channel.writes.slice(1).map((bytes) => bytes.toString('hex'))).toEqual([
        '111111111111111111111111111111110300000000000000',
        '616263',
        '0300000000000000',
      ]);
    });
  });
});

describe('a polling service', () => {
  it('asks for the next request itself, also after a null message, until it receives END', async () => {
    const bytes = Buffer.concat([request('1'), PROCEED, NULL_MESSAGE, PROCEED, request('2'), END]);
    await inEveryCut(bytes, async (source) => {
      const channel = over(source);
      expect(await serveRequests(channel, 'polling', LIMITS, echo)).toBe('ended');
      expect(said(channel.writes)).toEqual([{ answerTo: '1' }, 'NEXT\r\n', 'NEXT\r\n', { answerTo: '2' }, 'NEXT\r\n']);
    });
  });

  it.each([
    ['closes instead of PROCEED', request('1')],
    ['closes instead of a request', Buffer.concat([NULL_MESSAGE, PROCEED])],
  ])('ends when the client %s', async (_, bytes) => {
    await inEveryCut(bytes, async (source) => {
      expect(await serveRequests(over(source), 'polling', LIMITS, echo)).toBe('closed');
    });
  });

  it('rejects NEXT instead of PROCEED', async () => {
    await inEveryCut(Buffer.concat([NULL_MESSAGE, NEXT]), async (source) => {
      expect(await thrownBy(serveRequests(over(source), 'polling', LIMITS, echo))).toMatchObject({
        code: 'UNEXPECTED_CONTROL',
        purpose: 'PROCEED, the answer to NEXT',
      });
    });
  });

  it('waits for PROCEED as long as for a next request', async () => {
    const channel = answering();
    channel.source.push(NULL_MESSAGE);
    const served = serveRequests(channel, 'polling', { ...LIMITS, idleMs: 20 }, echo);
    expect(await thrownBy(served)).toMatchObject({ code: 'READ_TIMEOUT', purpose: 'PROCEED, the answer to NEXT' });
  });
});
