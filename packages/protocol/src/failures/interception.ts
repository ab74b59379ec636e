import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, type Step, SURE, span } from './row.js';
import { closedWithoutAWord } from './trust.js';
import type { Facts } from '../trail.js';

const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the load balancer, proxy or firewall that ends TLS in front of the Tentacle. Let it pass TLS through (nginx: stream, not http, without ssl; haproxy: mode tcp without ssl), or exempt this connection from inspection.',
};

/** Where to look for it, hop by hop. */
const whichHop = (facts: Facts): Step => ({
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

const EXAMPLE: Facts = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) };

/** TLS that does not reach from end to end: something on the way ends it and, mostly, begins another. */
export const interceptionRows = [
  row({
    id: 'trust.intercepted',
    stage: 'trust',
    shownAt: ['identity'],
    when: (sighting) => closedWithoutAWord(sighting) && sighting.facts.certificateAsked === false,
    title: 'What ends TLS there is no Tentacle: it never asked for our certificate',
    means: (sighting) =>
      `${peer(sighting.facts)} finished TLS without asking for a client certificate, which every Tentacle does, and ended the connection ${span(sighting.symptom.elapsedUs)} after our identity without a byte. Whoever is behind it never sees our certificate.${shown(sighting)}`,
    next: (facts) => [passThrough, compareThumbprints, whichHop(facts)],
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
