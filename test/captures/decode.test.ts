import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataStreamRef, type BsonValue, type BsonObject } from '../../packages/protocol/src/halibut/bson-value.js';
import type { RequestMessage, ResponseMessage, ServerError } from '../../packages/protocol/src/halibut/messages.js';
import { loadCapture, type Side } from './load-capture.js';
import { CHUNKINGS, chunksOf, cutInto, decode, type CapturedItem } from './decode-capture.js';

const THUMBPRINT = '4843D83B6DD11E3B724DE33F4DA0EA1B6C870CBA';

function endpoint(baseUri: string, retries: { count: number; within: string }): BsonObject {
  return {
    PollingRequestQueueTimeout: '00:02:00',
    RetryListeningSleepInterval: '00:00:01',
    RetryCountLimit: retries.count,
    ConnectionErrorRetryTimeout: retries.within,
    TcpClientConnectTimeout: '00:01:00',
    BaseUri: baseUri,
    RemoteThumbprint: THUMBPRINT,
    Proxy: null,
    ForceResolveHost: null,
    IsWebSocketEndpoint: false,
  };
}

/** The settings of the recorded client for a listening service, and its default ones for polling. */
const listening = (port: number) => endpoint(`https://localhost:${port}/`, { count: 1, within: '00:00:03' });
const polling = endpoint('poll://golden/', { count: 5, within: '00:05:00' });

/** The id is `IService::Method[n] / guid`; version 8.1 has `MethodAsync` there. */
function request(id: string, to: BsonObject, ...params: BsonValue[]): RequestMessage {
  const [, service, method, activityId] = /^(\w+)::(\w+)Async\[\d\] \/ ([0-9a-f-]{36})$/.exec(id) ?? [];
  if (service === undefined || method === undefined || activityId === undefined) throw new Error(id);
  return { id, activityId, endpoint: to, service, method, params };
}

const response = (id: string, result: BsonValue): ResponseMessage => ({ id, error: null, result });
const failed = (id: string, error: ServerError): ResponseMessage => ({ id, error, result: null });

const CAPABILITIES = {
  $type: 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts',
  SupportedCapabilities: ['IScriptService', 'IFileTransferService', 'IScriptServiceV2'],
};

const CLIENT = ['MX\n\n', 'MX-CLIENT 1.0\r\n\r\n'];
const SERVER = 'MX-SERVER 1.0\r\n\r\n';
const [NEXT, PROCEED, END] = ['NEXT\r\n', 'PROCEED\r\n', 'END\r\n'];

interface Expected {
  readonly connector: readonly CapturedItem[];
  readonly listener: readonly CapturedItem[];
}

/** A listening service that is called once. */
function oneCall(call: RequestMessage, reply: ResponseMessage): Expected {
  return { connector: [...CLIENT, call, END], listener: [SERVER, reply] };
}

const CAPABILITIES_IDS = [
  'ICapabilitiesServiceV2::GetCapabilitiesAsync[1] / 83540218-2fb2-4885-a1ec-4471daa837b1',
  'ICapabilitiesServiceV2::GetCapabilitiesAsync[2] / 711176af-3065-4ed8-8156-cca6a250c68b',
  'ICapabilitiesServiceV2::GetCapabilitiesAsync[3] / fbcb7c76-a52a-458e-bafd-d7056de666d7',
] as const;
const HELLO_IDS = [
  'IEchoService::SayHelloAsync[1] / f1302ee6-2f7b-455c-800f-a507080659ad',
  'IEchoService::SayHelloAsync[2] / 9faec96d-3c25-4287-96a2-2bbf4410c18e',
] as const;
const UPLOAD_IDS = [
  'IEchoService::CountBytesAsync[1] / 8e75806c-fe2e-46fb-b795-cd6623d8e8e3',
  'IEchoService::CountBytesAsync[2] / 565e3bf7-c224-4398-9167-64754b093d94',
] as const;
const DOWNLOAD_IDS = [
  'IEchoService::DownloadAsync[1] / d16df312-8644-4d9a-9a15-ab0481a1cb66',
  'IEchoService::DownloadAsync[2] / 96c06e18-b2dd-4aa8-805f-6f96389d71df',
] as const;
const POLLING_IDS = [
  'ICapabilitiesServiceV2::GetCapabilitiesAsync[1] / 44e8781f-8c3f-49f3-8eb5-9e2daf2b53be',
  'ICapabilitiesServiceV2::GetCapabilitiesAsync[2] / afd92039-728a-4cba-b1e1-223ca2f6d609',
  'IEchoService::SayHelloAsync[1] / 3dcd73cb-0795-4965-a6fb-97f018e017d7',
  'IEchoService::SayHelloAsync[2] / ebb5a2aa-8c0f-438d-8f02-72ad285ba7b4',
] as const;
const ADD_ID = 'IEchoService::AddAsync[1] / c4b3438a-d1fe-4da7-b338-579b6b779c8f';
const BIG_ID = 'IEchoService::SayHelloAsync[1] / 6e191a50-0f9d-466e-b2c2-62489574ced2';
const CRASH_ID = 'IEchoService::CrashAsync[1] / a1bdd55b-d41a-467c-9ad4-03369ec1938b';
const NOTHING_ID = 'IEchoService::NothingAsync[1] / bece9691-f49d-4338-8f06-9dc0e3634863';
const NOT_FOUND_ID = 'IEchoService::AddAsync[1] / d7199503-c272-4195-93d0-6e92681d7450';

/** 75,632 characters: the numbers up to 20,000 in hexadecimal, one after the other. */
const BIG = Array.from({ length: 20_000 }, (_, number) => number.toString(16)).join('');
/** The result of the recorded download: the bytes from 0 to 250, repeatedly. */
const DOWNLOADED = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251));

const EXPECTED: Record<string, Expected> = {
  'listening-capabilities': {
    connector: [
      ...CLIENT,
      request(CAPABILITIES_IDS[0], listening(22001)),
      NEXT,
      request(CAPABILITIES_IDS[1], listening(22001)),
      NEXT,
      request(CAPABILITIES_IDS[2], listening(22001)),
      END,
    ],
    listener: [
      SERVER,
      response(CAPABILITIES_IDS[0], CAPABILITIES),
      PROCEED,
      response(CAPABILITIES_IDS[1], CAPABILITIES),
      PROCEED,
      response(CAPABILITIES_IDS[2], CAPABILITIES),
    ],
  },
  'listening-hello': {
    connector: [
      ...CLIENT,
      request(HELLO_IDS[0], listening(22002), 'héllo wörld 0'),
      NEXT,
      request(HELLO_IDS[1], listening(22002), 'héllo wörld 1'),
      END,
    ],
    listener: [SERVER, response(HELLO_IDS[0], 'héllo wörld 0...'), PROCEED, response(HELLO_IDS[1], 'héllo wörld 1...')],
  },
  'listening-big-argument': oneCall(request(BIG_ID, listening(22003), BIG), response(BIG_ID, `${BIG}...`)),
  'listening-exception': oneCall(
    request(CRASH_ID, listening(22004)),
    failed(CRASH_ID, {
      message: 'boom',
      details: `System.Reflection.TargetInvocationException: Exception has been thrown by the target of an invocation.
 ---> System.DivideByZeroException: boom
   at Echo.CrashAsync(CancellationToken c)
   at System.Reflection.MethodBaseInvoker.InterpretedInvoke_Method(Object obj, IntPtr* args)
   at System.Reflection.MethodBaseInvoker.InvokeDirectByRefWithFewArgs(Object obj, Span\`1 copyOfArgs, BindingFlags invokeAttr)
   --- End of inner exception stack trace ---
   at System.Reflection.MethodBaseInvoker.InvokeDirectByRefWithFewArgs(Object obj, Span\`1 copyOfArgs, BindingFlags invokeAttr)
   at System.Reflection.MethodBaseInvoker.InvokeWithOneArg(Object obj, BindingFlags invokeAttr, Binder binder, Object[] parameters, CultureInfo culture)
   at System.Reflection.RuntimeMethodInfo.Invoke(Object obj, BindingFlags invokeAttr, Binder binder, Object[] parameters, CultureInfo culture)
   at Halibut.ServiceModel.ServiceInvoker.InvokeAsyncMethod(MethodInfo method, Object obj, Object[] parameters)
   at Halibut.ServiceModel.ServiceInvoker.InvokeAsync(RequestMessage requestMessage)
   at Halibut.HalibutRuntime.HandleIncomingRequestAsync(RequestMessage request)
   at Halibut.Transport.Protocol.MessageExchangeProtocol.InvokeAndWrapAnyExceptionsAsync(RequestMessage request, Func\`2 incomingRequestProcessor)`,
      halibutErrorType: null,
    }),
  ),
  'listening-void': oneCall(request(NOTHING_ID, listening(22005)), response(NOTHING_ID, null)),
  'listening-add': oneCall(request(ADD_ID, listening(22006), 40n, 2n), response(ADD_ID, 42n)),
  'listening-upload': {
    connector: [
      ...CLIENT,
      request(UPLOAD_IDS[0], listening(22007), new DataStreamRef('663b1fc8-2e27-4bd0-be8d-23c0ed1aca4c', 5000)),
      Buffer.alloc(5000),
      NEXT,
      request(UPLOAD_IDS[1], listening(22007), new DataStreamRef('e0dda7b2-bd4a-4ed0-b130-09919f53952c', 5000)),
      Buffer.alloc(5000),
      END,
    ],
    // An int32, unlike the int64 of Add: the method returns `int`.
    listener: [SERVER, response(UPLOAD_IDS[0], 5000), PROCEED, response(UPLOAD_IDS[1], 5000)],
  },
  'listening-download': {
    connector: [
      ...CLIENT,
      request(DOWNLOAD_IDS[0], listening(22008), 5000n),
      NEXT,
      request(DOWNLOAD_IDS[1], listening(22008), 5000n),
      END,
    ],
    listener: [
      SERVER,
      response(DOWNLOAD_IDS[0], new DataStreamRef('bff0770e-905d-422b-84ad-de3bfddfc38c', 5000)),
      DOWNLOADED,
      PROCEED,
      response(DOWNLOAD_IDS[1], new DataStreamRef('e1a7899b-ec25-49b0-8838-6fa26588ff07', 5000)),
      DOWNLOADED,
    ],
  },
  'listening-service-not-found': oneCall(
    request(NOT_FOUND_ID, listening(22010), 40n, 2n),
    failed(NOT_FOUND_ID, {
      message: 'Service not found: IEchoService',
      details: `Halibut.Exceptions.ServiceNotFoundHalibutClientException: Service not found: IEchoService
   at Halibut.ServiceModel.DelegateServiceFactory.GetService(String name)
   at Halibut.ServiceModel.DelegateServiceFactory.CreateService(String serviceName)
   at Halibut.ServiceModel.ServiceInvoker.InvokeAsync(RequestMessage requestMessage)
   at Halibut.HalibutRuntime.HandleIncomingRequestAsync(RequestMessage request)
   at Halibut.Transport.Protocol.MessageExchangeProtocol.InvokeAndWrapAnyExceptionsAsync(RequestMessage request, Func\`2 incomingRequestProcessor)`,
      halibutErrorType: 'Halibut.Exceptions.ServiceNotFoundHalibutClientException',
    }),
  ),
  // The connector has sent its identity and received no reply; its END goes to a peer that has closed.
  'listening-untrusted': { connector: [...CLIENT, END], listener: [] },
  'polling-capabilities': {
    connector: [
      'MX\n\n',
      'MX-SUBSCRIBER 1.0 poll://golden/\r\n\r\n',
      response(POLLING_IDS[0], CAPABILITIES),
      ...[NEXT, NEXT],
      response(POLLING_IDS[1], CAPABILITIES),
      ...[NEXT, NEXT],
      response(POLLING_IDS[2], 'héllo wörld 0...'),
      ...[NEXT, NEXT],
      response(POLLING_IDS[3], 'héllo wörld 1...'),
      ...[NEXT, NEXT, END],
    ],
    listener: [
      SERVER,
      request(POLLING_IDS[0], polling),
      ...[PROCEED, null, PROCEED],
      request(POLLING_IDS[1], polling),
      ...[PROCEED, null, PROCEED],
      request(POLLING_IDS[2], polling, 'héllo wörld 0'),
      ...[PROCEED, null, PROCEED],
      request(POLLING_IDS[3], polling, 'héllo wörld 1'),
      ...[PROCEED, null, PROCEED],
    ],
  },
};

/** Captures without a message: the text, and how it was split into records. */
const PAGES: Record<string, Record<Side, readonly string[]>> = {
  'browser-page': {
    connector: ['GET / HTTP/1.1\r\nHost: localhost:22012\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n'],
    listener: [
      'HTTP/1.0 200 OK\r\n',
      'Content-Type: text/html; charset=utf-8\r\n',
      'Content-Length: 39\r\n',
      '\r\n',
      '<html><body><p>Hello!</p></body></html>\r\n',
      '\r\n',
    ],
  },
  discovery: {
    connector: ['HELLO\n\n'],
    listener: [
      'HTTP/1.0 200 OK\r\n',
      'Content-Type: text/html; charset=utf-8\r\n',
      'Content-Length: 74\r\n',
      '\r\n',
      '<html><body><p>Octopus Tentacle configured successfully</p></body></html>\n\r\n',
      '\r\n',
    ],
  },
};

describe('the captures', () => {
  it('are all tested here', () => {
    const names = readdirSync(import.meta.dirname).flatMap((file) => /^(.*)\.jsonl$/.exec(file)?.[1] ?? []);
    expect([...Object.keys(EXPECTED), ...Object.keys(PAGES)].toSorted()).toEqual(names.toSorted());
  });

  describe.each(Object.entries(EXPECTED))('%s', (name, expected) => {
    it.each(Object.entries(CHUNKINGS))('%s', async (_, chunking) => {
      const capture = loadCapture(name);
      expect(await decode(chunksOf(capture, 'connector'), chunking)).toEqual(expected.connector);
      expect(await decode(chunksOf(capture, 'listener'), chunking)).toEqual(expected.listener);
    });

    it('cut at random', async () => {
      const capture = loadCapture(name);
      const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(sizes, async (sizes) => {
          expect(await decode(chunksOf(capture, 'connector'), cutInto(sizes))).toEqual(expected.connector);
          expect(await decode(chunksOf(capture, 'listener'), cutInto(sizes))).toEqual(expected.listener);
        }),
        { numRuns: 10 },
      );
    });
  });

  it.each(Object.entries(PAGES))('%s', (name, expected) => {
    const capture = loadCapture(name);
    const textsOf = (side: Side) =>
      capture.flatMap(({ from, bytes }) => (from === side && bytes ? [bytes.toString()] : []));
    expect(textsOf('connector')).toEqual(expected.connector);
    expect(textsOf('listener')).toEqual(expected.listener);
  });
});
