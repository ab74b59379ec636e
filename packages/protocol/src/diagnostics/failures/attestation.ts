import type { ConnectionFacts } from '../../trace.js';
import type { AttestationResult } from '../../identity/attestation.js';
import { sanitizeText } from '../../http/http-response.js';
import type { Ends } from '../ends.js';
import { EXAMPLE_FACTS, exampleSignature, defineFailure, type Observation } from '../failure-definition.js';
import { counted, peerName } from '../wording.js';
import { sameCommand } from '../product-commands.js';
import { type Step } from '../step.js';

/** Returns the code of an attestation that failed; undefined where it succeeded, or none was needed. */
function codeOf({ result, expectedKey }: AttestationResult): string | undefined {
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
 * Returns a failed attestation as an observation; undefined where it succeeded, or none was needed.
 * @param facts of the connection that was attested.
 */
export function observeAttestation(attested: AttestationResult, facts: ConnectionFacts): Observation | undefined {
  const code = codeOf(attested);
  if (code === undefined) return undefined;
  const signature = { shownAt: 'rpc', code, elapsedUs: 0, received: Buffer.alloc(0), receivedBytes: 0 } as const;
  return { signature, facts: { ...facts, attested } };
}

const EXAMPLE: ConnectionFacts = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) };
const KEY = 'C'.repeat(64);

const showKey = ({ there }: Ends): Step => ({
  who: there.administrator,
  action:
    'Start tentacle-pong on that machine, under the same account as before, and read the key that it prints. The key is stored in attestation-key.pem in its configuration folder. Without that folder, the key changes with each run, and tentacle-pong reports that.',
  ...sameCommand('tentacle-pong --port 10934'),
});

/** The reason for a missing attestation, after "the peer". */
function whyNone({ why, reason, tries = 1 }: AttestationResult): string {
  switch (why) {
    case 'busy':
      return `answered ${counted(tries, 'request')} with "${sanitizeText(reason ?? '')}": other clients with the same address request attestations too`;
    case 'refused':
      return `answered "${sanitizeText(reason ?? '')}"`;
    case 'other-form':
      return 'answered in a format that this version of tentacle-ping does not know';
    case 'not-offered':
      return 'does not offer one';
    default:
      return 'was not asked, because no round trip to a tentacle-pong completed';
  }
}

const runAgain: Step = {
  who: 'you',
  action:
    'Run again shortly. If several runs of a script start at once on one machine, or behind one NAT, start them some seconds apart.',
};

/** What was returned in place of a valid attestation. */
function whatIsInvalid(why: AttestationResult['why']): string {
  if (why === 'other-nonce') return 'the answer to another request';
  return why === 'garbled' ? 'a signed text that is not a valid statement' : 'a signature that does not match';
}

/** Failures of attestation, most of which can only happen with --pong-key. */
export const attestationFailures = [
  defineFailure({
    id: 'attestation.wrong-key',
    stage: 'attestation',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'OTHER_PONG_KEY',
    title: 'Attestation signed with a key other than --pong-key',
    explanation: ({ facts }) =>
      `${peerName(facts)} signed with the key ${facts.attested?.publicKey ?? 'unknown'}, but --pong-key is ${facts.attested?.expectedKey ?? 'another one'}.${facts.attested?.differences?.length === 0 ? '' : ' The signed view of the connection also differs from the one seen here.'} The peer is therefore not known to be the intended tentacle-pong.`,
    remediation: (_facts, ends) => [
      showKey(ends),
      {
        who: 'you',
        action: 'If it prints the key that signed, this is the intended tentacle-pong: run again with that key.',
      },
      {
        who: 'network-team',
        action:
          'If it prints the key of --pong-key, a device in between answers in its place: find the device that terminates TLS.',
      },
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'that tentacle-pong has another key: another account or machine, a new installation, or a run without a configuration folder',
        'a device in between terminates TLS and answers in place of tentacle-pong',
      ],
      howToTell:
        'Compare the key that tentacle-pong prints on that machine with the one that signed and the one of --pong-key.',
    },
    example: {
      signature: exampleSignature('rpc', 'OTHER_PONG_KEY'),
      facts: {
        ...EXAMPLE,
        attested: { result: 'wrong-key', publicKey: 'D'.repeat(64), expectedKey: KEY, differences: [] },
      },
    },
  }),
  defineFailure({
    id: 'attestation.invalid',
    stage: 'attestation',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'ATTESTATION_NOT_VALID',
    title: 'Invalid attestation',
    explanation: ({ facts }) =>
      `${peerName(facts)} was asked to sign its view of the connection, and returned ${whatIsInvalid(facts.attested?.why)}. tentacle-pong does not do that.`,
    remediation: (_facts, { there }) => [
      {
        who: there.administrator,
        action: 'Check which version of tentacle-pong runs on that machine, and use the same version at both ends.',
        ...sameCommand('tentacle-pong --version'),
      },
      {
        who: 'network-team',
        action: 'Check for a device in between that terminates TLS and answers in place of tentacle-pong.',
      },
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a device in between terminates TLS, and changes or forges the answer',
        'the peer is another program, or a faulty version',
      ],
      howToTell:
        'Run tentacle-ping localhost on the machine of tentacle-pong. A valid attestation there means a device in between.',
    },
    example: {
      signature: exampleSignature('rpc', 'ATTESTATION_NOT_VALID'),
      facts: { ...EXAMPLE, attested: { result: 'not-valid', why: 'bad-signature', publicKey: KEY } },
    },
  }),
  defineFailure({
    id: 'attestation.missing',
    stage: 'attestation',
    shownAt: ['rpc'],
    matches: ({ signature }) => signature.code === 'NO_ATTESTATION',
    title: 'No attestation, although --pong-key requires one',
    explanation: ({ facts }) =>
      `An attestation was required, but ${peerName(facts)} ${whyNone(facts.attested ?? { result: 'none' })}. It is therefore unknown which machine terminates TLS.`,
    remediation: ({ attested }, { there }) => [
      ...(attested?.why === 'busy' ? [runAgain] : []),
      {
        who: there.administrator,
        action:
          'Check whether tentacle-pong runs on that machine, and which version. The Tentacle itself cannot attest.',
        ...sameCommand('tentacle-pong --version'),
      },
      {
        who: 'you',
        action:
          'If both are as intended, run again. If there is still no attestation, a device in between removes the request for it.',
      },
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the peer is a Tentacle, an older tentacle-pong or a busy one',
        'a device in between terminates TLS and removes the request for an attestation',
      ],
      howToTell:
        'Run tentacle-ping localhost --pong-key on the machine of tentacle-pong. An attestation there means a device in between.',
    },
    example: {
      signature: exampleSignature('rpc', 'NO_ATTESTATION'),
      facts: { ...EXAMPLE, attested: { result: 'none', why: 'not-offered', expectedKey: KEY } },
    },
  }),
];

/** Describes what is proven about the TLS session. */
export function describeSession(attestation: AttestationResult): string {
  const { result, publicKey = '', expectedKey } = attestation;
  switch (result) {
    case 'one-session':
      return expectedKey === undefined
        ? `TLS is end to end with the holder of key ${publicKey}. The key was trusted on first use; compare it with the key tentacle-pong printed, or pin it with --pong-key`
        : 'TLS is end to end with tentacle-pong, attested with the key of --pong-key';
    case 'not-one-session':
      return `TLS is NOT end to end: tentacle-pong (key ${publicKey}) attests another session`;
    case 'wrong-key':
      return `attested with a key other than --pong-key: ${publicKey}`;
    case 'not-valid':
      return 'the attestation is invalid';
    case 'none':
      return `it is unknown whether TLS is end to end: ${NONE[attestation.why ?? 'not-asked'] ?? 'no attestation was received'}`;
  }
}

const NONE: Readonly<Partial<Record<NonNullable<AttestationResult['why']>, string>>> = {
  'not-asked': 'the peer is not tentacle-pong',
  'not-offered': 'this tentacle-pong cannot attest (an older version?), or a device in between removes the request',
  'other-form': 'this version does not know the format of the attestation; use the same version at both ends',
  busy: 'tentacle-pong attests too many other connections of this address at the moment; run again shortly',
  refused: 'tentacle-pong declined to attest at the moment; run again shortly',
};

/** Describes which addresses differ between the two ends: information, not a fault. */
export function describeNat({ translated = [], statement }: AttestationResult): string | undefined {
  if (statement === undefined || translated.length === 0) return undefined;
  const { clientAddress, clientPort, pongAddress, pongPort } = statement;
  const client = `tentacle-pong sees this machine as ${clientAddress} port ${clientPort}`;
  const pong = `the connection reaches it at ${pongAddress} port ${pongPort}`;
  const passes = 'which passes TLS through unchanged';
  if (!translated.includes('pong')) return `there is a NAT in between, ${passes}: ${client}`;
  if (!translated.includes('client')) return `there is a port forward (destination NAT) in between, ${passes}: ${pong}`;
  return `there is a TCP relay (load balancer, port forward) or a NAT in between, ${passes}: ${client}, and ${pong}`;
}
