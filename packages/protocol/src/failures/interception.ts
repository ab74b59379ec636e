import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, type Step, SURE, span } from './row.js';
import { closedWithoutAWord } from './trust.js';
import type { ConnectionFacts } from '../trace.js';
import type { Attested } from '../trust/attestation.js';
import type { CertificateFacts } from '../trust/certificate.js';
import { shownText } from '../wire/http-answer.js';

const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the load balancer, proxy or firewall that ends TLS in front of the Tentacle. Let it pass TLS through (nginx: stream, not http, without ssl; haproxy: mode tcp without ssl), or exempt this connection from inspection.',
};

/** Where to look for it, hop by hop. */
const whichHop = (facts: ConnectionFacts): Step => ({
  who: 'you',
  action:
    'Run the same diagnosis on the machine of the Tentacle itself, then nearer and nearer to the server: the certificate changes behind the device that ends TLS.',
  windows: `tentacle-ping diagnose localhost:${facts.port}`,
  linux: `tentacle-ping diagnose localhost:${facts.port}`,
});

const compareThumbprints: Step = {
  who: 'tentacle-admin',
  action: 'Compare the thumbprint shown here with the one that the Tentacle itself shows.',
  windows: 'Tentacle show-thumbprint',
  linux: 'Tentacle show-thumbprint',
};

/** The certificate that was shown, and whether it is the one that was asked for. */
function shown({ facts: { peerCertificate, expectedThumbprint } }: Sighting): string {
  if (peerCertificate === undefined) return '';
  const fits =
    expectedThumbprint === peerCertificate.thumbprint
      ? " It shows the expected certificate, so it holds a copy of the Tentacle's key."
      : '';
  const issued = peerCertificate.selfSigned ? '' : " Its certificate is not self-signed, as Octopus's own are.";
  return `${issued}${fits}`;
}

/** A certificate in a few words. */
function described(thumbprint: string | null, certificate: CertificateFacts | undefined): string {
  if (thumbprint === null) return 'none';
  if (certificate === undefined) return thumbprint;
  const { subject, issuer, selfSigned } = certificate;
  return `${thumbprint} (${shownText(subject)}, ${selfSigned ? 'self-signed' : `issued by ${shownText(issuer)}`})`;
}

/** Pong signed what it sees, and it is not what we see: what differs, by name. */
function differences(facts: ConnectionFacts, { differences = [], pongCertificate, statement }: Attested): string {
  const of = (what: string) => differences.find((difference) => difference.what === what);
  const certificate = of('pong-certificate');
  const ours = of('client-certificate');
  const { tlsVersion = '', cipher = '' } = facts;
  const isOtherTls = of('tls-version') !== undefined || of('tls-suite') !== undefined;
  return [
    certificate === undefined
      ? `Both ends have the certificate ${described(statement?.pongThumbprint ?? null, pongCertificate)}, and yet their TLS sessions are two: something on the way has a copy of that certificate and of its private key.`
      : `We were shown the certificate ${described(certificate.here, facts.peerCertificate)}, and pong presented ${described(certificate.atPong, pongCertificate)}: what ends TLS on the way has a certificate of its own.`,
    ...(ours === undefined
      ? []
      : [
          ours.atPong === null
            ? `Our client certificate ${ours.here ?? ''} did not arrive there, and no other one.`
            : `In place of our client certificate ${ours.here ?? ''} arrived ${ours.atPong}.`,
        ]),
    ...(isOtherTls
      ? [
          `Here TLS is ${tlsVersion} with ${cipher}, there ${statement?.tlsVersion ?? ''} with ${statement?.cipher ?? ''}.`,
        ]
      : []),
  ].join(' ');
}

/** Whose private key is in strange hands is to be replaced, whatever else is done. */
const copiedKey: Step = {
  who: 'tentacle-admin',
  action:
    "Find out how that certificate and its key came to the device. If they are the Tentacle's, and nobody meant it, make new ones, then update the thumbprint in Octopus.",
  windows: 'Tentacle new-certificate',
  linux: 'Tentacle new-certificate',
};

const isCopied = ({ attested }: ConnectionFacts): boolean =>
  attested?.differences?.every(({ what }) => what !== 'pong-certificate') === true;

const EXAMPLE: ConnectionFacts = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) };

/** TLS that does not reach from end to end: something on the way ends it and, mostly, begins another. */
export const interceptionRows = [
  row({
    id: 'trust.intercepted',
    stage: 'trust',
    shownAt: ['identity', 'rpc'],
    when: (sighting) =>
      sighting.symptom.code === 'NOT_ONE_SESSION' ||
      (closedWithoutAWord(sighting) && sighting.facts.certificateAsked === false),
    title: 'What ends TLS there is neither a Tentacle nor pong',
    means: (sighting) =>
      sighting.facts.attested !== undefined
        ? `The pong behind ${peer(sighting.facts)} signed what it sees of this connection, and it is another TLS session than ours. ${differences(sighting.facts, sighting.facts.attested)} A real Tentacle would not trust what arrives there.`
        : `${peer(sighting.facts)} finished TLS without asking for a client certificate, which every Tentacle does, and ended the connection ${span(sighting.symptom.elapsedUs)} after our identity without a byte. Whoever is behind it never sees our certificate.${shown(sighting)}`,
    next: (facts) => [passThrough, ...(isCopied(facts) ? [copiedKey] : [compareThumbprints]), whichHop(facts)],
    octopusSays: [
      'Attempted to read past the end of the stream.',
      'and attempted a message exchange, but did not present a client certificate',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'something on the way ends TLS and passes on no client certificate',
        'another service with TLS, no Tentacle, listens on that port',
      ],
      test: "Open https://HOST:PORT/ in a browser: a Tentacle's page means that something ends TLS in front of a Tentacle.",
    },
    example: {
      symptom: exampleSymptom('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE, certificateAsked: false },
    },
  }),
  row({
    id: 'trust.client-certificate-missing',
    stage: 'trust',
    shownAt: ['identity', 'rpc'],
    when: ({ symptom }) => symptom.code === 'CLIENT_CERTIFICATE_MISSING',
    title: 'Our client certificate does not arrive: TLS is made anew on the way',
    means: (sighting) =>
      `tentacle-pong at ${peer(sighting.facts)} answers, and says that no client certificate came to it, although we have one (${sighting.facts.ownThumbprint ?? 'unknown'}). So the TLS that we speak ends on the way.${shown(sighting)} A real Tentacle closes such a connection without a word.`,
    next: (facts) => [passThrough, whichHop(facts)],
    octopusSays: [
      'Attempted to read past the end of the stream.',
      'and attempted a message exchange, but did not present a client certificate',
    ],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('rpc', 'CLIENT_CERTIFICATE_MISSING'), facts: EXAMPLE },
  }),
  row({
    id: 'trust.client-certificate-replaced',
    stage: 'trust',
    shownAt: ['identity', 'rpc'],
    when: ({ symptom }) => symptom.code === 'CLIENT_CERTIFICATE_REPLACED',
    title: 'Another client certificate than ours arrives: TLS is made anew on the way',
    means: (sighting) =>
      `tentacle-pong at ${peer(sighting.facts)} answers, and says that another client certificate came to it than ours (${sighting.facts.ownThumbprint ?? 'unknown'}). So the TLS that we speak ends on the way, and something there uses a certificate of its own.${shown(sighting)} A real Tentacle would look for that one in its list of trusted thumbprints.`,
    next: (facts) => [passThrough, whichHop(facts)],
    octopusSays: ['which is not in the list of thumbprints that we trust'],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('rpc', 'CLIENT_CERTIFICATE_REPLACED'), facts: EXAMPLE },
  }),
];
