import { peer, span } from '../row.js';
import { whatWebServerDid } from '../web-server.js';
import { nameDecides, passThrough, rightServer, serverThumbprint, type WordsFor } from './words.js';

/** Certificates and identities, of a Tentacle that polls. */
export const trustWords = {
  'trust.intercepted': {
    server: {
      title: 'What ends TLS there is no Octopus Server: it never asked for our certificate',
      means: ({ symptom, facts }) =>
        `${peer(facts)} finished TLS without asking for a client certificate, which every polling port of Octopus does, and ended the connection ${span(symptom.elapsedUs)} after our identity without a byte. Whoever is behind it never sees our certificate.${facts.peerCertificate?.selfSigned === false ? " Its certificate is not self-signed, as Octopus's own are." : ''}`,
      next: (facts) => [
        ...nameDecides(facts),
        passThrough,
        serverThumbprint,
        {
          who: 'you',
          action:
            "Poll from the server's own machine, then from nearer and nearer to here: the certificate changes behind the device that ends TLS.",
          windows: `tentacle-pong --poll localhost:${facts.port}`,
          linux: `tentacle-pong --poll localhost:${facts.port}`,
        },
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'something on the way ends TLS and passes on no client certificate',
          'another service with TLS listens on that port: the web portal of Octopus, or any web server',
        ],
        test: 'The page that it shows to a browser (https://HOST:PORT/), which this report names: the page of a polling port means that something ends TLS in front of it.',
      },
    },
  },
  'identity.http': {
    server: {
      means: (sighting) =>
        `${whatWebServerDid(sighting)} A polling port would have said MX-SERVER: this is a web server (maybe the web portal of Octopus itself), or an appliance in between.`,
      next: (facts) => [...nameDecides(facts), rightServer, passThrough],
      certainty: {
        kind: 'one-of',
        causes: [
          'the port is that of a web server, such as the web portal of Octopus',
          'something on the way ends TLS and speaks HTTP',
        ],
        test: 'The certificate: the thumbprint of the Octopus Server (Configuration, Thumbprint) means neither; one by a public authority is mostly the web portal, one by a company authority an inspecting device.',
      },
    },
  },
} satisfies WordsFor;
