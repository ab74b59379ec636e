import type { ConnectionFacts } from '../../trace.js';
import { counted } from '../wording.js';
import {
  conclusiveUnless,
  defineFailure,
  type Diagnosis,
  EXAMPLE_FACTS,
  exampleSignature,
  type Observation,
  UNKNOWN,
} from '../failure-definition.js';
import { peerName, durationText } from '../wording.js';
import { TIMED_OUT, CONNECTION_LOST } from './trust.js';
import { type Ends, expectedIdentity } from '../ends.js';
import { checkPollingName } from './sni-routing.js';
import {
  checkHostAndPort,
  checkListener,
  checkPeerHealth,
  compareWithStandIn,
  describeStandInTest,
  passTlsThrough,
  readPeerLog,
  renewCertificate,
  ALLOW_MTU_NOTICES,
  testPacketSize,
} from './steps.js';
import { printableBytes, identifyProtocol } from '../identify-protocol.js';

const NO_IDENTITY = ['IDENTITY_UNKNOWN', 'IDENTITY_NO_BLANK_LINE', 'IDENTITY_NO_SUBSCRIPTION', 'MALFORMED', 'TOO_LONG'];

/** Whether the landing page shows that a Halibut listener is behind the connection, and not another service. */
function isHalibutListener({ peerKind = '' }: ConnectionFacts): boolean {
  return ['tentacle', 'pong', 'halibut', 'octopus-server', 'ping'].includes(peerKind);
}

/** Whether TLS was terminated without a request for a client certificate, which every Halibut listener sends. */
const isOtherService = ({ clientCertificateRequested }: ConnectionFacts): boolean =>
  clientCertificateRequested === false;

const NO_CERTIFICATE_REQUESTED = ' It requested no client certificate, which every Tentacle and Octopus Server does.';

/** In TLS 1.3 a client does not learn whether the last part of its handshake arrived. */
const isTls13 = ({ tlsVersion }: ConnectionFacts): boolean => tlsVersion === 'TLSv1.3';

/** The largest packet that a client sends: in TLS 1.3, with its certificate, it is the last of the handshake. */
const LOST_FLIGHT =
  'the last part of the TLS 1.3 handshake, which contains your certificate, is lost: it is larger than the path lets through (MTU)';

/** Why a peer sends nothing after TLS, the likeliest first. One whose page arrived over another connection is not hung. */
function diagnoseSilence(facts: ConnectionFacts, ends: Ends): Diagnosis {
  const { name, host } = ends.there;
  if (isOtherService(facts)) {
    // Only a device in front of a Halibut listener shows its page and requests no client certificate.
    if (isHalibutListener(facts)) return conclusiveUnless('a program other than a Halibut listener returned that page');
    return {
      kind: 'ambiguous',
      causes: [
        'another TLS service listens there, and waits for its own protocol',
        `a device in between terminates TLS, and its own connection to ${name} does not work`,
      ],
      howToTell: `On ${host}, check which process listens on the port. If it is ${name}, a device in between terminates TLS.`,
    };
  }
  const lost = [
    ...(isTls13(facts) ? [LOST_FLIGHT] : []),
    'packets of this connection are dropped in transit, in one direction or in both',
  ];
  const causes = isHalibutListener(facts)
    ? [...lost, `${name} was hung or overloaded at that time`]
    : [`${name} is hung`, 'another TLS service listens there, and waits for its own protocol', ...lost];
  return { kind: 'ambiguous', causes, howToTell: describeStandInTest(ends, 'the service on that port') };
}

/** The end of a sentence about other bytes. */
const notTheIdentity = ({ there }: Ends): string => `instead of the expected ${expectedIdentity(there)}`;

/** The first line that this end sends: no listener of Halibut sends it. */
const ECHO = Buffer.from('MX\r\n');

/** A greeting names the service behind TLS; other bytes may be those of the other end, changed in transit. */
function diagnoseUnknownIdentity({ signature }: Observation, { there }: Ends): Diagnosis {
  const protocol = identifyProtocol(signature.received)?.protocol ?? 'unknown';
  if (protocol !== 'unknown' && protocol !== 'Halibut without TLS')
    return conclusiveUnless(`a device in between terminates TLS and answers in place of ${there.name}`);
  const isEcho = signature.received.subarray(0, ECHO.length).equals(ECHO);
  return {
    kind: 'ambiguous',
    causes: [
      ...(isEcho ? ['a service that returns what it receives listens there, such as a test server'] : []),
      'another service listens on that port: the host or port is wrong',
      'a device in between terminates TLS, and answers itself or changes the content',
      `${there.name} speaks another version of the protocol`,
    ],
    howToTell: `Compare the presented thumbprint with the one that ${there.name} itself shows (${there.ownThumbprint.where}). A different one means another service or a device in between.`,
  };
}

export const identityFailures = [
  defineFailure({
    id: 'identity.empty',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    matches: ({ signature }) => signature.code === 'IDENTITY_EMPTY',
    title: "The peer's identity line was empty",
    explanation: ({ facts }, ends) =>
      `The TLS handshake with ${peerName(facts)} succeeded, but the peer sent an empty line ${notTheIdentity(ends)}.`,
    remediation: (facts, ends) => [
      ...checkPollingName(facts, ends),
      ...passTlsThrough(ends),
      checkHostAndPort(ends),
      ...(ends.there.product === 'tentacle'
        ? renewCertificate(ends.there, 'If no device is in between and the certificate is old')
        : []),
    ],
    octopusLogMessages: ['Unable to receive the remote identity; the identity line was empty.'],
    octopusRetries: true,
    diagnosis: ({ there }, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        'a device in between terminates TLS',
        ...(there.product === 'tentacle' ? ['an old Tentacle with a weak certificate'] : []),
        ...(isHalibutListener(facts) ? [] : ['another service listens on that port']),
      ],
      howToTell: `Compare the presented thumbprint with the one that ${there.name} itself shows (${there.ownThumbprint.where}). A different one means a device in between${isHalibutListener(facts) ? '' : ', or another service'}.`,
    }),
    example: {
      signature: exampleSignature('identity', 'IDENTITY_EMPTY', { received: Buffer.from('\r\n'), receivedBytes: 2 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'identity.unexpected-role',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    matches: ({ signature }) => signature.code === 'IDENTITY_UNEXPECTED_ROLE',
    title: 'The peer has the same role as this end',
    explanation: ({ signature, facts }, ends) =>
      `${peerName(facts)} answered with ${printableBytes(signature.received)} ${notTheIdentity(ends)}. That is the identity of an end that connects, not of one that listens.`,
    remediation: (facts, ends) => [
      checkHostAndPort(ends),
      checkListener(facts, ends),
      {
        who: 'network-team',
        action: `Check for a relay or forwarding rule that leads the connection to ${ends.here.indefinite}, or back to its sender.`,
      },
    ],
    octopusLogMessages: ['Expected the remote endpoint to identity as a server. Instead, it identified as:'],
    octopusRetries: false,
    diagnosis: ({ here, there }) => ({
      kind: 'ambiguous',
      causes: [
        `a relay in between connects two ends of the kind of ${here.indefinite} with each other`,
        'another program listens there, and answers with the identity that it should receive',
      ],
      howToTell: `Check which process listens on the port of ${there.host}. If it is ${there.name}, a relay in between is at fault.`,
    }),
    example: {
      signature: exampleSignature('identity', 'IDENTITY_UNEXPECTED_ROLE', {
        received: Buffer.from('MX-CLIENT 1.0\r\n\r\n'),
        receivedBytes: 17,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'identity.unknown',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    matches: ({ signature }) => signature.shownAt === 'identity' && NO_IDENTITY.includes(signature.code),
    title: 'TLS works, but the peer does not speak Halibut',
    explanation: ({ signature, facts }, ends) =>
      `The TLS handshake with ${peerName(facts)} succeeded, but the peer answered with ${identifyProtocol(signature.received)?.detail ?? 'unreadable bytes'} ${notTheIdentity(ends)}.`,
    remediation: (facts, ends) => [checkHostAndPort(ends), ...checkPollingName(facts, ends), ...passTlsThrough(ends)],
    octopusLogMessages: ['Unable to process remote identity; unknown identity type', 'Unexpected byte after'],
    octopusRetries: true,
    diagnosis: (ends, observation) => diagnoseUnknownIdentity(observation, ends),
    example: {
      signature: exampleSignature('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from('* OK IMAP4 ready\r\n'),
        receivedBytes: 18,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'identity.closed',
    stage: 'identity',
    shownAt: ['identity'],
    matches: ({ signature }) => signature.shownAt === 'identity' && CONNECTION_LOST.includes(signature.code),
    title: "Connection cut in the middle of the peer's identity",
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} sent ${counted(signature.receivedBytes, 'byte')} of its identity (${printableBytes(signature.received)}), then the connection ended.`,
    remediation: (_facts, ends) => [
      { who: 'network-team', action: 'Check for a device that inspects and cuts this connection.' },
      checkPeerHealth(ends),
      readPeerLog(ends),
    ],
    octopusLogMessages: ['Attempted to read past the end of the stream.'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: ['a device in between cut the connection', `${there.name} was stopped at that moment`],
      howToTell: 'Repeat the test. A stop happens once; a device cuts the connection each time.',
    }),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM', { received: Buffer.from('MX-SER'), receivedBytes: 6 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'identity.timeout',
    stage: 'identity',
    wholeAddress: 'silent',
    shownAt: ['identity'],
    matches: ({ signature }) => TIMED_OUT.includes(signature.code),
    title: 'TLS works, but no identity was received in time',
    explanation: ({ signature, facts }) =>
      `The TLS handshake with ${peerName(facts)} succeeded, but the peer sent ${counted(signature.receivedBytes, 'byte')} of an identity within ${durationText(signature.elapsedUs)}.${isOtherService(facts) ? NO_CERTIFICATE_REQUESTED : ''}`,
    remediation: (facts, ends) => {
      if (isOtherService(facts) && isHalibutListener(facts)) return passTlsThrough(ends);
      if (isOtherService(facts)) return [checkHostAndPort(ends), checkListener(facts, ends), ...passTlsThrough(ends)];
      const size = isTls13(facts) ? [...testPacketSize(facts), ALLOW_MTU_NOTICES] : [];
      if (isHalibutListener(facts)) return [...size, checkPeerHealth(ends), ...passTlsThrough(ends)];
      return [
        checkHostAndPort(ends),
        checkPeerHealth(ends),
        ...size,
        ...passTlsThrough(ends),
        compareWithStandIn(facts, ends),
      ];
    },
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => diagnoseSilence(facts, ends),
    example: {
      signature: exampleSignature('identity', 'READ_TIMEOUT', { elapsedUs: 10_000_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'identity.other',
    stage: 'identity',
    shownAt: ['identity'],
    matches: ({ signature }) => signature.shownAt === 'identity',
    title: 'Identity exchange failed for an unknown reason',
    explanation: ({ signature, facts }) =>
      `The exchange of identities with ${peerName(facts)} ended with ${signature.code}. This tool does not know the cause.`,
    remediation: (_facts, ends) => [readPeerLog(ends)],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('identity', 'EHOSTUNREACH', { syscall: 'read' }), facts: EXAMPLE_FACTS },
  }),
];
