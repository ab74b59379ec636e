import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../clock.js';
import { MessageEncoder, MessageReader, requestEncoder, responseEncoder } from './alike-messages.js';
import { ByteSource } from './byte-source.js';
import { deflateMessage } from './deflate.js';
import {
  decodeMessage,
  encodeRequest,
  encodeResponse,
  endpointSettings,
  type RequestMessage,
  type ResponseMessage,
} from './messages.js';

const endpoint = endpointSettings({ baseUri: 'https://tentacle.example:10933/', remoteThumbprint: 'AB'.repeat(20) });

function call(changes: Partial<RequestMessage> = {}): RequestMessage {
  return {
    id: 'ITentaclePongService::Echo[1] / 7c0f5ee5-0000-4000-8000-000000000001',
    activityId: '637d712a-dbd5-431c-a1b2-0123456789ab',
    endpoint: { ...endpoint },
    service: 'ITentaclePongService',
    method: 'Echo',
    params: [Buffer.from('payload of some bytes')],
    ...changes,
  };
}

function answer(changes: Partial<ResponseMessage> = {}): ResponseMessage {
  return { id: 'call 1', error: null, result: Buffer.from('payload of some bytes'), ...changes };
}

async function readBy(reader: MessageReader, ...messages: Buffer[]): Promise<unknown[]> {
  const source = new ByteSource();
  source.push(Buffer.concat(messages));
  const ask = { awaiting: 'a message', deadline: Deadline.inMs(10_000) };
  const read: unknown[] = [];
  while (read.length < messages.length) {
    read.push((await reader.read(source, ask, { maxInflatedBytes: 100_000 })).message);
  }
  return read;
}

/** Rows of calls that are often alike and often nearly so. */
const calls = fc.array(
  fc.record({
    id: fc.oneof(
      fc.constantFrom('id one', 'id two', 'id é', '', 'Echo', 'p'),
      fc.uuid().map((guid) => `Echo / ${guid}`),
    ),
    activityId: fc.constantFrom('637d712a-dbd5-431c-a1b2-0123456789ab', '637d712a-dbd5-431c-a1b2-0123456789ac'),
    endpoint: fc.constantFrom(endpoint, { ...endpoint, RetryCountLimit: 6 }, { ...endpoint, Proxy: { a: 'b' } }),
    service: fc.constant('ITentaclePongService'),
    method: fc.constantFrom('Echo', 'Echo', 'Ecno'),
    params: fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 5 }).map((bytes) => [Buffer.from(bytes)]),
      fc.constantFrom([], ['text'], [Buffer.from('ITen')], [Buffer.alloc(0)], [Buffer.from('aaaa'), 1]),
    ),
  }),
  { maxLength: 12 },
);

describe('messages of one connection', () => {
  it('are encoded as each would be alone', () => {
    fc.assert(
      fc.property(calls, (requests) => {
        const encoder = requestEncoder();
        for (const request of requests) expect(encoder.encode(request)).toEqual(encodeRequest(request));
      }),
    );
    fc.assert(
      fc.property(calls, (requests) => {
        const encoder = responseEncoder();
        for (const { id, params } of requests) {
          const response = { id, error: null, result: params[0] ?? null };
          expect(encoder.encode(response)).toEqual(encodeResponse(response));
        }
      }),
    );
  });

  it('are read as each would be alone', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (requests) => {
        const encoded = requests.map(encodeRequest);
        const alone = await Promise.all(encoded.map(async (bytes) => (await readBy(new MessageReader(), bytes))[0]));
        expect(await readBy(new MessageReader(), ...encoded)).toEqual(alone);
      }),
    );
  });

  it('are read as each would be alone where single bytes of one differ, wherever', async () => {
    const like = call();
    const inflated = encodeRequest(like).subarray(5);
    for (let at = 0; at < inflated.length; at++) {
      const changed = Buffer.from(inflated);
      changed[at] = (changed[at] ?? 0) ^ 0x81;
      const reader = new MessageReader();
      await readBy(reader, encodeRequest(like), encodeRequest(like));
      let expected: unknown;
      try {
        expected = decodeMessage(changed, 'a message').message;
      } catch (error) {
        await expect(readBy(reader, deflateMessage(changed))).rejects.toEqual(error);
        continue;
      }
      expect(await readBy(reader, deflateMessage(changed))).toEqual([expected]);
    }
  });

  it('are moulded from the third on', async () => {
    const requests = ['a', 'b', 'c', 'd'].map((text) => {
      return call({ id: `call ${text}`, params: [Buffer.from(`${text}=${text}`)] });
    });
    let encodedWhole = 0;
    const encode = (request: RequestMessage): Buffer => {
      encodedWhole++;
      return encodeRequest(request);
    };
    const payloadOf = ({ params: [payload] }: RequestMessage): Buffer | undefined => {
      return Buffer.isBuffer(payload) ? payload : undefined;
    };
    const encoder = new MessageEncoder(encode, payloadOf, ({ method }) => [method]);
    const read = await readBy(new MessageReader(), ...requests.map((request) => encoder.encode(request)));
    expect(read).toEqual(requests);
    expect(encodedWhole).toBe(2);
    const [first, second, third, fourth] = read.map((message) => (message as RequestMessage).endpoint);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect(fourth).toBe(second);
  });

  it('hold nothing of what came with them', async () => {
    const reader = new MessageReader();
    const source = new ByteSource();
    const large = Buffer.alloc(60_000);
    const encoded = encodeResponse(answer());
    const ask = { awaiting: 'a message', deadline: Deadline.inMs(10_000) };
    encoded.copy(large);
    encoded.copy(large, encoded.length);
    source.push(large.subarray(0, 2 * encoded.length));
    await reader.read(source, ask, { maxInflatedBytes: 1000 });
    const { message } = await reader.read(source, ask, { maxInflatedBytes: 1000 });
    const result = message !== null && 'result' in message ? message.result : null;
    expect(Buffer.isBuffer(result) && result.buffer.byteLength).toBeLessThan(60_000);
  });
});
