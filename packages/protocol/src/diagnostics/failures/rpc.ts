import type { ConnectionFacts } from '../../trace.js';
import { sanitizeText } from '../../http/http-response.js';
import { isServiceNotFound } from '../../halibut/messages.js';
import { counted } from '../wording.js';
import type { Ends } from '../ends.js';
import {
  EXAMPLE_FACTS,
  exampleSignature,
  defineFailure,
  type Observation,
  conclusiveUnless,
  UNKNOWN,
} from '../failure-definition.js';
import { durationText, hostAndPort, peerName } from '../wording.js';
import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { TIMED_OUT, CONNECTION_LOST } from './trust.js';
import { checkPeerHealth, compareWithStandIn, describeStandInTest, logName, readLog, readPeerLog } from './steps.js';

/** What the connection had carried: seen from a polling Tentacle, messages of the server; else round trips. */
function before({ callsBefore = 0 }: ConnectionFacts, { there }: Ends): string {
  if (there.product === 'server')
    return callsBefore === 0
      ? ' No message had been received before.'
      : ` Before that, ${counted(callsBefore, 'message')} had been received.`;
  return callsBefore === 0 ? '' : ` The connection had carried ${counted(callsBefore, 'round trip')} before.`;
}

/** How much of what arrived: `0 bytes of the response`. */
function progress({ signature }: Observation, { there }: Ends): string {
  const awaited = signature.purpose ?? (there.product === 'server' ? 'a message' : 'the answer');
  return `${counted(signature.receivedBytes, 'byte')} of ${awaited}`;
}

const findCuttingDevice = {
  who: 'network-team',
  action: 'Check for an inspecting device, a NAT or a firewall that cuts connections in use.',
} as const;

const trySizes = {
  who: 'you',
  action:
    'If small calls succeed and larger ones do not, test sizes against tentacle-pong on that host (--sizes). This separates a smaller MTU from a device that drops connections.',
} as const;

const checkReuse = {
  who: 'you',
  action:
    'If connections are reused (--reuse) with a long --interval, use a shorter one. A Tentacle closes a connection after 60 s without a call, which is normal.',
} as const;

/** Whether calls had succeeded on the connection before, between which it was idle. */
function wasReused({ callsBefore = 0 }: ConnectionFacts, { there }: Ends): boolean {
  return callsBefore > 0 && there.isListener && there.product === 'tentacle';
}

const STATE_DROPPED = 'a firewall or NAT had dropped the state of the connection while it was idle between two calls';

/** Finds the time after which a device in between drops an idle connection. */
function findIdleLimit(facts: ConnectionFacts, ends: Ends): Step[] {
  if (!wasReused(facts, ends)) return [];
  return [
    {
      who: 'you',
      action:
        'Search for the time after which an idle connection is lost. If there is none, the connection was cut for another reason.',
      ...sameCommand(`tentacle-ping ${hostAndPort(facts)} --idle`),
    },
  ];
}

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

export const rpcFailures = [
  defineFailure({
    id: 'rpc.service-not-found',
    stage: 'rpc',
    wholeAddress: 'answered',
    shownAt: ['rpc', 'data'],
    matches: ({ signature }) => signature.serverError !== undefined && isServiceNotFound(signature.serverError),
    title: 'The peer does not have the requested service',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} accepted the call and answered "${sanitizeText(signature.serverError?.message ?? '')}". The network, TLS and trust are in order.`,
    // The capabilities service was introduced with 6.3.640 (May 2023).
    remediation: (_facts, { there }) => [
      {
        who: there.administrator,
        action:
          'If Octopus itself reports this, upgrade the Tentacle. Versions before 6.3.640 (May 2023) have no capabilities service. The network is not at fault.',
      },
    ],
    octopusLogMessages: ['Service not found:'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('a device that terminates TLS answers calls itself, or changes the answers'),
    example: {
      signature: exampleSignature('rpc', 'SERVER_ERROR', {
        serverError: {
          message: 'Service not found: IEchoService',
          details: null,
          halibutErrorType: 'Halibut.Exceptions.ServiceNotFoundHalibutClientException',
        },
      }),
      facts: EXAMPLE,
    },
  }),
  defineFailure({
    id: 'rpc.error',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    matches: ({ signature }) => signature.serverError !== undefined && signature.code !== 'PEER_LIMIT',
    title: 'The peer answered the call with an error',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} accepted the call and answered "${sanitizeText(signature.serverError?.message ?? '')}". The network, TLS and trust are in order.`,
    remediation: (_facts, { there }) => [
      readLog(there, `Check ${there.log.name} at this time for the error, which the service itself raised.`),
    ],
    octopusLogMessages: ['An error occurred when sending a request'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('a device that terminates TLS answers calls itself, or changes the answers'),
    example: {
      signature: exampleSignature('rpc', 'SERVER_ERROR', {
        serverError: { message: 'Object reference not set', details: null },
      }),
      facts: EXAMPLE,
    },
  }),
  defineFailure({
    id: 'rpc.timeout',
    stage: 'rpc',
    shownAt: ['rpc'],
    matches: ({ signature }) => TIMED_OUT.includes(signature.code),
    title: 'No complete answer to the call in time',
    explanation: (observation, ends) =>
      `${peerName(observation.facts)} accepted the connection, but sent ${progress(observation, ends)} within ${durationText(observation.signature.elapsedUs)}.${before(observation.facts, ends)}`,
    remediation: (facts, ends) => [
      ...findIdleLimit(facts, ends),
      checkPeerHealth(ends),
      {
        who: 'network-team',
        action:
          'Check for a firewall or NAT that drops the state of connections, or a device that cuts connections in use or drops their packets.',
      },
      compareWithStandIn(facts, ends),
      ...(ends.there.isListener && ends.there.product === 'tentacle' ? [trySizes] : []),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...(wasReused(facts, ends) ? [STATE_DROPPED] : []),
        `${ends.there.name} is hung or slow`,
        'the packets of this connection are dropped in transit',
      ],
      howToTell: describeStandInTest(ends),
    }),
    example: {
      signature: exampleSignature('rpc', 'READ_TIMEOUT', { elapsedUs: 10_000_000, purpose: 'the response' }),
      facts: EXAMPLE,
    },
  }),
  defineFailure({
    id: 'rpc.reset',
    stage: 'rpc',
    shownAt: ['rpc'],
    matches: ({ signature }) =>
      signature.shownAt === 'rpc' && ['ECONNRESET', 'ECONNABORTED', 'EPIPE'].includes(signature.code),
    title: 'Connection reset while exchanging calls',
    explanation: (observation, ends) => {
      const { signature, facts } = observation;
      const reset = `The connection to ${peerName(facts)} was reset ${durationText(signature.elapsedUs)}`;
      if (ends.there.product !== 'server')
        return `${reset} into a call, after ${progress(observation, ends)}.${before(facts, ends)}`;
      const { callsBefore = 0 } = facts;
      const last = callsBefore === 0 ? 'the identities' : `the last of ${counted(callsBefore, 'message')}`;
      return `${reset} after ${last}, with ${counted(signature.receivedBytes, 'byte')} of the next message received.`;
    },
    remediation: (facts, ends) => [
      ...findIdleLimit(facts, ends),
      findCuttingDevice,
      checkPeerHealth(ends),
      readPeerLog(ends),
    ],
    octopusLogMessages: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    octopusRetries: false,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...(wasReused(facts, ends) ? [STATE_DROPPED] : []),
        'a device in between cut the connection',
        `the process of ${ends.there.name} exited`,
      ],
      howToTell: `Check ${ends.there.log.name}. It records a stop of the process, but not a cut by a device in between.`,
    }),
    example: { signature: exampleSignature('rpc', 'ECONNRESET', { syscall: 'read' }), facts: EXAMPLE },
  }),
  defineFailure({
    id: 'rpc.closed',
    stage: 'rpc',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.shownAt === 'rpc' && CONNECTION_LOST.includes(signature.code),
    title: 'Connection closed while exchanging calls',
    explanation: (observation, ends) =>
      `${peerName(observation.facts)} closed the connection after ${progress(observation, ends)}.${before(observation.facts, ends)}`,
    remediation: (_facts, ends) => [
      ...(ends.there.isListener && ends.there.product === 'tentacle' && !ends.there.isStandIn ? [checkReuse] : []),
      readLog(ends.there, `Check ${logName(ends.there)} at this time for a stop, a restart or an unreadable message.`),
      {
        who: 'network-team',
        action:
          'Check for a load balancer that closes connections after a certain time, or a device that cuts connections in use.',
      },
    ],
    octopusLogMessages: ['Attempted to read past the end of the stream.'],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        there.product === 'tentacle'
          ? `${there.name} closed the connection: it was stopped, the connection was idle for too long, or the message could not be read`
          : `${there.name} was stopped, or could not read the message`,
        'a device in between closed the connection',
      ],
      howToTell: `Check ${there.log.name}. It records why ${there.name} closed the connection; no entry means a device in between.`,
    }),
    example: { signature: exampleSignature('rpc', 'END_OF_STREAM', { purpose: 'the response' }), facts: EXAMPLE },
  }),
  defineFailure({
    id: 'rpc.malformed-response',
    stage: 'rpc',
    shownAt: ['rpc', 'data'],
    matches: ({ signature }) =>
      ['MALFORMED', 'TOO_LONG', 'UNEXPECTED_CONTROL', 'ECHO_DIFFERS'].includes(signature.code),
    title: 'Malformed answer',
    explanation: ({ signature, facts }, ends) =>
      `The exchange of identities with ${peerName(facts)} succeeded, but ${signature.purpose ?? 'the answer'} could not be read (${signature.code}, ${counted(signature.receivedBytes, 'byte')}).${before(facts, ends)}`,
    remediation: () => [
      {
        who: 'you',
        action: 'Run again with --json, and keep the document. It holds the first bytes that were received.',
      },
      { who: 'network-team', action: 'Check for a device that terminates TLS and changes the content.' },
    ],
    octopusLogMessages: [
      'Found invalid data while decoding.',
      'The archive entry was compressed using an unsupported compression method.',
      'Expected PROCEED, got:',
    ],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        `${there.name} speaks another version of the protocol, or is another product`,
        'a device that terminates TLS changes the content',
      ],
      howToTell: `Repeat the test with ${there.standIn.name} over the same path. A malformed answer there too means a device in between.`,
    }),
    example: {
      signature: exampleSignature('rpc', 'MALFORMED', { received: Buffer.from([0xff, 0x00]), receivedBytes: 2 }),
      facts: EXAMPLE,
    },
  }),
  defineFailure({
    id: 'rpc.other',
    stage: 'rpc',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.shownAt === 'rpc',
    title: 'Call failed for an unknown reason',
    explanation: ({ signature, facts }, ends) =>
      `The exchange of calls with ${peerName(facts)} ended with ${signature.code}. This tool does not know the cause.${before(facts, ends)}`,
    remediation: (_facts, ends) => [readPeerLog(ends)],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('rpc', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE },
  }),
];
