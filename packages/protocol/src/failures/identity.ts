import { counted } from './wording.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE, span, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';
import {
  checkHealth,
  checkPollingName,
  checkPort,
  passTlsThrough,
  readLogAtThisTime,
  renewCertificate,
  standInTest,
  tryStandIn,
} from './trust-steps.js';
import { printable, whatAnswers } from './what-answers.js';

const NO_IDENTITY = ['IDENTITY_UNKNOWN', 'IDENTITY_NO_BLANK_LINE', 'IDENTITY_NO_SUBSCRIPTION', 'GARBLED', 'TOO_LONG'];

/** What a listener's identity begins with, as texts say it. */
const DUE = 'instead of the expected MX-SERVER';

export const identityRows = [
  row({
    id: 'identity.empty',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.code === 'IDENTITY_EMPTY',
    title: "The peer's identity line was empty",
    means: ({ facts }) => `The TLS handshake with ${peer(facts)} succeeded, but the peer sent an empty line ${DUE}.`,
    next: (facts, ends) => [
      ...checkPollingName(facts, ends),
      passTlsThrough(ends),
      checkPort(ends),
      ...(ends.there.product === 'tentacle'
        ? renewCertificate(ends.there, 'If no device is in between and the certificate is old, ')
        : []),
    ],
    octopusSays: ['Unable to receive the remote identity; the identity line was empty.'],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        'a device in between terminates TLS',
        ...(there.product === 'tentacle' ? ['an old Tentacle with a weak certificate'] : []),
        'another service listens on that port',
      ],
      test: `Compare the presented thumbprint with the one that ${there.name} itself shows (${there.ownThumbprint.where}). A different one means a device in between, or another service.`,
    }),
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
    title: 'The peer has the same role as this end',
    means: ({ symptom, facts }) =>
      `${peer(facts)} answered ${printable(symptom.received)} ${DUE}. Two ends of the same kind are connected to each other.`,
    next: (_facts, ends) => [checkPort(ends)],
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
    title: 'TLS works, but the peer does not speak Halibut',
    means: ({ symptom, facts }) =>
      `The TLS handshake with ${peer(facts)} succeeded, but the peer answered ${whatAnswers(symptom.received)?.detail ?? 'nothing readable'} ${DUE}.`,
    next: (facts, ends) => [checkPort(ends), ...checkPollingName(facts, ends), passTlsThrough(ends)],
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
    title: "Connection cut in the middle of the peer's identity",
    means: ({ symptom, facts }) =>
      `${peer(facts)} sent ${counted(symptom.receivedBytes, 'byte')} of its identity (${printable(symptom.received)}), then the connection ended.`,
    next: (_facts, ends) => [
      { who: 'network-team', action: 'Check for a device that inspects and cuts this connection.' },
      checkHealth(ends),
      readLogAtThisTime(ends),
    ],
    octopusSays: ['Attempted to read past the end of the stream.'],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: ['a device in between cut the connection', `${there.name} was stopped at that moment`],
      test: 'Repeat the test. A stop happens once; a device cuts the connection each time.',
    }),
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
    title: 'TLS works, but no identity was received in time',
    means: ({ symptom, facts }) =>
      `The TLS handshake with ${peer(facts)} succeeded, but the peer sent ${counted(symptom.receivedBytes, 'byte')} of an identity within ${span(symptom.elapsedUs)}.`,
    next: (facts, ends) => [checkPort(ends), checkHealth(ends), passTlsThrough(ends), tryStandIn(facts, ends)],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: (ends) => ({
      kind: 'one-of',
      causes: [
        `${ends.there.name} is hung`,
        'another TLS service listens there and waits for its own protocol',
        'packets to the peer are dropped in transit',
      ],
      test: standInTest(ends, 'the service on that port'),
    }),
    example: { symptom: exampleSymptom('identity', 'READ_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'identity.other',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom }) => symptom.shownAt === 'identity',
    title: 'Identity exchange failed for an unknown reason',
    means: ({ symptom, facts }) =>
      `The exchange of identities with ${peer(facts)} ended with ${symptom.code}. This tool does not know the cause.`,
    next: (_facts, ends) => [readLogAtThisTime(ends)],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('identity', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE_FACTS },
  }),
];
