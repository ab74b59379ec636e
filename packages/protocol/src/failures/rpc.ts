import type { ConnectionFacts } from '../trace.js';
import { shownText } from '../wire/http-answer.js';
import { isServiceNotFound } from '../wire/messages.js';
import { counted } from './wording.js';
import type { Ends } from './ends.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, SURE, span, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';
import { checkHealth, logOf, readLog, readLogAtThisTime, standInTest, tryStandIn } from './trust-steps.js';

/** What the connection had carried: seen from a polling Tentacle, messages of the server; else round trips. */
function before({ callsBefore = 0 }: ConnectionFacts, { there }: Ends): string {
  if (there.product === 'server') return ` Before that, ${counted(callsBefore, 'message')} had been received.`;
  return callsBefore === 0 ? '' : ` The connection had carried ${counted(callsBefore, 'round trip')} before.`;
}

/** How much of what arrived: `0 bytes of the response`. */
function progress({ symptom }: Sighting, { there }: Ends): string {
  const awaited = symptom.awaiting ?? (there.product === 'server' ? 'a message' : 'the answer');
  return `${counted(symptom.receivedBytes, 'byte')} of ${awaited}`;
}

const checkDevices = {
  who: 'network-team',
  action: 'Check for an inspecting device, a NAT or a firewall that cuts connections in use.',
} as const;

const trySizes = {
  who: 'you',
  action:
    'If small calls succeed and larger ones do not, test sizes against tentacle-pong on that host (--sizes). This distinguishes a smaller MTU in transit from a device that swallows connections.',
} as const;

const checkReuse = {
  who: 'you',
  action:
    'If connections are reused (--reuse) with a long --interval, use a shorter one: a Tentacle closes a connection after 60 s without a call, which is normal.',
} as const;

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

export const rpcRows = [
  row({
    id: 'rpc.service-not-found',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    when: ({ symptom }) => symptom.serverError !== undefined && isServiceNotFound(symptom.serverError),
    title: 'The peer does not have the requested service',
    means: ({ symptom, facts }) =>
      `${peer(facts)} accepted the call and answered "${shownText(symptom.serverError?.message ?? '')}". The network, TLS and trust are in order.`,
    // The capabilities service was introduced with 6.3.640 (May 2023).
    next: (_facts, { there }) => [
      {
        who: there.administrator,
        action:
          'If Octopus itself reports this, upgrade the Tentacle: versions before 6.3.640 (May 2023) have no capabilities service. The network is not at fault.',
      },
    ],
    octopusSays: ['Service not found:'],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('rpc', 'SERVER_ERROR', {
        serverError: {
          message: 'Service not found: IEchoService',
          details: null,
          halibutErrorType: 'Halibut.Exceptions.ServiceNotFoundHalibutClientException',
        },
      }),
      facts: EXAMPLE,
    },
  }),
  row({
    id: 'rpc.error',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    when: ({ symptom }) => symptom.serverError !== undefined,
    title: 'The peer answered the call with an error',
    means: ({ symptom, facts }) =>
      `${peer(facts)} accepted the call and answered "${shownText(symptom.serverError?.message ?? '')}". The network, TLS and trust are in order.`,
    next: (_facts, { there }) => [
      readLog(there, `Check ${there.log.name} at this time: the service itself raised the error.`),
    ],
    octopusSays: ['An error occurred when sending a request'],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('rpc', 'SERVER_ERROR', {
        serverError: { message: 'Object reference not set', details: null },
      }),
      facts: EXAMPLE,
    },
  }),
  row({
    id: 'rpc.timeout',
    stage: 'rpc',
    shownAt: ['rpc'],
    when: ({ symptom }) => GAVE_UP.includes(symptom.code),
    title: 'No complete answer to the call in time',
    means: (sighting, ends) =>
      `${peer(sighting.facts)} accepted the connection, but sent ${progress(sighting, ends)} within ${span(sighting.symptom.elapsedUs)}.${before(sighting.facts, ends)}`,
    next: (facts, ends) => [
      checkHealth(ends),
      {
        who: 'network-team',
        action:
          'Check for a firewall or NAT that drops the state of connections, or a device that cuts connections in use or swallows their packets.',
      },
      tryStandIn(facts, ends),
      ...(ends.there.isListener && ends.there.product === 'tentacle' ? [trySizes] : []),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: (ends) => ({
      kind: 'one-of',
      causes: [`${ends.there.name} is hung or slow`, 'the packets of this connection are dropped in transit'],
      test: standInTest(ends),
    }),
    example: {
      symptom: exampleSymptom('rpc', 'READ_TIMEOUT', { elapsedUs: 10_000_000, awaiting: 'the response' }),
      facts: EXAMPLE,
    },
  }),
  row({
    id: 'rpc.reset',
    stage: 'rpc',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.shownAt === 'rpc' && ['ECONNRESET', 'ECONNABORTED', 'EPIPE'].includes(symptom.code),
    title: 'Connection reset while exchanging calls',
    means: (sighting, ends) => {
      const { symptom, facts } = sighting;
      const reset = `The connection to ${peer(facts)} was reset ${span(symptom.elapsedUs)}`;
      if (ends.there.product !== 'server')
        return `${reset} into a call, after ${progress(sighting, ends)}.${before(facts, ends)}`;
      const { callsBefore = 0 } = facts;
      const last = callsBefore === 0 ? 'the identities' : `the last of ${counted(callsBefore, 'message')}`;
      return `${reset} after ${last}, with ${counted(symptom.receivedBytes, 'byte')} of the next message received.`;
    },
    next: (_facts, ends) => [checkDevices, checkHealth(ends), readLogAtThisTime(ends)],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: false,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: ['a device in between cut the connection', `the process of ${there.name} ended`],
      test: `Check ${there.log.name}. It records a stop, but not a cut by a device.`,
    }),
    example: { symptom: exampleSymptom('rpc', 'ECONNRESET', { syscall: 'read' }), facts: EXAMPLE },
  }),
  row({
    id: 'rpc.closed',
    stage: 'rpc',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.shownAt === 'rpc' && GONE.includes(symptom.code),
    title: 'Connection closed while exchanging calls',
    means: (sighting, ends) =>
      `${peer(sighting.facts)} closed the connection after ${progress(sighting, ends)}.${before(sighting.facts, ends)}`,
    next: (_facts, ends) => [
      ...(ends.there.isListener && ends.there.product === 'tentacle' ? [checkReuse] : []),
      readLog(ends.there, `Check ${logOf(ends.there)} at this time for a stop, a restart or an unreadable message.`),
      {
        who: 'network-team',
        action:
          'Check for a load balancer that closes connections after a certain time, or a device that cuts connections in use.',
      },
    ],
    octopusSays: ['Attempted to read past the end of the stream.'],
    retry: false,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        there.product === 'tentacle'
          ? 'the Tentacle closed the connection: it was stopped, the connection was idle for too long, or the message could not be read'
          : `${there.name} was stopped, or could not read the message`,
        'a device in between closed the connection',
      ],
      test: `Check ${there.log.name}. It records the reasons of ${there.name}; no entry means a device.`,
    }),
    example: { symptom: exampleSymptom('rpc', 'END_OF_STREAM', { awaiting: 'the response' }), facts: EXAMPLE },
  }),
  row({
    id: 'rpc.garbled',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    when: ({ symptom }) => ['GARBLED', 'TOO_LONG', 'UNEXPECTED_CONTROL', 'ECHO_DIFFERS'].includes(symptom.code),
    title: 'Malformed answer',
    means: ({ symptom, facts }, ends) =>
      `The exchange of identities with ${peer(facts)} succeeded, but ${symptom.awaiting ?? 'the answer'} could not be read (${symptom.code}, ${counted(symptom.receivedBytes, 'byte')}).${before(facts, ends)}`,
    next: () => [
      {
        who: 'you',
        action: 'Run again with --json and keep the document: it holds the first bytes that were received.',
      },
      { who: 'network-team', action: 'Check for a device that terminates TLS and changes the content.' },
    ],
    octopusSays: [
      'Found invalid data while decoding.',
      'The archive entry was compressed using an unsupported compression method.',
      'Expected PROCEED, got:',
    ],
    retry: false,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        `${there.name} speaks another version of the protocol, or is another product`,
        'a device that terminates TLS changes the content',
      ],
      test: `Repeat the test with ${there.standIn.name} over the same path. A malformed answer there too means a device in between.`,
    }),
    example: {
      symptom: exampleSymptom('rpc', 'GARBLED', { received: Buffer.from([0xff, 0x00]), receivedBytes: 2 }),
      facts: EXAMPLE,
    },
  }),
  row({
    id: 'rpc.other',
    stage: 'rpc',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.shownAt === 'rpc',
    title: 'Call failed for an unknown reason',
    means: ({ symptom, facts }, ends) =>
      `The call to ${peer(facts)} ended with ${symptom.code}. This tool does not know the cause.${before(facts, ends)}`,
    next: (_facts, ends) => [readLogAtThisTime(ends)],
    octopusSays: [],
    retry: false,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('rpc', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE },
  }),
];
