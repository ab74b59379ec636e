import { deflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import { type Bson, bsonDocument } from '../peers/bson-bytes.js';
import { servicePeer } from '../peers/service-peer.js';
import { CAPABILITIES, responseBytes, type ServiceConnection } from '../peers/service-connection.js';
import { resetWhenRead } from '../peers/tcp-peer.js';
import { tcpBeneath } from '../peers/tls-peer.js';
import { namespaces } from '../real-components.js';
import { attempt, type AttemptOptions, type Outcome } from './attempt.js';
import { loseHost } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();
const AWAITING = 'the response to ICapabilitiesServiceV2.GetCapabilities';

/** Calls a service that runs this for the request, and then waits until the client disconnects. */
async function answering(
  answer: (connection: ServiceConnection, id: string) => unknown,
  options: AttemptOptions = {},
): Promise<Outcome> {
  const peer = await servicePeer(async (connection) => {
    await answer(connection, await connection.readRequest());
  });
  return attempt(peer.port, options);
}

/** Calls a service that returns this error. */
function failing(error: Bson): Promise<Outcome> {
  return answering((connection, id) => connection.send(responseBytes(id, null, error)));
}

/** Calls a service that answers a first call, and runs this for the NEXT that follows. */
async function afterOne(
  next: (connection: ServiceConnection) => unknown,
  options: AttemptOptions = {},
): Promise<Outcome> {
  const peer = await servicePeer(async (connection) => {
    await connection.send(responseBytes(await connection.readRequest(), CAPABILITIES));
    await connection.readLine();
    await next(connection);
  });
  return attempt(peer.port, { ...options, calls: 2 });
}

const half = (id: string): Buffer => responseBytes(id, CAPABILITIES).subarray(0, 30);

const SERVICE_NOT_FOUND = 'Service not found: ICapabilitiesServiceV2';
const NOT_FOUND_TYPE = 'Halibut.Exceptions.ServiceNotFoundHalibutClientException';

const notFound = ([by, error]: readonly [string, { message: string } & Record<string, Bson>]): Provocation => ({
  id: 'rpc.service-not-found',
  by,
  provoke: () => failing(error),
  evidence: { code: 'SERVER_ERROR', serverError: error.message },
  mentions: error.message,
});

const serviceError = ([by, error]: readonly [string, { message: string } & Record<string, Bson>]): Provocation => ({
  id: 'rpc.error',
  by,
  provoke: () => failing(error),
  evidence: { code: 'SERVER_ERROR', serverError: error.message },
});

const malformed = ([by, answer, evidence]: readonly [
  string,
  (connection: ServiceConnection, id: string) => unknown,
  Provocation['evidence'],
]): Provocation => ({
  id: 'rpc.malformed-response',
  by,
  provoke: () => answering(answer, { maxMessageBytes: 100_000 }),
  evidence,
});

export const rpcCases: readonly Provocation[] = [
  ...(
    [
      [
        'as sent by Halibut 6.0 and later',
        {
          message: SERVICE_NOT_FOUND,
          details: `${NOT_FOUND_TYPE}: ${SERVICE_NOT_FOUND}`,
          HalibutErrorType: NOT_FOUND_TYPE,
        },
      ],
      [
        'as sent by Halibut 5.0 and earlier',
        { message: SERVICE_NOT_FOUND, details: `System.Exception: ${SERVICE_NOT_FOUND}` },
      ],
      [
        'as sent by released Tentacles',
        {
          message: 'The service ICapabilitiesServiceV2 has not been registered through an IAutofacServiceSource',
          details:
            'Octopus.Tentacle.Communications.UnknownServiceNameException: The service ICapabilitiesServiceV2 has not',
          HalibutErrorType: null,
        },
      ],
      [
        'as sent by the oldest Tentacles',
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
        'a missing method',
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
    by: 'a service that never responds',
    provoke: () => answering(() => undefined, { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: AWAITING, receivedBytes: 0 },
    mentions: 'ICapabilitiesServiceV2.GetCapabilities',
  },
  {
    id: 'rpc.timeout',
    by: 'half a response',
    provoke: () => answering((connection, id) => connection.send(half(id)), { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', receivedBytes: 30 },
  },
  {
    id: 'rpc.timeout',
    by: 'no PROCEED for NEXT',
    provoke: () => afterOne(() => undefined, { callMs: 500 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'PROCEED, the answer to NEXT', callsBefore: 1 },
    mentions: /\b1 (earlier )?round trip/,
  },
  {
    id: 'rpc.timeout',
    by: "a machine whose packets are lost, until the system's timeout",
    needs,
    provoke: () => loseHost('packets lost', 'rpc'),
    evidence: { code: 'ETIMEDOUT', syscall: 'read', awaiting: AWAITING },
  },
  {
    id: 'rpc.closed',
    by: 'the end in place of a response',
    provoke: () => answering(({ socket }) => socket.end()),
    evidence: { code: 'END_OF_STREAM', awaiting: AWAITING, receivedBytes: 0, callsBefore: 0 },
  },
  {
    id: 'rpc.closed',
    by: 'the end inside a response',
    provoke: () => answering(({ socket }, id) => socket.end(half(id))),
    evidence: { code: 'END_OF_STREAM', receivedBytes: 30 },
    mentions: '30 bytes',
  },
  {
    id: 'rpc.closed',
    by: 'the end in place of PROCEED',
    provoke: () => afterOne(({ socket }) => socket.end()),
    evidence: { code: 'END_OF_STREAM', awaiting: 'PROCEED, the answer to NEXT', callsBefore: 1 },
  },
  {
    id: 'rpc.reset',
    by: 'a reset in place of a response',
    provoke: () => answering(({ socket }) => tcpBeneath(socket).resetAndDestroy()),
    evidence: { code: 'ECONNRESET', syscall: 'read', awaiting: AWAITING, receivedBytes: 0 },
  },
  {
    id: 'rpc.reset',
    by: 'a reset inside a response',
    provoke: () =>
      answering(async (connection, id) => {
        await connection.send(half(id));
        await resetWhenRead(tcpBeneath(connection.socket));
      }),
    evidence: { code: 'ECONNRESET', receivedBytes: 30 },
    mentions: '30 bytes',
  },
  {
    id: 'rpc.reset',
    by: 'a reset in place of PROCEED',
    provoke: () => afterOne(({ socket }) => tcpBeneath(socket).resetAndDestroy()),
    evidence: { code: 'ECONNRESET', callsBefore: 1 },
    mentions: /\b1 (earlier )?round trip/,
  },
  ...(
    [
      [
        'bytes that are not DEFLATE',
        (connection) => connection.send(Buffer.alloc(64, 0xff)),
        {
          code: 'MALFORMED',
          awaiting: AWAITING,
          received: { text: '.'.repeat(64), hex: 'ff'.repeat(64) },
          receivedBytes: 64,
        },
      ],
      [
        'a page',
        (connection) => connection.send('HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n<title>502</title>'),
        { code: 'MALFORMED', answeredBy: 'HTTP 502 Bad Gateway, page "502", server nginx' },
      ],
      [
        'DEFLATE that is not a document',
        (connection) => connection.send(deflateRawSync('not a document')),
        { code: 'MALFORMED' },
      ],
      [
        'a document that is not a message',
        (connection) => connection.send(deflateRawSync(bsonDocument({ a: 1 }))),
        { code: 'MALFORMED' },
      ],
      [
        'a null message',
        (connection) => connection.send(deflateRawSync(bsonDocument({ Message: null }))),
        { code: 'MALFORMED' },
      ],
      [
        'the response to another call',
        (connection) => connection.send(responseBytes('another', CAPABILITIES)),
        { code: 'MALFORMED' },
      ],
      [
        'capabilities of a wrong type',
        (connection, id) => connection.send(responseBytes(id, 'yes')),
        { code: 'MALFORMED' },
      ],
      [
        'a response that inflates endlessly',
        (connection) => connection.send(deflateRawSync(Buffer.alloc(10_000_000))),
        { code: 'TOO_LONG', awaiting: AWAITING },
      ],
    ] as const satisfies readonly Parameters<typeof malformed>[0][]
  ).map(malformed),
  {
    id: 'rpc.malformed-response',
    by: 'a word other than PROCEED',
    provoke: () => afterOne((connection) => connection.send('END\r\n')),
    evidence: {
      code: 'UNEXPECTED_CONTROL',
      awaiting: 'PROCEED, the answer to NEXT',
      received: expect.objectContaining({ text: 'END' }) as unknown,
      callsBefore: 1,
    },
  },
  {
    id: 'rpc.other',
    by: 'a machine that its network reports as unreachable',
    needs,
    provoke: () => loseHost('unreachable', 'rpc'),
    evidence: { code: 'EHOSTUNREACH', syscall: 'read', awaiting: AWAITING },
  },
];
