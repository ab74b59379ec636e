import { tryAnotherName } from './router-by-name.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span } from './row.js';
import { closedWithoutAWord } from './trust.js';
import { checkPort, passTlsThrough } from './trust-steps.js';
import { whatAnswers } from './what-answers.js';

/**
 * A web page stands where the identity should. Some close on the first line that is not HTTP before what they answered
 * is on its way, now and then or always: then the page that they show to everybody tells, unless they ask for a client
 * certificate, as what stands before a Tentacle may.
 */
function isWebServer(sighting: Sighting): boolean {
  const { symptom, facts } = sighting;
  if (symptom.shownAt === 'identity' && whatAnswers(symptom.received)?.protocol === 'HTTP') return true;
  return facts.peerKind === 'web-server' && facts.certificateAsked === false && closedWithoutAWord(sighting);
}

/** A sentence on how it answered: with a page, or with none to us and one to a browser. */
export function whatWebServerDid({ symptom, facts }: Sighting): string {
  return symptom.receivedBytes === 0
    ? `What is behind the TLS of ${peer(facts)} closed the connection ${span(symptom.elapsedUs)} after our identity without a byte, and shows a web page to whoever asks as a browser does.`
    : `Behind the TLS of ${peer(facts)} something answered ${whatAnswers(symptom.received)?.detail ?? 'with a page'}.`;
}

/** What speaks HTTP where a Tentacle should be. */
export const webServerRows = [
  row({
    id: 'identity.http',
    stage: 'identity',
    shownAt: ['identity'],
    when: isWebServer,
    title: 'A web server or appliance answered in place of Octopus',
    means: (sighting) => `${whatWebServerDid(sighting)} A Tentacle would have said MX-SERVER.`,
    next: (facts, ends) => [tryAnotherName(facts), checkPort(ends), passTlsThrough(ends)],
    octopusSays: [
      'Unable to receive the remote identity; the following line was not empty.',
      "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a proxy, gateway or firewall on the way ends TLS and answers in HTTP',
        'a web server listens on that port: the wrong host or port',
        'a router by name (SNI) leads this name, or TLS without a name, to a web site',
      ],
      test: 'The Tentacle answers with --servername and the name under which a router knows it: the router. The same page whatever the name: the subject and the issuer of the certificate that is shown say whose web server or device it is.',
    },
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from('HTTP/1.1 403 Forbidden\r\nServer: gateway\r\n\r\n<title>Access denied</title>'),
        receivedBytes: 69,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
