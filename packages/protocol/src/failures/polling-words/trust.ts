import { shownText } from '../../wire/http-answer.js';
import { peer, span } from '../row.js';
import { whatWebServerDid } from '../web-server.js';
import {
  compareWithListen,
  nameDecides,
  passThrough,
  rightServer,
  serverHealth,
  serverLog,
  serverThumbprint,
  type WordsFor,
} from './words.js';

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
  'trust.unexpected-thumbprint': {
    server: {
      means: ({ facts }) => {
        const { peerCertificate: got } = facts;
        const expected = `Expected ${facts.expectedThumbprint ?? 'another'}`;
        if (got === undefined) return `${expected}, but ${peer(facts)} presented no certificate at all.`;
        const signed = got.selfSigned
          ? "self-signed, as Octopus's own are"
          : `issued by ${shownText(got.issuer)}, which Octopus's own never are`;
        return `${expected}, but ${peer(facts)} presented ${got.thumbprint} (${shownText(got.subject)}; ${signed}). Nothing was sent to it.`;
      },
      next: (facts) => [
        serverThumbprint,
        ...nameDecides(facts),
        {
          who: 'tentacle-admin',
          action: `If the Octopus Server shows ${facts.peerCertificate?.thumbprint ?? 'the presented one'}: its certificate was renewed, or this is another server; let the Tentacle trust the new one in place of the old.`,
          windows: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
          linux: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
        },
        {
          who: 'network-team',
          action:
            'If it shows the expected one: something on the way ends TLS and shows a certificate of its own; exempt this connection.',
        },
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'the Octopus Server has a new certificate, or this is another server, or its web portal',
          'something on the way ends TLS with a certificate of its own',
        ],
        test: 'The thumbprint that the Octopus Server itself shows (Configuration, Thumbprint): the presented one means a new certificate, the expected one means interception or another port.',
      },
    },
  },
  'trust.closed-after-identity': {
    server: {
      means: ({ symptom, facts }) =>
        `${peer(facts)} finished TLS, took our identity as a poller and ${symptom.code === 'ECONNRESET' ? 'reset' : 'closed'} the connection ${span(symptom.elapsedUs)} later without a byte. That is how an Octopus Server refuses a poller whose thumbprint it does not know.${facts.peerKind === 'octopus-server' ? ' (Its page says that it is one.)' : ''} We presented ${facts.ownThumbprint ?? 'none'}, for ${facts.subscription ?? 'no subscription'}. Up to here, name, network and TLS are in order.`,
      next: (facts) => [
        {
          ...serverLog,
          action: `Look into the log of the Octopus Server: it names the thumbprint that it refused. ${facts.ownThumbprint ?? 'Ours'}: it arrived. None: something on the way took it off. No line: cut on the way, or another node.`,
        },
        {
          who: 'server-admin',
          action:
            "If the Tentacle itself fails like this: compare the thumbprint in its settings in Octopus (Infrastructure, the target or worker, Settings) with the Tentacle's own.",
          windows: 'Tentacle show-thumbprint',
          linux: 'Tentacle show-thumbprint',
        },
        {
          who: 'you',
          action:
            "This tool's own certificate is in no server's list, so this is as far as it gets. To go on, give it the Tentacle's certificate (--pfx) and subscription while the Tentacle is stopped; or poll tentacle-ping --listen.",
        },
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'the server does not know our thumbprint: the Tentacle is not registered there, or has a new certificate',
          'the server has no place for one more connection of this subscription',
          'something on the way ends TLS and passes on no client certificate',
          'a device cuts the connection when it sees what is in it',
        ],
        test: "The server's log names the refused thumbprint or the limit, or says that no certificate was presented; without such a line the connection was cut on the way.",
      },
    },
  },
  'trust.other': {
    server: {
      next: () => [
        {
          who: 'server-admin',
          action: 'Renew the certificate of the Octopus Server, and tell its Tentacles the new thumbprint.',
        },
      ],
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
  'identity.empty': {
    server: {
      next: (facts) => [...nameDecides(facts), passThrough, rightServer],
      certainty: {
        kind: 'one-of',
        causes: ['something on the way ends TLS', 'another service'],
        test: 'Compare the thumbprint shown with the one that the Octopus Server shows: another one means something on the way.',
      },
    },
  },
  'identity.unexpected-role': { server: { next: () => [rightServer] } },
  'identity.unknown': { server: { next: (facts) => [rightServer, ...nameDecides(facts), passThrough] } },
  'identity.closed': {
    server: {
      next: () => [
        { who: 'network-team', action: 'Look for a device that inspects and cuts this connection.' },
        serverHealth,
        serverLog,
      ],
      certainty: {
        kind: 'one-of',
        causes: ['a device on the way cut the connection', 'the server stopped just then'],
        test: 'Repeat: a stop happens once, a device cuts each time.',
      },
    },
  },
  'identity.timeout': {
    server: {
      next: () => [rightServer, serverHealth, passThrough, compareWithListen],
      certainty: {
        kind: 'one-of',
        causes: [
          'the server is hung',
          'another TLS service, which waits for words of its own protocol',
          'our bytes are dropped on the way',
        ],
        test: "Poll tentacle-ping --listen on the server's machine: silent too means the way; fine means that service.",
      },
    },
  },
  'identity.other': { server: { next: () => [serverLog] } },
} satisfies WordsFor;
