import { checkServerName } from './router-by-name.js';
import { capitalize, EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span } from './row.js';
import { checkHostAndPort, passTlsThrough } from './steps.js';
import { closedWithoutAWord } from './trust.js';
import { whatAnswers } from './what-answers.js';

/**
 * Whether the peer speaks HTTP where the identity is due. Some web servers close on a first line that is not HTTP
 * before their response is sent. Then the page that they show to any client decides, unless they request a client
 * certificate, as a device in front of a Tentacle may.
 */
function isWebServer(sighting: Sighting): boolean {
  const { symptom, facts } = sighting;
  if (symptom.shownAt === 'identity' && whatAnswers(symptom.received)?.protocol === 'HTTP') return true;
  return facts.peerKind === 'web-server' && facts.certificateAsked === false && closedWithoutAWord(sighting);
}

/** One or two sentences on what it did: a page as the reply, or none here and one to a browser. */
function describeReply({ symptom, facts }: Sighting): string {
  return symptom.receivedBytes === 0
    ? `The service behind TLS at ${peer(facts)} closed the connection ${span(symptom.elapsedUs)} after the identity was sent, without replying. To a browser's request, it returns a web page.`
    : `The service behind TLS at ${peer(facts)} replied ${whatAnswers(symptom.received)?.detail ?? 'with a page'}.`;
}

/** Peers that speak HTTP where Halibut is due. */
export const webServerRows = [
  row({
    id: 'identity.http',
    stage: 'identity',
    shownAt: ['identity'],
    when: isWebServer,
    title: 'A web server or appliance answered, not Octopus',
    means: (sighting, { there }) =>
      `${describeReply(sighting)} ${capitalize(there.endpoint)} would have replied MX-SERVER. This is a web server${there.product === 'server' ? ' (possibly the web portal of Octopus itself)' : ''}, or an appliance in between.`,
    next: (facts, ends) => [...checkServerName(facts, ends), checkHostAndPort(ends), passTlsThrough(ends)],
    octopusSays: [
      'Unable to receive the remote identity; the following line was not empty.',
      "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    ],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        'a proxy, gateway or firewall in the path terminates TLS and answers in HTTP',
        `a web server${there.product === 'server' ? ', such as the web portal of Octopus,' : ''} listens on that port: the host or port is wrong`,
        'a router by name (SNI) routes this name, or TLS without a name, to a web site',
      ],
      test: `${there.product === 'tentacle' ? 'Try --servername with the name by which a router knows the Tentacle: if the Tentacle then answers, the router is the cause. Otherwise, check' : 'Check'} the certificate shown: its subject and issuer identify the web server or device. A public authority points to a web server or portal, a company's own authority to an inspecting device. The thumbprint of ${there.name} itself rules out both.`,
    }),
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from('HTTP/1.1 403 Forbidden\r\nServer: gateway\r\n\r\n<title>Access denied</title>'),
        receivedBytes: 69,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
