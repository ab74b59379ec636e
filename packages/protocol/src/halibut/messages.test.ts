import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Binary, Double as BsonDouble, type Document, Long, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { arriving, cut, holding } from './arriving-bytes.test.support.js';
import { ByteReader } from './byte-reader.js';
import { DataStreamRef, Double, Guid, type BsonValue } from './bson-value.js';
import {
  encodeNullMessage,
  encodeRequest,
  encodeResponse,
  endpointSettings,
  isServiceNotFound,
  methodNotFoundError,
  noMatchingOverloadError,
  type ReceivedMessage,
  type RequestMessage,
  type ResponseMessage,
  readMessage,
  type ServerError,
  serviceExceptionError,
  serviceNotFoundError,
} from './messages.js';
import { WireError } from './wire-error.js';

const readRequest = () => ({ purpose: 'a message', deadline: Deadline.inMs(10_000) });

function read(source: ByteReader): Promise<ReceivedMessage> {
  return readMessage(source, readRequest(), { maxInflatedBytes: 100_000, maxValues: 1000 });
}

/** What real peers sent: line `n` of a recording, which is one message and nothing else. */
function recorded(capture: string, line: number): Buffer {
  const file = new URL(`../../../../test/captures/${capture}.jsonl`, import.meta.url);
  const { hex } = JSON.parse(readFileSync(file, 'utf8').split('\n')[line] ?? '') as { hex: string };
  return Buffer.from(hex, 'hex');
}

const REQUEST = recorded('listening-upload', 3);
const RESPONSE = recorded('listening-capabilities', 4);

const REQUEST_TYPE = 'Halibut.Transport.Protocol.RequestMessage, Halibut';
const RESPONSE_TYPE = 'Halibut.Transport.Protocol.ResponseMessage, Halibut';

/** A message made by the bson package and zlib alone, not by what is tested. */
function foreign(message: Document | null): Buffer {
  return deflateRawSync(serialize({ Message: message }));
}

async function failure(bytes: Uint8Array): Promise<WireError> {
  const error: unknown = await read(holding(bytes)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WireError);
  return error as WireError;
}

function isRequest(message: ReceivedMessage['message']): message is RequestMessage {
  return message !== null && 'params' in message;
}

function isResponse(message: ReceivedMessage['message']): message is ResponseMessage {
  return message !== null && 'result' in message;
}

describe('messages of the real library', () => {
  it.each([
    'listening-capabilities',
    'listening-hello',
    'listening-add',
    'listening-void',
    'listening-exception',
    'listening-service-not-found',
    'listening-upload',
    'listening-download',
  ])('are written again exactly as they were, before they are deflated: %s', async (capture) => {
    for (const line of capture === 'listening-upload' ? [3, 8] : [3, 4]) {
      const bytes = recorded(capture, line);
      const { message, compressedBytes, inflatedBytes } = await read(holding(bytes));
      const again = isRequest(message)
        ? encodeRequest(message)
        : isResponse(message)
          ? encodeResponse(message)
          : undefined;
      expect(inflateRawSync(again ?? '')).toEqual(inflateRawSync(bytes));
      expect([compressedBytes, inflatedBytes]).toEqual([bytes.length, inflateRawSync(bytes).length]);
    }
  });

  it('are the same whatever the pieces, and leave the bytes behind them', async () => {
    const bytes = Buffer.concat([REQUEST, Buffer.from('stream')]);
    const whole = await read(holding(bytes));
    for (const size of [1, 2, 7, 100, 499]) {
      const source = arriving(cut(bytes, [size]));
      expect(await read(source)).toEqual(whole);
      expect((await source.readExactly(6, readRequest())).toString()).toBe('stream');
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: REQUEST.length }), async (at) => {
        expect(await read(holding(bytes.subarray(0, at), bytes.subarray(at)))).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('list the data streams that follow', async () => {
    const { streams } = await read(holding(REQUEST));
    expect(streams).toEqual([new DataStreamRef('663b1fc8-2e27-4bd0-be8d-23c0ed1aca4c', 5000)]);
  });

  it('without content are 16 bytes', async () => {
    const bytes = recorded('polling-capabilities', 7);
    expect(await read(holding(bytes))).toEqual({ message: null, compressedBytes: 16, inflatedBytes: 14, streams: [] });
    expect(encodeNullMessage()).toEqual(bytes);
  });

  it('have the endpoint that this package writes', async () => {
    const { message } = await read(holding(recorded('polling-capabilities', 3)));
    expect(isRequest(message) && message.endpoint).toEqual(
      endpointSettings({ baseUri: 'poll://golden/', remoteThumbprint: '4843D83B6DD11E3B724DE33F4DA0EA1B6C870CBA' }),
    );
  });
});

describe('messages of other versions', () => {
  const guid = new Binary(Buffer.from('2a717d63d5db1c43a1b20123456789ab', 'hex'), 4);
  const id = 'IEchoService::Add[1] / 637d712a-dbd5-431c-a1b2-0123456789ab';

  it('4.4.8 and 5.0: a request', async () => {
    const endpoint = {
      PollingRequestQueueTimeout: '00:02:00',
      PollingRequestMaximumMessageProcessingTimeout: '00:10:00',
      RetryListeningSleepInterval: '00:00:01',
      RetryCountLimit: 5,
      ConnectionErrorRetryTimeout: '00:05:00',
      TcpClientConnectTimeout: '00:01:00',
      BaseUri: 'https://tentacle:10933/',
      RemoteThumbprint: 'AB',
      Proxy: null,
      IsWebSocketEndpoint: false,
    };
    const params = [Long.fromNumber(40), { $type: 'T, A', half: new BsonDouble(0.5) }];
    const bytes = foreign({
      $type: REQUEST_TYPE,
      id,
      activityId: guid,
      endpoint,
      service: 'IEchoService',
      method: 'Add',
      params,
    });
    expect((await read(holding(bytes))).message).toEqual({
      id,
      activityId: '637d712a-dbd5-431c-a1b2-0123456789ab',
      endpoint,
      service: 'IEchoService',
      method: 'Add',
      params: [40n, { $type: 'T, A', half: new Double(0.5) }],
    });
  });

  it('a request without activity, endpoint or params', async () => {
    const bytes = foreign({
      $type: REQUEST_TYPE,
      id,
      endpoint: null,
      service: 'IEchoService',
      method: 'Add',
      params: null,
    });
    const { message } = await read(holding(bytes));
    expect(message).toEqual({ id, service: 'IEchoService', method: 'Add', params: [] });
    if (!isRequest(message)) throw new Error('a request');
    expect((await read(holding(encodeRequest(message)))).message).toEqual(message);
  });

  it('a future version that omits $type', async () => {
    const request = foreign({ id, service: 'S', method: 'M', params: [] });
    expect((await read(holding(request))).message).toEqual({ id, service: 'S', method: 'M', params: [] });
    const response = foreign({ id, error: null, result: 42 });
    expect((await read(holding(response))).message).toEqual({ id, error: null, result: 42 });
  });

  it.each<[string, Document, ServerError]>([
    ['4.4.8, no details', { message: 'm', details: null }, { message: 'm', details: null }],
    ['5.0', { message: 'm', details: 'd' }, { message: 'm', details: 'd' }],
    [
      '6.0',
      { message: 'm', details: 'd', HalibutErrorType: null },
      { message: 'm', details: 'd', halibutErrorType: null },
    ],
    [
      '8.1',
      { message: 'm', details: 'd', HalibutErrorType: 'T' },
      { message: 'm', details: 'd', halibutErrorType: 'T' },
    ],
    ['an exception without a message', { message: null, details: null }, { message: '', details: null }],
  ])('errors: %s', async (_, written, error) => {
    const { message } = await read(holding(foreign({ $type: RESPONSE_TYPE, id, error: written, result: null })));
    expect(message).toEqual({ id, error, result: null });
    if (!isResponse(message)) throw new Error('a response');
    expect((await read(holding(encodeResponse(message)))).message).toEqual(message);
  });

  it('a data stream as a result, with and without its type', async () => {
    for (const type of [{ $type: 'Halibut.DataStream, Halibut' }, {}]) {
      const result = { ...type, id: guid, length: Long.fromNumber(7) };
      const { message, streams } = await read(holding(foreign({ $type: RESPONSE_TYPE, id, error: null, result })));
      const ref = new DataStreamRef('637d712a-dbd5-431c-a1b2-0123456789ab', 7);
      expect([isResponse(message) && message.result, streams]).toEqual([ref, [ref]]);
    }
  });
});

describe('invalid messages', () => {
  const response = { $type: RESPONSE_TYPE, id: 'i', error: null, result: null };
  const request = { $type: REQUEST_TYPE, id: 'i', service: 's', method: 'm', params: [] };

  it.each<[string, Buffer]>([
    ['no Message', deflateRawSync(serialize({ message: null }))],
    ['a Message that is not an object', deflateRawSync(serialize({ Message: 'text' }))],
    ['another type', foreign({ ...response, $type: 'System.Object, mscorlib' })],
    ['no id', foreign({ ...response, id: null })],
    ['no service', foreign({ ...request, service: 1 })],
    ['no method', foreign({ ...request, method: [] })],
    ['params that are no array', foreign({ ...request, params: 'text' })],
    ['an activity that is not a GUID', foreign({ ...request, activityId: 'text' })],
    ['an endpoint that is not an object', foreign({ ...request, endpoint: 'text' })],
    ['an error that is not an object', foreign({ ...response, error: 'text' })],
    ['an error message that is not text', foreign({ ...response, error: { message: 1 } })],
    ['error details that are no text', foreign({ ...response, error: { message: '', details: {} } })],
    ['an error type that is not text', foreign({ ...response, error: { message: '', HalibutErrorType: 1 } })],
    ['DEFLATE that is not BSON', deflateRawSync(Buffer.from('text'))],
    ['DEFLATE of nothing', deflateRawSync(Buffer.alloc(0))],
    ['two documents', deflateRawSync(Buffer.concat([serialize({ Message: null }), serialize({ Message: null })]))],
  ])('are malformed: %s', async (_, bytes) => {
    const error = await failure(bytes);
    expect(error.code).toBe('MALFORMED');
    expect(error.purpose).toBe('a message');
  });

  it('are too long above the limit', async () => {
    const long = readMessage(holding(REQUEST), readRequest(), {
      maxInflatedBytes: inflateRawSync(REQUEST).length - 1,
      maxValues: 1000,
    });
    await expect(long).rejects.toMatchObject({ code: 'TOO_LONG' });
  });

  it.each([
    ['in an array', { params: Array.from({ length: 1000 }, () => 1) }],
    ['as members', { params: [Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, null]))] }],
    ['nested', { params: Array.from({ length: 500 }, () => [true]) }],
  ])('have too many values: %s', async (_, content) => {
    const bytes = deflateRawSync(serialize({ Message: { id: 'x', service: 'IService', method: 'Do', ...content } }));
    // Five members and Message itself are values too.
    const bounds = { maxInflatedBytes: 100_000, maxValues: 1001 };
    await expect(readMessage(holding(bytes), readRequest(), bounds)).rejects.toMatchObject({ code: 'TOO_LONG' });
    const more = { ...bounds, maxValues: 1010 };
    await expect(readMessage(holding(bytes), readRequest(), more)).resolves.toMatchObject({ message: { id: 'x' } });
  });

  it('are cut short', async () => {
    for (const [at] of REQUEST.entries()) {
      expect((await failure(REQUEST.subarray(0, at))).code).toBe('END_OF_STREAM');
    }
  });

  it('with any single bit flipped are messages or WireErrors', async () => {
    const documents = [REQUEST, RESPONSE].map((bytes) => ({ wrap: deflateRawSync, bytes: inflateRawSync(bytes) }));
    const streams = [REQUEST, RESPONSE, encodeNullMessage()].map((bytes) => ({ wrap: (same: Buffer) => same, bytes }));
    let messages = 0;
    for (const { wrap, bytes } of [...documents, ...streams]) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const turned = Buffer.from(bytes);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await read(holding(wrap(turned))).then(
          () => messages++,
          (error: unknown) => {
            if (!(error instanceof WireError)) throw error;
          },
        );
      }
    }
    // Most bits are in the text of ids, types and settings, where another letter is as good.
    expect(messages).toBeGreaterThan(5000);
  });

  it('with bytes replaced, dropped or repeated are messages or WireErrors', async () => {
    const at = fc.nat(REQUEST.length - 1);
    await fc.assert(
      fc.asyncProperty(
        at,
        at,
        fc.uint8Array({ maxLength: 5 }),
        fc.integer({ min: 1, max: 200 }),
        async (from, to, bytes, size) => {
          const spliced = Buffer.concat([REQUEST.subarray(0, from), bytes, REQUEST.subarray(to)]);
          const outcome: unknown = await read(arriving(cut(spliced, [size]))).catch((error: unknown) => error);
          expect(outcome instanceof WireError || typeof outcome === 'object').toBe(true);
          expect(outcome instanceof Error).toBe(outcome instanceof WireError);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('errors of this service', () => {
  it('have the format of the real ones', async () => {
    const real = async (capture: string): Promise<ServerError> => {
      const { message } = await read(holding(recorded(capture, 4)));
      if (!isResponse(message) || message.error === null) throw new Error('an error');
      return message.error;
    };
    const firstLine = (error: ServerError) => ({ ...error, details: error.details?.split('\n')[0] });
    const notFound = await real('listening-service-not-found');
    expect(firstLine(serviceNotFoundError('IEchoService'))).toEqual(firstLine(notFound));
    const exception = await real('listening-exception');
    expect(firstLine(serviceExceptionError('boom'))).toEqual(firstLine(exception));
    expect(serviceExceptionError('boom').details?.split('\n')[1]).toBe(' ---> System.Exception: boom');
    expect(exception.details?.split('\n')[1]).toBe(' ---> System.DivideByZeroException: boom');
  });

  it('name the method', () => {
    expect(methodNotFoundError('IEchoService', 'Shout')).toEqual({
      message: 'Method IEchoService::Shout not found',
      details: 'Halibut.Exceptions.MethodNotFoundHalibutClientException: Method IEchoService::Shout not found',
      halibutErrorType: 'Halibut.Exceptions.MethodNotFoundHalibutClientException',
    });
  });

  it('name few arguments and short type names, however many and long the caller sent', () => {
    const params = Array.from({ length: 4000 }, () => ({ $type: 'T'.repeat(10_000) }));
    const { message } = noMatchingOverloadError(['Int64 Add(Int64, Int64)'], params);
    expect(message.length).toBeLessThan(3000);
    expect(message).toContain(' 3980 more');
  });

  it('name the candidates and the received arguments', () => {
    const params: [BsonValue, string][] = [
      [null, '<null>'],
      ['text', 'String'],
      [true, 'Boolean'],
      [1, 'Int64'],
      [1n, 'Int64'],
      [new Double(1), 'Double'],
      [new Date(0), 'DateTime'],
      [new Guid('637d712a-dbd5-431c-a1b2-0123456789ab'), 'Guid'],
      [new DataStreamRef('637d712a-dbd5-431c-a1b2-0123456789ab', 1), 'DataStream'],
      [Buffer.alloc(1), 'Byte[]'],
      [[], 'JArray'],
      [{}, 'JObject'],
      [{ $type: 'Name.Space.Command, Assembly' }, 'Command'],
      [{ $type: 'Name.Space.Outer+Inner, Assembly' }, 'Inner'],
    ];
    const error = noMatchingOverloadError(
      ['Int64 Add(Int64, Int64)', 'Int64 Add(System.String)'],
      params.map(([value]) => value),
    );
    expect(error.message).toBe(`Could not decide which candidate to call out of the following methods:
 - Int64 Add(Int64, Int64)
 - Int64 Add(System.String)
The request arguments were:
${params.map(([, name]) => name).join(', ')}
`);
    expect(error.halibutErrorType).toBe('Halibut.Exceptions.AmbiguousMethodMatchHalibutClientException');
    expect(error.details?.startsWith(`${error.halibutErrorType ?? ''}: ${error.message}`)).toBe(true);
    expect(error.details).toContain('\n ---> System.Reflection.AmbiguousMatchException: Could not decide');
  });
});

describe('isServiceNotFound', () => {
  const text = 'Service not found: ICapabilitiesServiceV2';
  const type = 'Halibut.Exceptions.ServiceNotFoundHalibutClientException';
  const own = serviceExceptionError(text);
  const autofac = 'Error: ICapabilitiesServiceV2 has not been registered through an IAutofacServiceSource';
  const created = (exception: string) =>
    `${exception}\n   at Halibut.Server.ServiceModel.X.CreateService(Type serviceType)`;

  it.each<[string, ServerError]>([
    ['8.1', serviceNotFoundError('ICapabilitiesServiceV2')],
    ['the type alone', { message: 'übersetzt', details: null, halibutErrorType: type }],
    ['5.0', { message: text, details: `System.Exception: ${text}` }],
    ['no details', { message: text, details: null, halibutErrorType: null }],
    ['a shipped Tentacle', { message: autofac, details: null, halibutErrorType: null }],
    [
      'a shipped Tentacle, by its exception',
      { message: '', details: `Octopus.Tentacle.Communications.UnknownServiceNameException: ${autofac}` },
    ],
    ['the oldest Tentacles', { message: 'boom', details: created('Autofac.ComponentNotRegisteredException: boom') }],
  ])('is true for %s', (_, error) => {
    expect(isServiceNotFound(error)).toBe(true);
  });

  it.each<[string, ServerError]>([
    ['a method, 8.1', methodNotFoundError('ICapabilitiesServiceV2', 'GetCapabilities')],
    ['a method, 6.0', { message: 'Method T::M not found', details: 'Method T::M not found', halibutErrorType: null }],
    ['a method, 5.0', { message: 'Service T::M not found', details: null }],
    ['arguments', noMatchingOverloadError([], [])],
    ['what the service threw, whatever it says', own],
    ['another Halibut exception, whatever it says', { message: text, details: null, halibutErrorType: 'Halibut.X' }],
    [
      'a Tentacle that is shutting down',
      {
        message: 'The Tentacle service is shutting down and cannot process this request.',
        details: created('System.Exception: The Tentacle service is shutting down and cannot process this request.'),
      },
    ],
    ['a Tentacle that was shut down', { message: '', details: created('System.ObjectDisposedException: scope') }],
    ['anything else', { message: 'boom', details: 'System.Exception: boom' }],
  ])('is false for %s', (_, error) => {
    expect(isServiceNotFound(error)).toBe(false);
  });
});
