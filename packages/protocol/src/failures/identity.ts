import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE, span, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';
import { printable, whatAnswers } from './what-answers.js';

const NO_IDENTITY = ['IDENTITY_UNKNOWN', 'IDENTITY_NO_BLANK_LINE', 'IDENTITY_NO_SUBSCRIPTION', 'GARBLED', 'TOO_LONG'];

/** To whoever looks after what is in between. */
export const passThrough = {
  who: 'network-team',
  action:
    'Find the proxy, gateway or web application firewall that ends TLS for this connection; let it pass TLS through untouched, or exempt the connection.',
} as const;

/** To whoever entered where the Tentacle is. */
export const rightPort = {
  who: 'server-admin',
  action: 'Check host and port: is it the port on which the Tentacle listens?',
} as const;

export const identityRows = [
  row({
    id: 'identity.empty',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.code === 'IDENTITY_EMPTY',
    title: "The peer's identity line was empty",
    means: ({ facts }) => `Behind the TLS of ${peer(facts)} an empty line came where the identity was due.`,
    next: () => [
      passThrough,
      {
        who: 'tentacle-admin',
        action: "If nothing is in between, renew the Tentacle's certificate when it is an old one.",
        windows: 'Tentacle new-certificate',
        linux: 'Tentacle new-certificate',
      },
    ],
    octopusSays: ['Unable to receive the remote identity; the identity line was empty.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['something on the way ends TLS', 'an old Tentacle with a weak certificate', 'another service'],
      test: 'Compare the thumbprint shown with the one that the Tentacle itself shows: another one means something on the way.',
    },
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_EMPTY', { received: Buffer.from('\r\n'), receivedBytes: 2 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'identity.unexpected-role',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.code === 'IDENTITY_UNEXPECTED_ROLE',
    title: 'The peer plays the same part as we do',
    means: ({ symptom, facts }) =>
      `${peer(facts)} answered ${printable(symptom.received)} where MX-SERVER was due: two ends of the same kind face each other.`,
    next: () => [rightPort],
    octopusSays: ['Expected the remote endpoint to identity as a server. Instead, it identified as:'],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_UNEXPECTED_ROLE', {
        received: Buffer.from('MX-CLIENT 1.0\r\n\r\n'),
        receivedBytes: 17,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'identity.unknown',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.shownAt === 'identity' && NO_IDENTITY.includes(symptom.code),
    title: 'TLS works, but what answers is no Octopus end',
    means: ({ symptom, facts }) =>
      `Behind the TLS of ${peer(facts)} something answered ${whatAnswers(symptom.received)?.detail ?? 'nothing readable'}, where MX-SERVER was due.`,
    next: () => [rightPort, passThrough],
    octopusSays: ['Unable to process remote identity; unknown identity type', 'Unexpected byte after'],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from('* OK IMAP4 ready\r\n'),
        receivedBytes: 18,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'identity.closed',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.shownAt === 'identity' && GONE.includes(symptom.code),
    title: 'Cut in the middle of the identity',
    means: ({ symptom, facts }) =>
      `${peer(facts)} sent ${symptom.receivedBytes} bytes of its identity (${printable(symptom.received)}) and the connection ended.`,
    next: () => [
      { who: 'network-team', action: 'Look for a device that inspects and cuts this connection.' },
      { who: 'tentacle-admin', action: 'Look whether the service was stopping at that time, and what its log says.' },
    ],
    octopusSays: ['Attempted to read past the end of the stream.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a device on the way cut the connection', 'the service stopped just then'],
      test: 'Repeat: a stop happens once, a device cuts each time.',
    },
    example: {
      symptom: exampleSymptom('identity', 'END_OF_STREAM', { received: Buffer.from('MX-SER'), receivedBytes: 6 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'identity.timeout',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => GAVE_UP.includes(symptom.code),
    title: 'TLS works, but no identity came in time',
    means: ({ symptom, facts }) =>
      `${peer(facts)} finished TLS and then gave ${symptom.receivedBytes} bytes of an identity within ${span(symptom.elapsedUs)}.`,
    next: () => [
      rightPort,
      { who: 'tentacle-admin', action: "Look whether the Tentacle's process is hung or overloaded." },
      passThrough,
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the process is hung',
        'another TLS service, which waits for words of its own protocol',
        'our bytes are dropped on the way',
      ],
      test: 'Ping a tentacle-pong on the same host: silent too means the way; fine means that service.',
    },
    example: { symptom: exampleSymptom('identity', 'READ_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'identity.other',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.shownAt === 'identity',
    title: 'The identities could not be exchanged',
    means: ({ symptom, facts }) =>
      `Exchanging identities with ${peer(facts)} ended with ${symptom.code}. Its cause is unknown to this tool.`,
    next: () => [{ who: 'tentacle-admin', action: "Look what the Tentacle's log says of this time." }],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('identity', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE_FACTS },
  }),
];
