import type { ConnectionFacts } from '../../trace.js';
import { capitalize } from '../wording.js';
import { counted } from '../wording.js';
import type { Ends } from '../ends.js';
import {
  conclusiveUnless,
  defineFailure,
  EXAMPLE_FACTS,
  exampleSignature,
  type Observation,
} from '../failure-definition.js';
import { peerName, durationText, hostAndPort } from '../wording.js';
import { octopusServerCommand, sameCommand, tentacleCommand } from '../product-commands.js';
import { type Step } from '../step.js';
import { isClosedWithoutReply } from './trust.js';
import { checkServerName } from './sni-routing.js';
import { checkHostAndPort, logName, NOT_KNOWN_TO_SERVER, passTlsThrough, readLog } from './steps.js';

const SERVER: ConnectionFacts = {
  ...EXAMPLE_FACTS,
  host: 'octopus.example',
  port: 10943,
  peerRole: 'server',
  subscription: 'poll://abcdefghij0123456789/',
  tlsVersion: 'TLSv1.3',
  ownThumbprint: 'B'.repeat(40),
};

/** This end listens. The host is the poller's, or this machine where no client polled. */
const LISTENING: ConnectionFacts = {
  host: '192.0.2.7',
  port: 10943,
  timeoutUs: 120_000_000,
  peerRole: 'poller',
  subscription: 'poll://abcdefghij0123456789/',
};

/** Shows what a Tentacle that polls has in its configuration. */
const showPollerSettings = ({ there }: Ends): Step => ({
  who: there.administrator,
  action: `Check which servers ${there.name} polls, under which address, and with which subscription.`,
  ...tentacleCommand('show-configuration'),
});

const readPollerLog = ({ there }: Ends): Step =>
  readLog(there, `Check ${logName(there)}. It shows why connections end, and when ${there.name} tries again.`);

/** Polls with the stand-in, over the same path. */
function pollWithStandIn(facts: ConnectionFacts, { there }: Ends): Step {
  return {
    who: there.administrator,
    action: `Run ${there.standIn.name} on ${there.host}, with the name or address of this machine. It shows the stage that fails.`,
    ...sameCommand(there.standIn.command(facts)),
  };
}

/** A server by what was seen of it. */
function describeServer({
  thumbprint = 'unknown',
  address = 'unknown address',
}: NonNullable<ConnectionFacts['servers']>[number]): string {
  return `${thumbprint} at ${address}`;
}

/** The open connections of the subscription, in a sentence. */
function openConnections({ otherConnections = 0 }: ConnectionFacts): string {
  if (otherConnections === 0) return 'No connection for that subscription was open.';
  return otherConnections === 1
    ? '1 connection for that subscription was open, but it was busy or silent.'
    : `${otherConnections} connections for that subscription were open, but each was busy or silent.`;
}

function isTentacle({ facts }: Observation): boolean {
  return facts.peerRole === 'server' && (facts.peerKind === 'tentacle' || facts.peerKind === 'pong');
}

function pollersOf({ pollers = [] }: ConnectionFacts): string {
  return pollers.map(({ address, thumbprint }) => `${address} with ${thumbprint ?? 'no certificate'}`).join(', ');
}

/** The code of a poller without a certificate that was served all the same. */
const SERVED = 'SERVED_WITHOUT_CERTIFICATE';
const NO_CERTIFICATE = ['REFUSED_NO_CERTIFICATE', SERVED];

/** Peers that always present their certificate, by what they answered. */
const ALWAYS_HAVE_ONE = ['pong', 'tentacle'];

/** The clients that were served without a certificate, in a sentence. */
function servedClients(facts: ConnectionFacts): string {
  return `These clients polled and were served, because any client is accepted here: ${pollersOf(facts)}. An Octopus Server would reject them.`;
}

/** Losses after the same time without a message, within a second and a tenth of it, are those of a timer. */
function sameIdleTime(lostAfterUs: readonly number[]): boolean {
  const [least, most] = [Math.min(...lostAfterUs), Math.max(...lostAfterUs)];
  return lostAfterUs.length > 1 && most - least <= 1_000_000 + least / 10;
}

/** The times without a message after which connections were lost: `2.0 s`, or `2.0 s to 31 s`. */
function idleTimes(lostAfterUs: readonly number[]): string {
  const [least, most] = [durationText(Math.min(...lostAfterUs)), durationText(Math.max(...lostAfterUs))];
  return least === most ? least : `${least} to ${most}`;
}

/** The clients that were rejected, in a sentence. */
function rejectedClients(facts: ConnectionFacts): string {
  return `These clients were rejected without a reply, as Octopus rejects clients: ${pollersOf(facts)}.`;
}

const CLOSED = ['POLL_ENDED', 'POLL_CLOSED'];

/** Codes with which polling a Tentacle fails. Its certificate is not the server's, so that trust fails first where a thumbprint is pinned. */
const WRONG_ROLE = [...CLOSED, 'WRONG_ROLE', 'UNEXPECTED_THUMBPRINT'];

/** Failures of polling itself. They stand before those of trust and calls, which look the same on the wire. */
export const pollFailures = [
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
      facts.peerRole === 'server' &&
      (facts.peerKind === 'web-server' || facts.peerKind === 'octopus-portal') &&
      signature.code === 'UNEXPECTED_THUMBPRINT',
    title: 'The polled address belongs to a web server',
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
    title: 'Connection limit for this subscription reached',
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
  defineFailure({
    id: 'poll.unexpected-thumbprint',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'SILENT_CLIENT',
    title: 'Poller completed TLS and then sent nothing',
    explanation: ({ facts }, { there }) =>
      `${pollersOf(facts)} completed TLS on port ${facts.port} and sent no request, so no poller identified itself. ${capitalize(there.name)} does this when it expects another certificate. The thumbprint presented here is ${facts.ownThumbprint ?? 'unknown'}.`,
    remediation: ({ port, ownThumbprint = 'THUMBPRINT' }, { here, there }) => [
      readLog(
        there,
        `Check ${logName(there)} for "presented an unexpected security certificate". That line names the expected thumbprint and the one that it received.`,
      ),
      {
        who: there.administrator,
        action: `Compare the thumbprint of the trusted server in ${there.name}'s configuration with ${ownThumbprint}.`,
        ...tentacleCommand('show-configuration'),
      },
      {
        who: here.administrator,
        action: `If it expects the certificate of ${here.name}, export that with its key, and copy the file to this machine.`,
        ...octopusServerCommand('export-certificate --export-pfx=server.pfx --pfx-password=PASSWORD'),
      },
      {
        who: 'you',
        action: 'Then start tentacle-ping with that certificate.',
        ...sameCommand(`tentacle-ping listen ${port} --pfx server.pfx`),
      },
      {
        who: 'you',
        action: `If the poller is tentacle-pong, start it with --thumbprint ${ownThumbprint}, or without --thumbprint.`,
      },
    ],
    octopusLogMessages: ['presented an unexpected security certificate. We expected'],
    octopusRetries: true,
    diagnosis: ({ here, there }) => ({
      kind: 'ambiguous',
      causes: [
        `${there.name} expects another certificate than the one presented here, such as that of ${here.name}`,
        'a device in between terminates TLS here and accepts no request from its own client',
        `${there.name} or its machine was paused, or its packets after TLS are dropped in transit`,
      ],
      howToTell: `Check ${there.log.name}. An error about an unexpected certificate, with both thumbprints, means the first. A timeout means that the path or the machine is at fault.`,
    }),
    example: {
      signature: exampleSignature('rpc', 'SILENT_CLIENT', { elapsedUs: 60_000_000 }),
      facts: {
        ...LISTENING,
        ownThumbprint: 'B'.repeat(40),
        pollers: [{ address: '192.0.2.7', thumbprint: 'C'.repeat(40) }],
      },
    },
  }),
  defineFailure({
    id: 'poll.connections-lost',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'CONNECTIONS_LOST',
    title: 'Calls work, but polling connections are lost',
    explanation: ({ facts }) => {
      const { lostAfterUs = [], subscription = 'the subscription' } = facts;
      const times = lostAfterUs.length === 0 ? '' : `, after ${idleTimes(lostAfterUs)} without a message`;
      return `${counted(lostAfterUs.length, 'connection')} for ${subscription} ended without END${times}. Every call was answered in the end, but each loss delays calls until the poller connects again.`;
    },
    remediation: ({ lostAfterUs = [] }, ends) => [
      {
        who: 'network-team',
        action: `Check the idle timeouts of load balancers, firewalls and NAT on the path${sameIdleTime(lostAfterUs) ? ` for one of ${idleTimes(lostAfterUs)}` : ''}. They must be above 30 s, which is the keep-alive interval of polling.`,
      },
      readLog(ends.there, `Check ${logName(ends.there)} at these times for a restart or an error.`),
      {
        who: 'you',
        action:
          'Run the test again with a keep-alive interval below the time without a message. If no connection is lost then, it is an idle timeout.',
      },
    ],
    octopusLogMessages: ['Exception in the polling loop. Retrying in'],
    octopusRetries: true,
    diagnosis: ({ there }, { facts: { lostAfterUs = [] } }) => ({
      kind: 'ambiguous',
      causes: sameIdleTime(lostAfterUs)
        ? [
            'a load balancer, firewall or NAT ends connections that are idle for that time',
            `${there.name} or its process ended each of them after that time`,
          ]
        : [
            `${there.name} was stopped, restarted or moved`,
            'a device in between cut the connections, or the network was interrupted',
          ],
      howToTell: `Check ${there.log.name}. A stop or restart at these times means ${there.name}; only errors about closed connections mean a device in between.`,
    }),
    example: {
      signature: exampleSignature('rpc', 'CONNECTIONS_LOST'),
      facts: { ...LISTENING, lostAfterUs: [2_010_000, 2_050_000, 2_020_000] },
    },
  }),
  defineFailure({
    id: 'poll.no-poller',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'NO_POLLER',
    title: 'No poller connected',
    explanation: ({ signature, facts }) =>
      `Within ${durationText(signature.elapsedUs)}, no poller connected to port ${facts.port} and sent its identity. The report lists other connections, if any.`,
    remediation: (facts, ends) => [
      readPollerLog(ends),
      showPollerSettings(ends),
      pollWithStandIn(facts, ends),
      {
        who: 'network-team',
        action: `Allow TCP ${facts.port} to this machine from the network of ${ends.there.name}, including in this machine's own firewall.`,
      },
    ],
    octopusLogMessages: ['the polling endpoint did not collect the request within the allowed time'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'no Tentacle polls this machine and port: its service is stopped, or its configuration names another address',
        `${there.name} tries, but its connections do not arrive here (name resolution, firewall or proxy)`,
        `${there.name} is waiting: after failures, it tries again only after 5 s to 2 minutes`,
      ],
      howToTell: `Check ${there.log.name}. It has an entry with an error for each try; no entry means that ${there.name} does not try.`,
    }),
    example: { signature: exampleSignature('rpc', 'NO_POLLER', { elapsedUs: 60_000_000 }), facts: LISTENING },
  }),
  defineFailure({
    id: 'poll.not-collected',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'NOT_COLLECTED',
    title: 'Call not collected in time',
    explanation: ({ signature, facts }) =>
      `A call for ${facts.subscription ?? 'the subscription'} waited for ${durationText(signature.elapsedUs)}, but no poller collected it. ${openConnections(facts)}`,
    remediation: (facts, ends) => [readPollerLog(ends), showPollerSettings(ends), pollWithStandIn(facts, ends)],
    octopusLogMessages: ['the polling endpoint did not collect the request within the allowed time'],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        `${there.name} was stopped, or waits before it tries again (5 s to 2 minutes)`,
        `${there.name} can no longer connect, or is rejected`,
        // One address before several nodes is right where they share their queues.
        `${there.name} polls with another subscription, or another node (unless multi-node support with Redis is on)`,
        'all of its connections are busy with long calls, or were cut in transit without notice',
      ],
      howToTell: 'Check the connections in the report: none arrived, they were rejected, or some are open and silent.',
    }),
    example: { signature: exampleSignature('rpc', 'NOT_COLLECTED', { elapsedUs: 120_000_000 }), facts: LISTENING },
  }),
  defineFailure({
    id: 'poll.shared-subscription',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'SUBSCRIPTION_SHARED',
    title: 'Subscription polled from several addresses',
    explanation: ({ facts }) =>
      `${facts.subscription ?? 'One subscription'} is polled from different addresses in turn: ${pollersOf(facts)}. They share the calls: each call goes to the first one that asks, so work for one machine can run on the other.`,
    remediation: (_facts, { there }) => [
      {
        who: there.administrator,
        action: 'If one machine is a clone of the other, stop the Tentacle on the clone.',
        ...tentacleCommand('service --stop'),
      },
      {
        who: there.administrator,
        action:
          'Then create a certificate and a registration for the clone. On a worker, the command is register-worker.',
        ...tentacleCommand(
          'new-certificate',
          'register-with --server=https://OCTOPUS --apiKey=KEY --environment=ENVIRONMENT --role=ROLE --comms-style=TentacleActive',
          'service --start',
        ),
      },
      {
        who: 'network-team',
        action:
          'If it is one machine, find out why its connections come from several addresses (two routes, or a pool of NAT addresses). That alone is harmless.',
      },
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a machine was cloned with its Tentacle, certificate and subscription',
        'the connections of one machine leave from several addresses (same certificate, NAT with several addresses)',
      ],
      howToTell:
        'Stop the Tentacle on one machine. If polling from the other address continues, it is another machine. Different thumbprints always mean different machines.',
    },
    example: {
      signature: exampleSignature('rpc', 'SUBSCRIPTION_SHARED'),
      facts: {
        ...LISTENING,
        pollers: [
          { address: '192.0.2.7', thumbprint: 'C'.repeat(40) },
          { address: '192.0.2.8', thumbprint: 'C'.repeat(40) },
        ],
      },
    },
  }),
  defineFailure({
    id: 'poll.refused',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'REFUSED_THUMBPRINT',
    title: 'Polling client not trusted',
    explanation: ({ facts }) => `${rejectedClients(facts)} The network and TLS are in order up to this machine.`,
    remediation: ({ pollers = [] }, { here, there }) => [
      {
        who: 'you',
        action: `If this is the intended Tentacle, trust its certificate: --trust ${pollers[0]?.thumbprint ?? 'THUMBPRINT'}.`,
      },
      {
        who: here.administrator,
        action: `If ${here.name} rejects it too, compare the thumbprint in the Tentacle's settings in Octopus with the one that ${there.name} shows. ${NOT_KNOWN_TO_SERVER}`,
        ...tentacleCommand('show-thumbprint'),
      },
    ],
    octopusLogMessages: ['which is not in the list of thumbprints that we trust'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        `${there.name} has a new certificate, or it is another Tentacle`,
        'a device in between terminates TLS and re-encrypts it with a certificate of its own',
      ],
      howToTell: `Run ${there.ownThumbprint.where} on ${there.host}. The rejected thumbprint means ${there.name}; another one means a device in between.`,
    }),
    example: {
      signature: exampleSignature('rpc', 'REFUSED_THUMBPRINT'),
      facts: { ...LISTENING, pollers: [{ address: '192.0.2.7', thumbprint: 'C'.repeat(40) }] },
    },
  }),
  defineFailure({
    id: 'poll.no-certificate',
    stage: 'poll',
    shownAt: ['rpc'],
    matches: ({ signature }) => NO_CERTIFICATE.includes(signature.code),
    title: 'Polling client presented no certificate',
    explanation: ({ signature, facts }) =>
      `${signature.code === SERVED ? servedClients(facts) : rejectedClients(facts)} A Tentacle always presents its certificate, so another client or a device in between established TLS.`,
    remediation: (_facts, ends) => passTlsThrough(ends),
    octopusLogMessages: ['and attempted a message exchange, but did not present a client certificate'],
    octopusRetries: true,
    // A client that answered as a Tentacle or as tentacle-pong has a certificate, so it was removed in between.
    diagnosis: (_ends, { facts }) =>
      ALWAYS_HAVE_ONE.includes(facts.peerKind ?? '')
        ? conclusiveUnless('a program other than a Tentacle or tentacle-pong answered the calls as one')
        : {
            kind: 'ambiguous',
            causes: [
              'a device in between terminates TLS and passes on no client certificate',
              'the client is not a Tentacle',
            ],
            howToTell: "Check whether the address is the Tentacle's own or that of a device in between.",
          },
    example: {
      signature: exampleSignature('rpc', 'REFUSED_NO_CERTIFICATE'),
      facts: { ...LISTENING, pollers: [{ address: '192.0.2.7', thumbprint: null }] },
    },
  }),
];
