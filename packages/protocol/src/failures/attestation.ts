import type { ConnectionFacts } from '../trace.js';
import type { Attested } from '../trust/attestation.js';
import { shownText } from '../wire/http-answer.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting } from './row.js';

/** What an attestation that is no good shows as; undefined: it is good, or none was needed. */
function codeOf({ result, expectedKey }: Attested): string | undefined {
  switch (result) {
    case 'not-one-session':
      return 'NOT_ONE_SESSION';
    case 'wrong-key':
      return 'OTHER_PONG_KEY';
    case 'not-valid':
      return 'ATTESTATION_NOT_VALID';
    case 'none':
      return expectedKey === undefined ? undefined : 'NO_ATTESTATION';
    case 'one-session':
      return undefined;
  }
}

/**
 * What there is to say against a connection by its attestation; undefined where that is good, or none was needed.
 * @param facts of the connection that was attested.
 */
export function sightOfAttestation(attested: Attested, facts: ConnectionFacts): Sighting | undefined {
  const code = codeOf(attested);
  if (code === undefined) return undefined;
  const symptom = { shownAt: 'rpc', code, elapsedUs: 0, received: Buffer.alloc(0), receivedBytes: 0 } as const;
  return { symptom, facts: { ...facts, attested } };
}

const EXAMPLE: ConnectionFacts = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) };
const KEY = 'C'.repeat(64);

const compareKeys = {
  who: 'tentacle-admin',
  action:
    'Start tentacle-pong on that machine, under the same account as before, and read the key that it prints. (It lies in attestation-key.pem in its configuration folder; without one it changes with each run, and pong says so.)',
  windows: 'tentacle-pong --port 10934',
  linux: 'tentacle-pong --port 10934',
} as const;

/** Why there is none, in words. */
function whyNone({ why, said }: Attested): string {
  switch (why) {
    case 'refused':
      return `it answered "${shownText(said ?? '')}"`;
    case 'other-form':
      return 'it gave one in a form that this version of tentacle-ping does not know';
    case 'not-offered':
      return 'it has no such method';
    default:
      return 'it was not asked, because no round trip to a pong came about';
  }
}

/** What an attestation shows that was asked for with a key, or that is none. */
export const attestationRows = [
  row({
    id: 'trust.pong-key',
    stage: 'trust',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'OTHER_PONG_KEY',
    title: 'Pong attests by another key than --pong-key names',
    means: ({ facts }) =>
      `${peer(facts)} signed by the key ${facts.attested?.publicKey ?? 'unknown'}, and --pong-key names ${facts.attested?.expectedKey ?? 'another one'}.${facts.attested?.differences?.length === 0 ? '' : ' What it signed is, besides, not what is seen here.'} So who answers is not known to be the pong that was meant.`,
    next: () => [
      compareKeys,
      { who: 'you', action: 'If it prints the key that signed: that pong is the one; run again with this key.' },
      {
        who: 'network-team',
        action:
          'If it prints the key that you gave: something on the way answers in its place. Find what ends TLS there.',
      },
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'that pong has another key: another account or machine, a new installation, or a run without a configuration folder',
        'something on the way ends TLS and answers in the place of pong',
      ],
      test: 'The key that tentacle-pong prints on that machine: the one that signed, or the one that was given.',
    },
    example: {
      symptom: exampleSymptom('rpc', 'OTHER_PONG_KEY'),
      facts: {
        ...EXAMPLE,
        attested: { result: 'wrong-key', publicKey: 'D'.repeat(64), expectedKey: KEY, differences: [] },
      },
    },
  }),
  row({
    id: 'trust.attestation-not-valid',
    stage: 'trust',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'ATTESTATION_NOT_VALID',
    title: 'What came as an attestation is none',
    means: ({ facts }) =>
      `${peer(facts)} was asked to sign what it sees of the connection, and ${facts.attested?.why === 'other-nonce' ? 'gave the answer to another question' : facts.attested?.why === 'garbled' ? 'signed what is no statement' : 'gave a signature that does not fit'}. A pong does not do that.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Look on that machine which version of tentacle-pong runs, and take the same one at both ends.',
        windows: 'tentacle-pong --version',
        linux: 'tentacle-pong --version',
      },
      { who: 'network-team', action: 'Look for something on the way that ends TLS and answers in the place of pong.' },
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'something on the way ends TLS, and changes or makes up the answer',
        'what answers there is another program, or a version with a fault',
      ],
      test: 'tentacle-ping localhost on the machine of the pong: valid there means something on the way.',
    },
    example: {
      symptom: exampleSymptom('rpc', 'ATTESTATION_NOT_VALID'),
      facts: { ...EXAMPLE, attested: { result: 'not-valid', why: 'bad-signature', publicKey: KEY } },
    },
  }),
  row({
    id: 'trust.no-attestation',
    stage: 'trust',
    shownAt: ['rpc'],
    when: ({ symptom }) => symptom.code === 'NO_ATTESTATION',
    title: '--pong-key asks for an attestation, and none came',
    means: ({ facts }) =>
      `${peer(facts)} was to sign what it sees of the connection, and ${whyNone(facts.attested ?? { result: 'none' })}. So nothing is known of who ends TLS there.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'Look on that machine whether tentacle-pong runs there, not the Tentacle itself, which cannot attest, and which version.',
        windows: 'tentacle-pong --version',
        linux: 'tentacle-pong --version',
      },
      {
        who: 'you',
        action: 'If that is as it should be: run again. If it stays so: something on the way takes the question away.',
      },
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'a Tentacle, an older pong or a busy one answers there',
        'something on the way ends TLS and takes the question away',
      ],
      test: 'tentacle-ping localhost --pong-key on the machine of the pong: an attestation there means something on the way.',
    },
    example: {
      symptom: exampleSymptom('rpc', 'NO_ATTESTATION'),
      facts: { ...EXAMPLE, attested: { result: 'none', why: 'not-offered', expectedKey: KEY } },
    },
  }),
];

/** What is proved of the TLS session. */
export function sessionWords(attestation: Attested): string {
  const { result, publicKey = '', expectedKey } = attestation;
  switch (result) {
    case 'one-session':
      return expectedKey === undefined
        ? `one session from here to the holder of the key ${publicKey}, which is trusted at first sight: whether it is pong's, what pong printed tells, or --pong-key`
        : 'one session from here to pong, attested by the key of --pong-key';
    case 'not-one-session':
      return `NOT one session: pong (key ${publicKey}) attests another one than ours`;
    case 'wrong-key':
      return `attested by another key than that of --pong-key: ${publicKey}`;
    case 'not-valid':
      return 'what came as an attestation is none';
    case 'none':
      return `whether it is one session is not known: ${NONE[attestation.why ?? 'not-asked'] ?? 'no attestation came'}`;
  }
}

const NONE: Readonly<Partial<Record<NonNullable<Attested['why']>, string>>> = {
  'not-asked': 'no pong was there to ask',
  'not-offered': 'this pong cannot attest (an older one?), or something on the way keeps the question from it',
  'other-form': 'the attestation has a form that this version does not know; take the same version at both ends',
  refused: 'pong would not attest just now; run again in a moment',
};

/** Whose addresses are others there than here: information, and no fault. */
export function translationWords({ translated = [], statement }: Attested): string | undefined {
  if (statement === undefined || translated.length === 0) return undefined;
  const { clientAddress, clientPort, pongAddress, pongPort } = statement;
  const client = `pong sees us as ${clientAddress} port ${clientPort}`;
  const pong = `the connection comes to it at ${pongAddress} port ${pongPort}`;
  const passes = 'TLS passes through it whole';
  if (!translated.includes('pong')) return `a NAT is on the way, ${passes}: ${client}`;
  if (!translated.includes('client')) return `a port forward (destination NAT) is on the way, ${passes}: ${pong}`;
  return `a relay of TCP (load balancer, port forward) or a NAT is on the way, ${passes}: ${client}, and ${pong}`;
}
