import { closedWithoutAWord } from './trust.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, SURE, span } from './row.js';
import type { ConnectionFacts } from '../trace.js';

const SERVER: ConnectionFacts = {
  ...EXAMPLE_FACTS,
  host: 'octopus.example',
  port: 10943,
  peerRole: 'server',
  subscription: 'poll://abcdefghij0123456789/',
  tlsVersion: 'TLSv1.3',
  ownThumbprint: 'B'.repeat(40),
};

/** This end listens: the host is the poller's, or ours where nobody came. */
const LISTENING: ConnectionFacts = {
  host: '192.0.2.7',
  port: 10943,
  timeoutUs: 120_000_000,
  peerRole: 'poller',
  subscription: 'poll://abcdefghij0123456789/',
};

/** What a poller has in its configuration. */
const showPollerSettings = {
  who: 'tentacle-admin',
  action: 'Look which servers the Tentacle polls, under which address, and with which subscription.',
  windows: 'Tentacle show-configuration',
  linux: 'Tentacle show-configuration',
} as const;

const readPollerLog = {
  who: 'tentacle-admin',
  action: "Look into the polling Tentacle's log: it names what ends its connections, and when it tries again.",
  windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
  linux: 'tail -n 100 /etc/octopus/default/Logs/OctopusTentacle.txt',
} as const;

const pollWithPong = ({ port }: ConnectionFacts) => ({
  who: 'tentacle-admin' as const,
  action: "Take the same way with tentacle-pong, on the Tentacle's machine: it names the step that fails.",
  windows: `tentacle-pong --poll THIS-HOST:${port}`,
  linux: `tentacle-pong --poll THIS-HOST:${port}`,
});

function isTentacle({ facts }: Sighting): boolean {
  return facts.peerRole === 'server' && (facts.peerKind === 'tentacle' || facts.peerKind === 'pong');
}

function pollersOf({ pollers = [] }: ConnectionFacts): string {
  return pollers.map(({ address, thumbprint }) => `${address} with ${thumbprint ?? 'no certificate'}`).join(', ');
}

const ENDS = ['POLL_ENDED', 'POLL_CLOSED'];

/** What goes wrong with polling itself. They come before trust and calls, which look the same on the wire. */
export const pollRows = [
  row({
    id: 'poll.wrong-role',
    stage: 'poll',
    shownAt: ['identity', 'rpc'],
    when: (sighting) =>
      isTentacle(sighting) && (closedWithoutAWord(sighting) || [...ENDS, 'WRONG_ROLE'].includes(sighting.symptom.code)),
    title: 'What is polled is a Tentacle that listens, not the Octopus Server',
    means: ({ facts }) =>
      `${peer(facts)} shows the page of ${facts.peerKind === 'pong' ? 'tentacle-pong, which stands in for a Tentacle that listens' : 'a Tentacle'}. A Tentacle takes a poller for one of its own kind and keeps it waiting: polling there looks healthy and never brings work.`,
    next: ({ host, port }) => [
      {
        who: 'tentacle-admin',
        action: `Poll the Octopus Server's own host and its polling port, 10943 unless changed, in place of ${host}:${port}.`,
        windows: 'Tentacle poll-server --server=https://OCTOPUS --server-comms-port=10943 --apiKey=KEY',
        linux: 'Tentacle poll-server --server=https://OCTOPUS --server-comms-port=10943 --apiKey=KEY',
      },
      {
        who: 'network-team',
        action: `If ${host}:${port} should lead to the server: find the forwarding or balancing rule that sends it to a Tentacle.`,
      },
    ],
    octopusSays: ['the polling endpoint did not collect the request within the allowed time'],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('rpc', 'WRONG_ROLE'), facts: { ...SERVER, peerKind: 'tentacle' } },
  }),
  row({
    id: 'poll.connection-limit',
    stage: 'poll',
    shownAt: ['identity'],
    when: (sighting) =>
      sighting.facts.peerRole === 'server' &&
      closedWithoutAWord(sighting) &&
      (sighting.facts.otherConnections ?? 0) > 0,
    title: 'One connection more than the server takes for one subscription',
    means: ({ facts }) =>
      `${peer(facts)} closed this connection without a word after our identity, while ${facts.otherConnections === 1 ? 'another one' : `${facts.otherConnections ?? 0} others`} of the same subscription and certificate went on. A server does that to connections above the most that it allows for one subscription.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Let the Tentacle open fewer connections, and look whether another machine has its subscription.',
        windows: 'Tentacle set-polling-connection-count --pollingConnectionCount 1',
        linux: 'Tentacle set-polling-connection-count --pollingConnectionCount 1',
      },
      {
        who: 'server-admin',
        action:
          'Look into the server log for "exceeded the maximum number of active connections"; and with several nodes, whether each one knows the thumbprint, and whether the balancer mixes them up.',
      },
    ],
    octopusSays: ['has exceeded the maximum number of active connections'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        "the server's limit of connections for one subscription, which connections that were cut on the way still count for",
        'several machines poll with this subscription and share the limit',
        'the name or a balancer leads to several servers, of which one does not trust us',
      ],
      test: 'The server log names the limit, or the thumbprint that it refused.',
    },
    example: { symptom: exampleSymptom('identity', 'END_OF_STREAM'), facts: { ...SERVER, otherConnections: 4 } },
  }),
  row({
    id: 'poll.closed',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => ENDS.includes(symptom.code),
    title: 'The server closed while it was polled',
    means: ({ symptom, facts }) =>
      `${peer(facts)} took us as a poller, and ${symptom.code === 'POLL_ENDED' ? 'said that it ends' : 'closed the connection'} ${span(symptom.elapsedUs)} after ${(facts.callsBefore ?? 0) === 0 ? 'the identities' : `the last of ${facts.callsBefore ?? 0} messages`}.`,
    next: () => [
      {
        who: 'server-admin',
        action: 'Look into the server log at this time: a stop, a restart, or what it did not like.',
      },
      {
        who: 'network-team',
        action:
          'If it closes each time after the same time without work: raise the idle time-out of the load balancer or firewall on the way above 30 s, the keep-alive of polling.',
      },
    ],
    octopusSays: ['Attempted to read past the end of the stream.', 'Exception in the polling loop. Retrying in'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the server stopped or restarted',
        'a load balancer or firewall closed a connection that was idle for too long for it',
        'what listens there is not the polling port of a server',
      ],
      test: 'The time: always the same span without work is a device; once, or together with others, is the server.',
    },
    example: { symptom: exampleSymptom('rpc', 'POLL_CLOSED', { elapsedUs: 12_000_000 }), facts: SERVER },
  }),
  row({
    id: 'poll.silent',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom, facts }) =>
      facts.peerRole === 'server' &&
      ['READ_TIMEOUT', 'ETIMEDOUT'].includes(symptom.code) &&
      symptom.receivedBytes === 0,
    title: 'The server fell silent while it was polled',
    means: ({ symptom, facts }) =>
      `${peer(facts)} took us as a poller and then sent nothing for ${span(symptom.elapsedUs)}, after ${facts.callsBefore ?? 0} messages. A server says each 30 s that it has no work.`,
    next: () => [
      {
        who: 'network-team',
        action:
          'Look for a NAT, firewall or load balancer that forgets connections without telling: its idle time-out has to be above 30 s, better above 15 minutes.',
      },
      {
        who: 'server-admin',
        action: 'Look whether the server was hung, paused or moved (snapshot, failover) at that time.',
      },
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a device on the way forgot the connection, or lost its way',
        'the server is hung, paused or gone without a goodbye',
      ],
      test: 'A capture at the server: its keep-alives leave and do not arrive here: the way; none leaves: the server.',
    },
    example: {
      symptom: exampleSymptom('rpc', 'READ_TIMEOUT', { elapsedUs: 120_000_000, awaiting: 'a request' }),
      facts: { ...SERVER, callsBefore: 12 },
    },
  }),
  row({
    id: 'poll.nobody',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'NOBODY_POLLED',
    title: 'Nobody polled',
    means: ({ symptom, facts }) =>
      `In ${span(symptom.elapsedUs)} no poller came to port ${facts.port} as far as its identity. What else came, if anything, is listed.`,
    next: (facts) => [
      readPollerLog,
      showPollerSettings,
      pollWithPong(facts),
      {
        who: 'network-team',
        action: `Allow TCP ${facts.port} to this machine from the Tentacle's network, in this machine's own firewall too.`,
      },
    ],
    octopusSays: ['the polling endpoint did not collect the request within the allowed time'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'no Tentacle polls this machine and port: its service is stopped, or its configuration names another one',
        'it tries and does not get here: name, firewall, proxy',
        'it waits: after failures a Tentacle tries again only after 5 s to 2 minutes',
      ],
      test: "The Tentacle's own log: a line for each try, with its error; no line means that it does not try.",
    },
    example: { symptom: exampleSymptom('rpc', 'NOBODY_POLLED', { elapsedUs: 60_000_000 }), facts: LISTENING },
  }),
  row({
    id: 'poll.not-collected',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'NOT_COLLECTED',
    title: 'Nobody collected the call in the time that it had',
    means: ({ symptom, facts }) =>
      `A call for ${facts.subscription ?? 'the subscription'} waited ${span(symptom.elapsedUs)} and no poller took it. ${
        (facts.otherConnections ?? 0) === 0
          ? 'No connection for that subscription was open.'
          : `${facts.otherConnections ?? 0} of its connections were open, and none was free or said a word.`
      }`,
    next: (facts) => [readPollerLog, showPollerSettings, pollWithPong(facts)],
    octopusSays: ['the polling endpoint did not collect the request within the allowed time'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'the Tentacle stopped, or waits before it tries again (5 s to 2 minutes)',
        'it cannot connect any more, or is refused',
        'it polls with another subscription, or another node',
        'all its connections are busy with long calls, or were cut on the way without a word',
      ],
      test: 'What the report lists of its connections: none came, some came and were refused, or some are open and silent.',
    },
    example: { symptom: exampleSymptom('rpc', 'NOT_COLLECTED', { elapsedUs: 120_000_000 }), facts: LISTENING },
  }),
  row({
    id: 'poll.duplicate',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'SUBSCRIPTION_SHARED',
    title: 'Two machines poll with one subscription',
    means: ({ facts }) =>
      `${facts.subscription ?? 'One subscription'} is polled by turns from different places: ${pollersOf(facts)}. They share the calls: each goes to whichever asks first, so that work meant for one machine is done on the other.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'If one machine is a clone of the other: give the clone a certificate and a registration of its own, and stop its Tentacle until then.',
        windows: 'Tentacle new-certificate & Tentacle register-with ...',
        linux: 'Tentacle new-certificate; Tentacle register-with ...',
      },
      {
        who: 'network-team',
        action:
          'If it is one machine: find why its connections come from several addresses (two ways out, a pool of NAT addresses). That alone does no harm.',
      },
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'a machine was cloned with its Tentacle, certificate and subscription',
        'one machine whose connections leave by several addresses (same certificate, NAT with several addresses)',
      ],
      test: 'Stop the Tentacle on one machine: if polling from the other address goes on, it is another machine. Different thumbprints are different machines in any case.',
    },
    example: {
      symptom: exampleSymptom('rpc', 'SUBSCRIPTION_SHARED'),
      facts: {
        ...LISTENING,
        pollers: [
          { address: '192.0.2.7', thumbprint: 'C'.repeat(40) },
          { address: '192.0.2.8', thumbprint: 'C'.repeat(40) },
        ],
      },
    },
  }),
  row({
    id: 'poll.refused',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'REFUSED_THUMBPRINT',
    title: 'Who came to poll is not trusted here',
    means: ({ facts }) =>
      `Refused without a word, as Octopus refuses: ${pollersOf(facts)}. Network and TLS are in order as far as here.`,
    next: ({ pollers = [] }) => [
      {
        who: 'you',
        action: `If it is the Tentacle that is meant, let it in: --trust ${pollers[0]?.thumbprint ?? 'THUMBPRINT'}.`,
      },
      {
        who: 'server-admin',
        action:
          "If the Octopus Server refuses it too, compare the thumbprint in the Tentacle's settings in Octopus with the one that the Tentacle shows.",
        windows: 'Tentacle show-thumbprint',
        linux: 'Tentacle show-thumbprint',
      },
    ],
    octopusSays: ['which is not in the list of thumbprints that we trust'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the Tentacle has a new certificate, or it is another Tentacle',
        'something on the way ends TLS and begins another with a certificate of its own',
      ],
      test: "Tentacle show-thumbprint on the Tentacle's machine: the refused one means the Tentacle, another one means the way.",
    },
    example: {
      symptom: exampleSymptom('rpc', 'REFUSED_THUMBPRINT'),
      facts: { ...LISTENING, pollers: [{ address: '192.0.2.7', thumbprint: 'C'.repeat(40) }] },
    },
  }),
  row({
    id: 'poll.no-certificate',
    stage: 'poll',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'REFUSED_NO_CERTIFICATE',
    title: 'Who came to poll brought no certificate',
    means: ({ facts }) =>
      `Refused without a word, as Octopus refuses: ${pollersOf(facts)}. A Tentacle always presents its certificate, so TLS is not made by a Tentacle, or not by it alone.`,
    next: () => [
      {
        who: 'network-team',
        action:
          'Find the load balancer, proxy or firewall that ends TLS in front of this port, and let it pass TLS through (nginx: stream without ssl; haproxy: mode tcp without ssl).',
      },
    ],
    octopusSays: ['and attempted a message exchange, but did not present a client certificate'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['something on the way ends TLS and passes on no client certificate', 'another client than a Tentacle'],
      test: "Whether the address is the Tentacle's own or that of a device in between.",
    },
    example: {
      symptom: exampleSymptom('rpc', 'REFUSED_NO_CERTIFICATE'),
      facts: { ...LISTENING, pollers: [{ address: '192.0.2.7', thumbprint: null }] },
    },
  }),
];
