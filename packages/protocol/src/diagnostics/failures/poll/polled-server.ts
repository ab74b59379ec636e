import { isWebPage } from '../../../http/landing-page.js';
import type { ConnectionFacts } from '../../../trace.js';
import { capitalize } from '../../wording.js';
import { counted } from '../../wording.js';
import {
  conclusiveUnless,
  defineFailure,
  EXAMPLE_FACTS,
  exampleSignature,
  type Observation,
} from '../../failure-definition.js';
import { peerName, durationText, hostAndPort } from '../../wording.js';
import { tentacleCommand } from '../../product-commands.js';
import { isClosedWithoutReply } from '../trust.js';
import { checkServerName } from '../sni-routing.js';
import { checkHostAndPort, logName, passTlsThrough, readLog } from '../steps.js';

const SERVER: ConnectionFacts = {
  ...EXAMPLE_FACTS,
  host: 'octopus.example',
  port: 10943,
  peerRole: 'server',
  subscription: 'poll://abcdefghij0123456789/',
  tlsVersion: 'TLSv1.3',
  ownThumbprint: 'B'.repeat(40),
};

/** A server by what was seen of it. */
function describeServer({
  thumbprint = 'unknown',
  address = 'unknown address',
}: NonNullable<ConnectionFacts['servers']>[number]): string {
  return `${thumbprint} at ${address}`;
}

function isTentacle({ facts }: Observation): boolean {
  return facts.peerRole === 'server' && (facts.peerKind === 'tentacle' || facts.peerKind === 'pong');
}

const CLOSED = ['POLL_ENDED', 'POLL_CLOSED'];

/** Codes with which polling a Tentacle fails. Its certificate is not the server's, so that trust fails first where a thumbprint is pinned. */
const WRONG_ROLE = [...CLOSED, 'WRONG_ROLE', 'UNEXPECTED_THUMBPRINT'];

/** What a poller sees of the server that it polls. They precede failures of trust and calls, which look the same on the wire. */
export const polledServerFailures = [
  defineFailure({
    id: 'poll.wrong-role',
    stage: 'poll',
    shownAt: ['trust', 'identity', 'rpc'],
    matches: (observation) =>
      isTentacle(observation) && (isClosedWithoutReply(observation) || WRONG_ROLE.includes(observation.signature.code)),
    title: 'The polled address belongs to a listening Tentacle',
    explanation: ({ facts }, { there }) =>
      `${peerName(facts)} shows the page of ${facts.peerKind === 'pong' ? 'tentacle-pong, which replaces a listening Tentacle' : 'a Tentacle'}, not of ${there.indefinite}. A listening Tentacle treats a poller as another Tentacle and keeps it waiting: polling looks healthy, but never delivers work.`,
    remediation: ({ host, port }, { here, there }) => [
      {
        who: here.administrator,
        action: `Poll the host and polling port of ${there.name} (${there.defaultPort} unless changed) instead of ${host}:${port}.`,
        ...tentacleCommand(
          `poll-server --server=https://OCTOPUS --server-comms-port=${there.defaultPort} --apiKey=KEY`,
          'service --restart',
        ),
      },
      {
        who: 'network-team',
        action: `If ${host}:${port} should lead to ${there.name}, find the forwarding or load-balancing rule that sends it to a Tentacle.`,
      },
    ],
    octopusLogMessages: ['the polling endpoint did not collect the request within the allowed time'],
    octopusRetries: true,
    diagnosis: conclusiveUnless(
      'a load balancer leads connections to different machines, as the page came over another one',
    ),
    example: { signature: exampleSignature('rpc', 'WRONG_ROLE'), facts: { ...SERVER, peerKind: 'tentacle' } },
  }),
  defineFailure({
    id: 'poll.several-servers',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'SEVERAL_SERVERS',
    title: 'Different servers answer at the polled address',
    explanation: ({ facts }) =>
      `Repeated connections to ${hostAndPort(facts)} reached ${(facts.servers ?? []).length} different servers: ${(facts.servers ?? []).map(describeServer).join('; ')}. A poller collects work only from those that its connections reached. Work that is queued at another one waits.`,
    remediation: (_facts, { here, there }) => [
      {
        who: here.administrator,
        action: `If they are nodes of one installation, poll each node at an address or port of its own, and not through a load balancer.`,
        ...tentacleCommand(
          `poll-server --server=https://NODE --server-comms-port=${there.defaultPort} --apiKey=KEY`,
          'service --restart',
        ),
      },
      {
        who: 'dns-owner',
        action: 'If they are not, correct the name or its addresses, so that it leads to the intended server only.',
      },
      {
        who: 'network-team',
        action: 'Check which servers the load balancer has behind this address and port.',
      },
    ],
    octopusLogMessages: ['the polling endpoint did not collect the request within the allowed time'],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a load balancer leads connections to several nodes in turn',
        'the name has several addresses, which belong to different servers',
        `one of them is another installation, or a device that answers in place of ${there.name}`,
      ],
      howToTell:
        'Compare the thumbprints and addresses. Nodes of one installation have the same thumbprint; different addresses come from the name, the same address means a load balancer.',
    }),
    example: {
      signature: exampleSignature('rpc', 'SEVERAL_SERVERS'),
      facts: {
        ...SERVER,
        servers: [
          { thumbprint: 'A'.repeat(40), address: '192.0.2.20' },
          { thumbprint: 'B'.repeat(40), address: '192.0.2.20' },
        ],
      },
    },
  }),
  defineFailure({
    id: 'poll.web-server',
    stage: 'poll',
    shownAt: ['trust'],
    matches: ({ signature, facts }) =>
      facts.peerRole === 'server' && isWebPage(facts.peerKind) && signature.code === 'UNEXPECTED_THUMBPRINT',
    title: 'The polled address shows a web page',
    explanation: ({ facts }, { there }) =>
      `${peerName(facts)} presented ${facts.peerCertificate?.thumbprint ?? 'another certificate'} instead of ${facts.expectedThumbprint ?? 'the expected thumbprint'}, and shows a web page. The polling port of ${there.indefinite} (${there.defaultPort} unless changed) is not the port of its web portal (usually 443).`,
    remediation: (facts, ends) => [checkHostAndPort(ends), ...checkServerName(facts, ends), ...passTlsThrough(ends)],
    octopusLogMessages: ['presented an unexpected security certificate. We expected'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'the host or port is that of a website, such as the web portal of Octopus',
        'a proxy, gateway or firewall in between terminates TLS and answers in HTTP',
        'a router that selects by server name (SNI) leads this name to a website',
      ],
      howToTell: `Check the subject and issuer of the presented certificate: they identify the web server or device. Compare the polled port with the one in ${there.name}'s settings.`,
    }),
    example: {
      signature: exampleSignature('trust', 'UNEXPECTED_THUMBPRINT'),
      facts: { ...SERVER, peerKind: 'web-server', expectedThumbprint: 'A'.repeat(40) },
    },
  }),
  defineFailure({
    id: 'poll.connection-limit',
    stage: 'poll',
    shownAt: ['identity'],
    matches: (observation) =>
      observation.facts.peerRole === 'server' &&
      isClosedWithoutReply(observation) &&
      (observation.facts.otherConnections ?? 0) > 0,
    title: 'Connection closed while others for it stay open',
    explanation: ({ facts }, { there }) => {
      const { otherConnections = 0 } = facts;
      const others = otherConnections === 1 ? 'another one' : `${otherConnections} others`;
      return `${peerName(facts)} closed this connection without replying after the identity was sent, while ${others} with the same subscription and certificate stayed open. ${capitalize(there.name)} does this to connections that exceed its limit for one subscription.`;
    },
    // Before 9.2.4154 (June 2026) the command does not exist; the variable has been read since 8.1.1332.
    remediation: (_facts, { here, there }) => [
      {
        who: here.administrator,
        action:
          'Let the Tentacle open fewer connections, and restart it. The command exists from Tentacle 9.2.4154 on. From 8.1.1332 on, set the environment variable TentaclePollingConnectionCount of the service; for the Kubernetes agent, set the Helm value agent.pollingConnectionCount (default 5).',
        ...tentacleCommand('set-polling-connection-count --pollingConnectionCount=1', 'service --restart'),
      },
      { who: here.administrator, action: 'Check whether another machine polls with the same subscription.' },
      readLog(there, `Check ${logName(there)} for "exceeded the maximum number of active connections".`),
      {
        who: there.administrator,
        action:
          'With several nodes, check whether each one knows the thumbprint, and whether the load balancer mixes them up.',
      },
    ],
    octopusLogMessages: ['has exceeded the maximum number of active connections'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'the limit of connections for one subscription, which may still count connections that were cut in transit',
        'several machines poll with this subscription and share the limit',
        'the name or a load balancer leads to several servers, one of which does not trust the certificate',
      ],
      howToTell: `Check ${there.log.name}. It shows the limit, or the thumbprint that was rejected.`,
    }),
    example: { signature: exampleSignature('identity', 'END_OF_STREAM'), facts: { ...SERVER, otherConnections: 4 } },
  }),
  defineFailure({
    id: 'poll.closed',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => CLOSED.includes(signature.code),
    title: 'Connection closed while polling',
    explanation: ({ signature, facts }) => {
      const { callsBefore = 0 } = facts;
      const since = callsBefore === 0 ? 'the identities' : `the last of ${counted(callsBefore, 'message')}`;
      return `${peerName(facts)} accepted the poller, and ${signature.code === 'POLL_ENDED' ? 'announced the end of the connection' : 'closed the connection'} ${durationText(signature.elapsedUs)} after ${since}.`;
    },
    remediation: (_facts, { there }) => [
      readLog(there, `Check ${logName(there)} at this time for a stop, a restart or a rejected message.`),
      {
        who: 'network-team',
        action:
          'If the time without work is the same each time, raise the idle timeout of the load balancer or firewall above 30 s. That is the keep-alive interval of polling.',
      },
    ],
    octopusLogMessages: ['Attempted to read past the end of the stream.', 'Exception in the polling loop. Retrying in'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        `${there.name} stopped or restarted`,
        'a load balancer or firewall closed the connection because it was idle for too long',
        `a service other than ${there.name} listens on that port`,
      ],
      howToTell: `Compare the times. The same time without work each time means a device in between. A single close, or several connections closed together, mean ${there.name}.`,
    }),
    example: { signature: exampleSignature('rpc', 'POLL_CLOSED', { elapsedUs: 12_000_000 }), facts: SERVER },
  }),
  defineFailure({
    id: 'poll.silent',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature, facts }) =>
      facts.peerRole === 'server' &&
      ['READ_TIMEOUT', 'ETIMEDOUT'].includes(signature.code) &&
      signature.receivedBytes === 0,
    title: 'Connection fell silent while polling',
    explanation: ({ signature, facts }, { there }) =>
      `${peerName(facts)} accepted the poller, then sent nothing for ${durationText(signature.elapsedUs)}, after ${counted(facts.callsBefore ?? 0, 'message')}. ${capitalize(there.name)} sends a message every 30 s, even without work.`,
    remediation: (_facts, { there }) => [
      {
        who: 'network-team',
        action:
          'Check for a NAT, firewall or load balancer that drops the state of connections without notice. Its idle timeout must be above 30 s, preferably above 15 minutes.',
      },
      {
        who: there.administrator,
        action: `Check whether ${there.name} was hung, paused or moved (snapshot, failover) at that time.`,
      },
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a device in between dropped the state of the connection, or its route',
        `${there.name} is hung, paused or gone without closing the connection`,
      ],
      howToTell: `Capture packets on ${there.host}. If keep-alives leave there but do not arrive here, the network is at fault; if none leave, ${there.name} is.`,
    }),
    example: {
      signature: exampleSignature('rpc', 'READ_TIMEOUT', { elapsedUs: 120_000_000, purpose: 'a request' }),
      facts: { ...SERVER, callsBefore: 12 },
    },
  }),
];
