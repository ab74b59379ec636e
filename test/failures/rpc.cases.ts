import { deflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import { type Bson, bsonDocument } from '../peers/bson-bytes.js';
import { servicePeer } from '../peers/service-peer.js';
import { CAPABILITIES, responseBytes, type Talk } from '../peers/talk.js';
import { resetWhenRead } from '../peers/tcp-peer.js';
import { tcpBeneath } from '../peers/tls-peer.js';
import { namespaces } from '../real-components.js';
import { attempt, type Manner, type Outcome } from './attempt.js';
import { loseHost } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();
const AWAITING = 'the response to ICapabilitiesServiceV2.GetCapabilities';

/** A service that does this with the request it gets; then it waits for the client to go. */
async function answering(answer: (talk: Talk, id: string) => unknown, manner: Manner = {}): Promise<Outcome> {
  const peer = await servicePeer(async (talk) => {
    await answer(talk, await talk.request());
  });
  return attempt(peer.port, manner);
}

/** A service that answers with this error. */
function failing(error: Bson): Promise<Outcome> {
  return answering((talk, id) => talk.say(responseBytes(id, null, error)));
}

/** A service that answers a first call, and does this with the NEXT that follows. */
async function afterOne(next: (talk: Talk) => unknown, manner: Manner = {}): Promise<Outcome> {
  const peer = await servicePeer(async (talk) => {
    await talk.say(responseBytes(await talk.request(), CAPABILITIES));
    await talk.line();
    await next(talk);
  });
  return attempt(peer.port, { ...manner, calls: 2 });
}

const half = (id: string): Buffer => responseBytes(id, CAPABILITIES).subarray(0, 30);

const SERVICE_NOT_FOUND = 'Service not found: ICapabilitiesServiceV2';
const NOT_FOUND_TYPE = 'Halibut.Exceptions.ServiceNotFoundHalibutClientException';

const notFound = ([by, error]: readonly [string, { message: string } & Record<string, Bson>]): Provocation => ({
  id: 'rpc.service-not-found',
  by,
  provoke: () => failing(error),
  evidence: { code: 'SERVER_ERROR', serverError: error.message },
  says: error.message,
});

const serviceError = ([by, error]: readonly [string, { message: string } & Record<string, Bson>]): Provocation => ({
  id: 'rpc.error',
  by,
  provoke: () => failing(error),
  evidence: { code: 'SERVER_ERROR', serverError: error.message },
});

const garbled = ([by, answer, evidence]: readonly [
  string,
  (talk: Talk, id: string) => unknown,
  Provocation['evidence'],
]): Provocation => ({
  id: 'rpc.garbled',
  by,
  provoke: () => answering(answer, { maxMessageBytes: 100_000 }),
  evidence,
});

export const rpcCases: readonly Provocation[] = [
  ...(
    [
      [
        'as Halibut 6.0 and later say it',
        {
          message: SERVICE_NOT_FOUND,
          details: `${NOT_FOUND_TYPE}: ${SERVICE_NOT_FOUND}`,
          HalibutErrorType: NOT_FOUND_TYPE,
        },
      ],
      [
        'as Halibut 5.0 and earlier say it',
        { message: SERVICE_NOT_FOUND, details: `System.Exception: ${SERVICE_NOT_FOUND}` },
      ],
      [
        'as shipped Tentacles say it',
        {
          message: 'The service ICapabilitiesServiceV2 has not been registered through an IAutofacServiceSource',
          details:
            'Octopus.Tentacle.Communications.UnknownServiceNameException: The service ICapabilitiesServiceV2 has not',
          HalibutErrorType: null,
        },
      ],
      [
        'as the oldest Tentacles say it',
        {
          message: 'The requested service has not been registered.',
          details:
            'Autofac.Core.Registration.ComponentNotRegisteredException\n   at Octopus.Tentacle.Communications.AutofacServiceFactory.CreateService(String serviceName)',
        },
      ],
    ] as const
  ).map(notFound),
  ...(
    [
      [
        'an exception of the service',
        { message: 'boom', details: 'System.DivideByZeroException: boom', HalibutErrorType: null },
      ],
      [
        'a method that is not there',
        {
          message: 'Method X::GetCapabilities not found',
          details: null,
          HalibutErrorType: 'Halibut.Exceptions.MethodNotFoundHalibutClientException',
        },
      ],
      [
        'a Tentacle that is shutting down',
        {
          message: 'The Tentacle service is shutting down and cannot process this request.',
          details: 'System.Exception\n   at AutofacServiceFactory.CreateService(String serviceName)',
        },
      ],
      ['an exception with escape codes in it', { message: 'one\r\n\u001b[2Jtwo', details: null }],
    ] as const
  ).map(serviceError),
  {
    id: 'rpc.timeout',
    by: 'a service that never answers',
    provoke: () => answering(() => undefined, { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: AWAITING, receivedBytes: 0 },
    says: '0 bytes of the response to ICapabilitiesServiceV2.GetCapabilities',
  },
  {
    id: 'rpc.timeout',
    by: 'half an answer',
    provoke: () => answering((talk, id) => talk.say(half(id)), { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', receivedBytes: 30 },
  },
  {
    id: 'rpc.timeout',
    by: 'no PROCEED for NEXT',
    provoke: () => afterOne(() => undefined, { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'PROCEED, the answer to NEXT', callsBefore: 1 },
    says: '1 round trip before',
  },
  {
    id: 'rpc.timeout',
    by: 'a machine whose packets get lost, until the system gives up',
    needs,
    provoke: () => loseHost('silently', 'rpc'),
    evidence: { code: 'ETIMEDOUT', syscall: 'read', awaiting: AWAITING },
  },
  {
    id: 'rpc.closed',
    by: 'the end in place of an answer',
    provoke: () => answering(({ socket }) => socket.end()),
    evidence: { code: 'END_OF_STREAM', awaiting: AWAITING, receivedBytes: 0, callsBefore: 0 },
  },
  {
    id: 'rpc.closed',
    by: 'the end inside an answer',
    provoke: () => answering(({ socket }, id) => socket.end(half(id))),
    evidence: { code: 'END_OF_STREAM', receivedBytes: 30 },
    says: '30 bytes of the response',
  },
  {
    id: 'rpc.closed',
    by: 'the end in place of PROCEED',
    provoke: () => afterOne(({ socket }) => socket.end()),
    evidence: { code: 'END_OF_STREAM', awaiting: 'PROCEED, the answer to NEXT', callsBefore: 1 },
  },
  {
    id: 'rpc.reset',
    by: 'a reset in place of an answer',
    provoke: () => answering(({ socket }) => tcpBeneath(socket).resetAndDestroy()),
    evidence: { code: 'ECONNRESET', syscall: 'read', awaiting: AWAITING, receivedBytes: 0 },
  },
  {
    id: 'rpc.reset',
    by: 'a reset inside an answer',
    provoke: () =>
      answering(async (talk, id) => {
        await talk.say(half(id));
        await resetWhenRead(tcpBeneath(talk.socket));
      }),
    evidence: { code: 'ECONNRESET', receivedBytes: 30 },
    says: '30 bytes of the response',
  },
  {
    id: 'rpc.reset',
    by: 'a reset in place of PROCEED',
    provoke: () => afterOne(({ socket }) => tcpBeneath(socket).resetAndDestroy()),
    evidence: { code: 'ECONNRESET', callsBefore: 1 },
    says: '1 round trip before',
  },
  ...(
    [
      [
        'bytes that are no DEFLATE',
        (talk) => talk.say(Buffer.alloc(64, 0xff)),
        {
          code: 'GARBLED',
          awaiting: AWAITING,
          received: { text: '.'.repeat(64), hex: 'ff'.repeat(64) },
          receivedBytes: 64,
        },
      ],
      [
        'a page',
        (talk) => talk.say('HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n<title>502</title>'),
        { code: 'GARBLED', answeredBy: 'HTTP 502 Bad Gateway, page "502", server nginx' },
      ],
      ['DEFLATE that is no document', (talk) => talk.say(deflateRawSync('not a document')), { code: 'GARBLED' }],
      [
        'a document that is no message',
        (talk) => talk.say(deflateRawSync(bsonDocument({ a: 1 }))),
        { code: 'GARBLED' },
      ],
      ['a null message', (talk) => talk.say(deflateRawSync(bsonDocument({ Message: null }))), { code: 'GARBLED' }],
      ['the answer to another call', (talk) => talk.say(responseBytes('another', CAPABILITIES)), { code: 'GARBLED' }],
      ['capabilities that are none', (talk, id) => talk.say(responseBytes(id, 'yes')), { code: 'GARBLED' }],
      [
        'an answer that inflates without end',
        (talk) => talk.say(deflateRawSync(Buffer.alloc(10_000_000))),
        { code: 'TOO_LONG', awaiting: AWAITING },
      ],
    ] as const satisfies readonly Parameters<typeof garbled>[0][]
  ).map(garbled),
  {
    id: 'rpc.garbled',
    by: 'another word than PROCEED',
    provoke: () => afterOne((talk) => talk.say('END\r\n')),
    evidence: {
      code: 'UNEXPECTED_CONTROL',
      awaiting: 'PROCEED, the answer to NEXT',
      received: expect.objectContaining({ text: 'END' }) as unknown,
      callsBefore: 1,
    },
  },
  {
    id: 'rpc.other',
    by: 'a machine that its neighbours say is gone',
    needs,
    provoke: () => loseHost('with a word', 'rpc'),
    evidence: { code: 'EHOSTUNREACH', syscall: 'read', awaiting: AWAITING },
  },
];
