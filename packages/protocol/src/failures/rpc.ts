import { shownText } from '../wire/http-answer.js';
import { isServiceNotFound } from '../wire/messages.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE, span, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';

const after = (calls: number | undefined): string =>
  calls === undefined || calls === 0 ? '' : ` The connection had carried ${calls} round trips before.`;

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

export const rpcRows = [
  row({
    id: 'rpc.service-not-found',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    when: ({ symptom }) => symptom.serverError !== undefined && isServiceNotFound(symptom.serverError),
    title: 'The peer speaks the protocol, but has no such service',
    means: ({ symptom, facts }) =>
      `${peer(facts)} took the call and answered "${shownText(symptom.serverError?.message ?? '')}". Network, TLS and trust are in order.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'Nothing is wrong with the network. A Tentacle from before 2020 has no capabilities service; upgrade it if Octopus itself reports this.',
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
      `${peer(facts)} took the call and answered "${shownText(symptom.serverError?.message ?? '')}". Network, TLS and trust are in order.`,
    next: () => [
      { who: 'tentacle-admin', action: "Look into the Tentacle's log at this time: the error is the service's own." },
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
    title: 'No whole answer to the call in time',
    means: ({ symptom, facts }) =>
      `${peer(facts)} took the connection and gave ${symptom.receivedBytes} bytes of ${symptom.awaiting ?? 'its answer'} within ${span(symptom.elapsedUs)}.${after(facts.callsBefore)}`,
    next: () => [
      { who: 'tentacle-admin', action: "Look whether the Tentacle's process is hung or overloaded." },
      {
        who: 'network-team',
        action:
          'Look for a firewall or NAT that forgets connections, or a device that swallows packets in the middle of a connection.',
      },
      {
        who: 'you',
        action:
          'If small calls pass and larger ones do not: run the ladder of sizes towards a tentacle-pong on that host (--sizes); it tells a smaller MTU on the way from a device that swallows connections.',
      },
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['the service is hung or slow', 'the packets of this connection are dropped on the way'],
      test: 'Ping a tentacle-pong on the same host: if that answers, it is the service.',
    },
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
    title: 'Reset during the calls',
    means: ({ symptom, facts }) =>
      `The connection to ${peer(facts)} was reset ${span(symptom.elapsedUs)} into a call, after ${symptom.receivedBytes} bytes of the answer.${after(facts.callsBefore)}`,
    next: () => [
      {
        who: 'network-team',
        action: 'Look for an inspecting device, a NAT or a firewall that cuts connections in use.',
      },
      { who: 'tentacle-admin', action: 'Look whether the service stopped or restarted at that time.' },
    ],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: ['a device on the way cut the connection', "the peer's process ended"],
      test: "The Tentacle's log: a stop is written there, a cut by a device is not.",
    },
    example: { symptom: exampleSymptom('rpc', 'ECONNRESET', { syscall: 'read' }), facts: EXAMPLE },
  }),
  row({
    id: 'rpc.closed',
    stage: 'rpc',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.shownAt === 'rpc' && GONE.includes(symptom.code),
    title: 'Closed during the calls',
    means: ({ symptom, facts }) =>
      `${peer(facts)} closed the connection after ${symptom.receivedBytes} bytes of ${symptom.awaiting ?? 'the answer'}.${after(facts.callsBefore)}`,
    next: () => [
      {
        who: 'you',
        action:
          'If connections are kept (--reuse) with a long --interval: Tentacles close after 60 s without a call, which is normal.',
      },
      {
        who: 'tentacle-admin',
        action: "Look into the Tentacle's log at this time for a stop, or for what it could not read.",
      },
      { who: 'network-team', action: 'Look for a load balancer that closes connections after a time.' },
    ],
    octopusSays: ['Attempted to read past the end of the stream.'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'the service closed: it stopped, was idle too long, or could not read the message',
        'a device on the way closed the connection',
      ],
      test: "The Tentacle's log names its own reasons; nothing there means a device.",
    },
    example: { symptom: exampleSymptom('rpc', 'END_OF_STREAM', { awaiting: 'the response' }), facts: EXAMPLE },
  }),
  row({
    id: 'rpc.garbled',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    when: ({ symptom }) => ['GARBLED', 'TOO_LONG', 'UNEXPECTED_CONTROL', 'ECHO_DIFFERS'].includes(symptom.code),
    title: 'The answer is not what the protocol has there',
    means: ({ symptom, facts }) =>
      `${peer(facts)} exchanged identities, but ${symptom.awaiting ?? 'the answer'} could not be read (${symptom.code}, ${symptom.receivedBytes} bytes).${after(facts.callsBefore)}`,
    next: () => [
      { who: 'you', action: 'Run again with --json and keep the document: it holds the first bytes that came.' },
      { who: 'network-team', action: 'Look for a device that ends TLS and changes what passes.' },
    ],
    octopusSays: [
      'Found invalid data while decoding.',
      'The archive entry was compressed using an unsupported compression method.',
      'Expected PROCEED, got:',
    ],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: ['a peer of another protocol version or make', 'a device inside TLS that changes bytes'],
      test: 'Ping a tentacle-pong through the same way: garbled too means the way.',
    },
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
    title: 'The call failed in a way this tool does not know',
    means: ({ symptom, facts }) =>
      `The call to ${peer(facts)} ended with ${symptom.code}. Its cause is unknown to this tool.${after(facts.callsBefore)}`,
    next: () => [{ who: 'tentacle-admin', action: "Look what the Tentacle's log says of this time." }],
    octopusSays: [],
    retry: false,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('rpc', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE },
  }),
];
