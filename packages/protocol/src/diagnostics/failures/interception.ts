import type { ConnectionFacts } from '../../trace.js';
import type { AttestationResult } from '../../identity/attestation.js';
import type { CertificateFacts } from '../../identity/certificate.js';
import { sanitizeText } from '../../http/http-response.js';
import type { Ends } from '../ends.js';
import { checkPollingName } from './sni-routing.js';
import {
  conclusiveUnless,
  defineFailure,
  EXAMPLE_FACTS,
  exampleSignature,
  type Observation,
} from '../failure-definition.js';
import { capitalize, hostAndPort, peerName, durationText } from '../wording.js';
import { type Step } from '../step.js';
import { compareThumbprint, narrowDown, passTlsThrough, renewCertificate } from './steps.js';
import { isClosedWithoutReply } from './trust.js';

/** What the certificate shown reveals: whether it is one of Octopus's own, and whether it is the expected one. */
function certificateRemarks({ peerCertificate, expectedThumbprint }: ConnectionFacts, { there }: Ends): string {
  if (peerCertificate === undefined) return '';
  const copied =
    expectedThumbprint === peerCertificate.thumbprint
      ? ` It shows the expected certificate, so it holds a copy of ${there.name}'s key.`
      : '';
  const issued = peerCertificate.selfSigned ? '' : " Its certificate is not self-signed, as Octopus's own are.";
  return `${issued}${copied}`;
}

/** A certificate in a few words: thumbprint, subject and issuer. */
function described(thumbprint: string | null, certificate: CertificateFacts | undefined): string {
  if (thumbprint === null) return 'none';
  if (certificate === undefined) return thumbprint;
  const { subject, issuer, selfSigned } = certificate;
  return `${thumbprint} (${sanitizeText(subject)}, ${selfSigned ? 'self-signed' : `issued by ${sanitizeText(issuer)}`})`;
}

/** What differs between the view that pong signed and the one here, item by item. */
function describeDifferences(
  facts: ConnectionFacts,
  { differences = [], pongCertificate, statement }: AttestationResult,
): string {
  const of = (what: string) => differences.find((difference) => difference.what === what);
  const certificate = of('pong-certificate');
  const client = of('client-certificate');
  const { tlsVersion = '', cipher = '' } = facts;
  const isOtherTls = of('tls-version') !== undefined || of('tls-suite') !== undefined;
  return [
    certificate === undefined
      ? `Both ends have the certificate ${described(statement?.pongThumbprint ?? null, pongCertificate)}, but their TLS sessions differ: a device in between has a copy of that certificate and of its private key.`
      : `The certificate shown here is ${described(certificate.here, facts.peerCertificate)}; tentacle-pong presented ${described(certificate.atPong, pongCertificate)}. The device that terminates TLS has a certificate of its own.`,
    ...(client === undefined
      ? []
      : [
          client.atPong === null
            ? `Your client certificate ${client.here ?? ''} did not arrive there, nor did any other.`
            : `Instead of your client certificate ${client.here ?? ''}, ${client.atPong} arrived.`,
        ]),
    ...(isOtherTls
      ? [
          `Here, TLS is ${tlsVersion} with ${cipher}; there, it is ${statement?.tlsVersion ?? ''} with ${statement?.cipher ?? ''}.`,
        ]
      : []),
  ].join(' ');
}

/** The code of a connection that was accepted although the listener had requested no client certificate. */
const NOT_REQUESTED = 'CERTIFICATE_NOT_REQUESTED';

/** A private key that others hold has to be replaced, whatever else is done. */
function replaceCopiedKey(ends: Ends): Step[] {
  return [
    {
      who: ends.there.administrator,
      action: 'Find out how that certificate and its key reached the device.',
    },
    ...renewCertificate(ends.there, `If they belong to ${ends.there.name} and this was not intended`),
  ];
}

/** Whether pong closed the connection, and its page names another client certificate than the presented one. */
function arrivedOtherCertificate(observation: Observation): boolean {
  const { arrivedThumbprint, ownThumbprint } = observation.facts;
  const isOther = typeof arrivedThumbprint === 'string' && arrivedThumbprint !== ownThumbprint;
  return isOther && isClosedWithoutReply(observation);
}

const isCopied = ({ attested }: ConnectionFacts): boolean =>
  attested?.differences?.every(({ what }) => what !== 'pong-certificate') === true;

const EXAMPLE: ConnectionFacts = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) };

/** TLS that is not end to end: a device in between terminates it and usually starts another session. */
export const interceptionFailures = [
  defineFailure({
    id: 'trust.intercepted',
    stage: 'trust',
    wholeAddress: 'answered',
    shownAt: ['identity', 'rpc'],
    matches: (observation) =>
      observation.signature.code === 'NOT_ONE_SESSION' ||
      observation.signature.code === NOT_REQUESTED ||
      (isClosedWithoutReply(observation) &&
        observation.facts.clientCertificateRequested === false &&
        // Where pong's page says what arrived, that decides.
        observation.facts.arrivedThumbprint === undefined),
    title: 'TLS is terminated by something other than Octopus',
    explanation: ({ signature, facts }, ends) =>
      signature.code === NOT_REQUESTED
        ? `${peerName(facts)} accepted this end, but requested no client certificate during TLS. ${capitalize(ends.there.indefinite)} always requests one, and rejects a client without it. The listener that accepted it never saw your certificate.${certificateRemarks(facts, ends)}`
        : facts.attested !== undefined
          ? `The tentacle-pong behind ${peerName(facts)} signed its view of this connection: it is not the TLS session that this machine has. ${describeDifferences(facts, facts.attested)} A real Tentacle would not trust the client certificate that it receives.`
          : `${peerName(facts)} completed TLS without requesting a client certificate, and ended the connection ${durationText(signature.elapsedUs)} after the identity was sent, without replying. ${capitalize(ends.there.endpoint)} always requests one. The service behind it never sees your certificate.${certificateRemarks(facts, ends)}`,
    remediation: (facts, ends) => [
      ...checkPollingName(facts, ends),
      ...passTlsThrough(ends),
      ...(isCopied(facts) ? replaceCopiedKey(ends) : [compareThumbprint(ends)]),
      narrowDown(facts, ends),
    ],
    octopusLogMessages: [
      'Attempted to read past the end of the stream.',
      'and attempted a message exchange, but did not present a client certificate',
    ],
    octopusRetries: true,
    diagnosis: ({ there }, { signature, facts }) =>
      signature.code === NOT_REQUESTED
        ? conclusiveUnless(`a program other than ${there.indefinite} accepts clients there`)
        : {
            kind: 'ambiguous',
            causes: [
              'a device in between terminates TLS and forwards no client certificate',
              `another TLS service${there.product === 'server' ? ' (the web portal of Octopus, or any web server)' : `, not ${there.indefinite},`} listens on that port`,
            ],
            howToTell: `Open https://${hostAndPort(facts)}/ in a browser. If the page of ${there.endpoint} appears${there.product === 'server' ? ' (this report names the page)' : ''}, a device in front of it terminates TLS.`,
          },
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE, clientCertificateRequested: false },
    },
  }),
  defineFailure({
    id: 'trust.client-certificate-missing',
    stage: 'trust',
    wholeAddress: 'answered',
    shownAt: ['identity', 'rpc'],
    matches: (observation) =>
      observation.signature.code === 'CLIENT_CERTIFICATE_MISSING' ||
      (isClosedWithoutReply(observation) && observation.facts.arrivedThumbprint === null),
    title: 'Client certificate does not reach the peer',
    explanation: ({ facts }: Observation, ends) =>
      `tentacle-pong at ${peerName(facts)} replied that it received no client certificate, although this tool has one (${facts.ownThumbprint ?? 'unknown'}). TLS is terminated and re-encrypted in transit.${certificateRemarks(facts, ends)} A real Tentacle closes such a connection without replying.`,
    remediation: (facts, ends) => [...passTlsThrough(ends), narrowDown(facts, ends)],
    octopusLogMessages: [
      'Attempted to read past the end of the stream.',
      'and attempted a message exchange, but did not present a client certificate',
    ],
    octopusRetries: true,
    diagnosis: conclusiveUnless('a program other than tentacle-pong returned that page'),
    example: { signature: exampleSignature('rpc', 'CLIENT_CERTIFICATE_MISSING'), facts: EXAMPLE },
  }),
  defineFailure({
    id: 'trust.client-certificate-replaced',
    stage: 'trust',
    wholeAddress: 'answered',
    shownAt: ['identity', 'rpc'],
    matches: (observation) =>
      observation.signature.code === 'CLIENT_CERTIFICATE_REPLACED' || arrivedOtherCertificate(observation),
    title: 'Client certificate is replaced in transit',
    explanation: ({ facts }: Observation, ends) =>
      `tentacle-pong at ${peerName(facts)} replied that it received another client certificate than yours (${facts.ownThumbprint ?? 'unknown'}). TLS is terminated in transit, and re-encrypted with that other certificate.${certificateRemarks(facts, ends)} A real Tentacle would look up its thumbprint in the list of those it trusts.`,
    remediation: (facts, ends) => [...passTlsThrough(ends), narrowDown(facts, ends)],
    octopusLogMessages: ['which is not in the list of thumbprints that we trust'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('a program other than tentacle-pong returned that page'),
    example: { signature: exampleSignature('rpc', 'CLIENT_CERTIFICATE_REPLACED'), facts: EXAMPLE },
  }),
];
