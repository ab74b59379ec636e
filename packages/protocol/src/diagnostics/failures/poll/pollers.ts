import type { ConnectionFacts } from '../../../trace.js';
import { capitalize } from '../../wording.js';
import { counted } from '../../wording.js';
import type { Ends } from '../../ends.js';
import { conclusiveUnless, defineFailure, exampleSignature } from '../../failure-definition.js';
import { durationText } from '../../wording.js';
import { octopusServerCommand, sameCommand, tentacleCommand } from '../../product-commands.js';
import { type Step } from '../../step.js';
import { logName, NOT_KNOWN_TO_SERVER, passTlsThrough, readLog } from '../steps.js';

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

/** The open connections of the subscription, in a sentence. */
function openConnections({ otherConnections = 0 }: ConnectionFacts): string {
  if (otherConnections === 0) return 'No connection for that subscription was open.';
  return otherConnections === 1
    ? '1 connection for that subscription was open, but it was busy or silent.'
    : `${otherConnections} connections for that subscription were open, but each was busy or silent.`;
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

/** What a polled server sees of its pollers. They precede failures of trust and calls, which look the same on the wire. */
/** A sentence about the subscriptions that were polled meanwhile; empty where none was, or the right one. */
function otherSubscriptionsText({ otherSubscriptions = [] }: ConnectionFacts): string {
  if (otherSubscriptions.length === 0) return '';
  const list = otherSubscriptions.map(({ subscription, address }) => `${subscription} from ${address}`).join(', ');
  return ` Polled instead: ${list}.`;
}

export const pollerFailures = [
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
      `A call for ${facts.subscription ?? 'the subscription'} waited for ${durationText(signature.elapsedUs)}, but no poller collected it. ${openConnections(facts)}${otherSubscriptionsText(facts)}`,
    remediation: (facts, ends) => [
      ...(facts.otherSubscriptions === undefined ? [readPollerLog(ends)] : []),
      showPollerSettings(ends),
      ...(facts.otherSubscriptions === undefined ? [] : [readPollerLog(ends)]),
      pollWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['the polling endpoint did not collect the request within the allowed time'],
    octopusRetries: false,
    diagnosis: ({ there }, { facts }) => ({
      kind: 'ambiguous',
      causes: facts.otherSubscriptions
        ? [
            `${there.name} polls with another subscription than the one that was asked for`,
            `${there.name} of that subscription was stopped, cannot connect, or polls another node`,
          ]
        : [
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
