import { shownText } from '../wire/http-answer.js';
import { theProxy } from './proxy-sight.js';
import { tryAnotherName } from './router-by-name.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span, UNKNOWN } from './row.js';

/** Codes of a connection that the other side ended, in whichever way its system reports it. */
export const GONE = [
  'END_OF_STREAM',
  'CONNECTION_CLOSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
];

/** Codes of bytes that did not come or were not taken in time: by our own deadline, or by the system's (`ETIMEDOUT`). */
export const GAVE_UP = ['READ_TIMEOUT', 'WRITE_TIMEOUT', 'ETIMEDOUT'];

/** Not one byte of an identity, and the connection is gone. */
export function closedWithoutAWord({ symptom }: Sighting): boolean {
  return symptom.shownAt === 'identity' && symptom.receivedBytes === 0 && GONE.includes(symptom.code);
}

const unknownThumbprint = 'unknown';

export const trustRows = [
  row({
    id: 'trust.unexpected-thumbprint',
    stage: 'trust',
    shownAt: ['trust'],
    when: ({ symptom }) => symptom.code === 'UNEXPECTED_THUMBPRINT',
    title: 'Another certificate than the expected one',
    means: ({ facts }) => {
      const { peerCertificate: got } = facts;
      const expected = `Expected ${facts.expectedThumbprint ?? unknownThumbprint}`;
      if (got === undefined) return `${expected}, but ${peer(facts)} presented no certificate at all.`;
      const signed = got.selfSigned
        ? "self-signed, as Octopus's own are"
        : `issued by ${shownText(got.issuer)}, which Octopus's own never are`;
      return `${expected}, but ${peer(facts)} presented ${got.thumbprint} (${shownText(got.subject)}; ${signed}). Nothing was sent to it.`;
    },
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: 'Compare with the thumbprint that the Tentacle itself shows.',
        windows: 'Tentacle show-thumbprint',
        linux: 'Tentacle show-thumbprint',
      },
      {
        who: 'server-admin',
        action: `If the Tentacle shows ${facts.peerCertificate?.thumbprint ?? 'the presented one'}: its certificate was renewed; put the new thumbprint into Octopus.`,
      },
      tryAnotherName(facts),
      {
        who: 'network-team',
        action: `If it shows the expected one, whatever the name: ${facts.proxy === undefined ? 'something on the way' : `something on the way, ${theProxy(facts)} before all others,`} ends TLS and shows a certificate of its own; exempt this connection.`,
      },
    ],
    octopusSays: ['presented an unexpected security certificate. We expected'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'the Tentacle has a new certificate, or this is another instance or machine',
        'something on the way ends TLS with a certificate of its own',
        'a router by name (SNI) leads this name, or TLS without a name, to another machine',
      ],
      test: "Tentacle show-thumbprint on the Tentacle's host: the presented one means a new certificate. The expected one means interception, or another machine: a router by name, where --servername with the name that it knows brings the expected certificate.",
    },
    example: {
      symptom: exampleSymptom('trust', 'UNEXPECTED_THUMBPRINT'),
      facts: { ...EXAMPLE_FACTS, expectedThumbprint: 'A'.repeat(40) },
    },
  }),
  row({
    id: 'trust.closed-after-identity',
    stage: 'trust',
    shownAt: ['identity'],
    when: closedWithoutAWord,
    title: 'Closed without a word after we said who we are',
    means: ({ symptom, facts }) =>
      `${peer(facts)} finished TLS, took our identity and ${symptom.code === 'ECONNRESET' ? 'reset' : 'closed'} the connection ${span(symptom.elapsedUs)} later without a byte. That is how a Tentacle refuses a client that it does not trust. We presented the thumbprint ${facts.ownThumbprint ?? unknownThumbprint}.`,
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: `Look into the Tentacle's log: it names the thumbprint that it refused. ${facts.ownThumbprint ?? 'Ours'}: it arrived. None: something on the way took it off.`,
        windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
        linux: 'tail -n 100 /etc/octopus/default/Logs/OctopusTentacle.txt',
      },
      {
        who: 'tentacle-admin',
        action:
          "To measure calls with this tool, trust its thumbprint for as long as that takes; or give the tool the Octopus Server's own certificate (--pfx).",
        windows: `Tentacle configure --trust ${facts.ownThumbprint ?? 'THUMBPRINT'}`,
        linux: `Tentacle configure --trust ${facts.ownThumbprint ?? 'THUMBPRINT'}`,
      },
      {
        who: 'tentacle-admin',
        action:
          "If the Octopus Server itself fails like this, compare the thumbprint that the Tentacle trusts with the server's (Configuration, Thumbprint).",
        windows: 'Tentacle show-configuration',
        linux: 'Tentacle show-configuration',
      },
      {
        who: 'tentacle-admin',
        action:
          "If the server's certificate was renewed since, let the Tentacle trust the new thumbprint in place of the old.",
        windows: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
        linux: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
      },
    ],
    octopusSays: [
      'Attempted to read past the end of the stream.',
      'which is not in the list of thumbprints that we trust',
      'but did not present a client certificate',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the peer does not trust our thumbprint',
        'something on the way ends TLS and passes on no client certificate',
        'a device cuts the connection when it sees what is in it',
        'another Tentacle answered than the one meant: a wrong address, or a router by name (SNI)',
      ],
      test: "The Tentacle's log names the refused thumbprint, or says that none was presented; without either line the connection was cut on the way, or went to another Tentacle: then the thumbprint seen here is not the one that it shows itself.",
    },
    example: {
      symptom: exampleSymptom('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) },
    },
  }),
  row({
    id: 'trust.other',
    stage: 'trust',
    shownAt: ['trust'],
    when: ({ symptom }) => symptom.shownAt === 'trust',
    title: "The peer's certificate cannot be judged",
    means: ({ symptom, facts }) =>
      `${peer(facts)} presented a certificate that this tool could not read (${symptom.code}).`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Make a new certificate for the Tentacle.',
        windows: 'Tentacle new-certificate',
        linux: 'Tentacle new-certificate',
      },
    ],
    octopusSays: [],
    retry: false,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('trust', 'CERTIFICATE_UNREADABLE'), facts: EXAMPLE_FACTS },
  }),
];
