import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { failureOf, type Sighting, type Symptom } from 'tentacle-protocol';
import { contact } from '../contact.js';
import { type Finding, type Inquiry, type Narrowed, skipped } from '../inquiry.js';

/** One thing that a peer may take or not, offered alone. */
interface Offer {
  readonly name: string;
  /** What Octopus's published minimum says of it: one of each kind that is required must be taken. */
  readonly kind: 'version' | 'suite' | 'group' | 'signature';
  readonly required: boolean;
  readonly options: SecureContextOptions;
}

const TLS12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const TLS13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
/** OpenSSL offers what is old only below its usual level of security; nothing is sent over such a connection. */
const WEAK = 'ALL:@SECLEVEL=0';

const OFFERS: readonly Offer[] = [
  {
    name: 'TLSv1',
    kind: 'version',
    required: false,
    options: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: WEAK },
  },
  {
    name: 'TLSv1.1',
    kind: 'version',
    required: false,
    options: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: WEAK },
  },
  { name: 'TLSv1.2', kind: 'version', required: true, options: { ...TLS12, ciphers: WEAK } },
  { name: 'TLSv1.3', kind: 'version', required: true, options: TLS13 },
  {
    name: 'ECDHE-RSA-AES128-GCM-SHA256',
    kind: 'suite',
    required: true,
    options: { ...TLS12, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
  },
  {
    name: 'ECDHE-RSA-AES256-GCM-SHA384',
    kind: 'suite',
    required: true,
    options: { ...TLS12, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
  },
  {
    name: 'TLS_AES_128_GCM_SHA256',
    kind: 'suite',
    required: true,
    options: { ...TLS13, ciphers: 'TLS_AES_128_GCM_SHA256' },
  },
  {
    name: 'TLS_AES_256_GCM_SHA384',
    kind: 'suite',
    required: true,
    options: { ...TLS13, ciphers: 'TLS_AES_256_GCM_SHA384' },
  },
  {
    name: 'TLS_CHACHA20_POLY1305_SHA256',
    kind: 'suite',
    required: true,
    options: { ...TLS13, ciphers: 'TLS_CHACHA20_POLY1305_SHA256' },
  },
  {
    name: 'AES128/256-SHA (old suites without forward secrecy)',
    kind: 'suite',
    required: false,
    options: { ...TLS12, ciphers: 'AES128-SHA:AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:@SECLEVEL=0' },
  },
  {
    name: 'ECDHE-RSA-AES128/256-SHA (old suites)',
    kind: 'suite',
    required: false,
    options: {
      ...TLS12,
      ciphers: 'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:@SECLEVEL=0',
    },
  },
  {
    name: 'DHE-RSA-AES-GCM (without curves)',
    kind: 'suite',
    required: false,
    options: { ...TLS12, ciphers: 'DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384' },
  },
  { name: 'secp256r1', kind: 'group', required: true, options: { ecdhCurve: 'P-256' } },
  { name: 'secp384r1', kind: 'group', required: true, options: { ecdhCurve: 'P-384' } },
  { name: 'x25519', kind: 'group', required: true, options: { ecdhCurve: 'X25519' } },
  { name: 'x448 or secp521r1', kind: 'group', required: false, options: { ecdhCurve: 'X448:P-521' } },
  {
    name: 'brainpool curves',
    kind: 'group',
    required: false,
    options: { ...TLS12, ecdhCurve: 'brainpoolP256r1:brainpoolP384r1:brainpoolP512r1' },
  },
  { name: 'rsa_pkcs1_sha256', kind: 'signature', required: true, options: { ...TLS12, sigalgs: 'rsa_pkcs1_sha256' } },
  { name: 'rsa_pss_rsae_sha256', kind: 'signature', required: true, options: { sigalgs: 'rsa_pss_rsae_sha256' } },
  {
    name: 'rsa_pkcs1_sha1 (old)',
    kind: 'signature',
    required: false,
    options: { ...TLS12, sigalgs: 'RSA+SHA1', ciphers: WEAK },
  },
];

/** How long one offer may take: the full handshake worked or was answered within the run's own time-out before. */
const OFFER_TIMEOUT_US = 5_000_000;

/** From here on the offers would take longer than all other steps together. */
const TOO_SLOW_US = 2_000_000;

/** Codes by which a peer says no to an offer; anything else is a failure of the way, and tells nothing. */
function isRefusal({ code }: Symptom): boolean {
  return code.startsWith('ERR_SSL_') || code === 'TLS_CLOSED' || code === 'ECONNRESET';
}

/**
 * What the peer takes of TLS, each thing offered alone, against what Octopus requires. Some twenty handshakes, one
 * after the other, without a byte inside.
 */
export async function tlsOffers(inquiry: Inquiry): Promise<Finding> {
  const { address } = inquiry;
  if (address === undefined) return skipped(inquiry.noWay);
  if (!answersTls(inquiry)) return skipped('nothing there answered in TLS, so there is nothing to ask it');
  const [handshakeUs = 0] = inquiry.times.tls;
  if (handshakeUs >= TOO_SLOW_US)
    return skipped(
      `one handshake takes ${Math.round(handshakeUs / 1000)} ms; ${OFFERS.length} more would take minutes`,
    );
  const taken: string[] = [];
  const refused: string[] = [];
  const unclear: string[] = [];
  let refusal: Sighting | undefined;
  for (const offer of OFFERS) {
    if (inquiry.signal.aborted) break;
    const { answer, sighting } = await ask(inquiry, address, offer);
    if (sighting !== undefined && failureOf(sighting).id === 'tls.client-certificate-refused') refusal = sighting;
    (answer === 'taken' ? taken : answer === 'refused' ? refused : unclear).push(offer.name);
  }
  const evidence = { taken, refused, unclear };
  // In TLS 1.3 this alert comes after the handshake and may be lost, for the peer closes while our words are under way.
  if (refusal !== undefined) {
    const title = 'offered TLS 1.2 alone, the peer refuses our certificate by an alert';
    return { status: 'problem', title, evidence, sighting: refusal, isCause: true };
  }
  const lacking = lackingKinds(taken);
  settle(inquiry, taken, lacking);
  const [old] = OFFERS.filter(({ name }) => oldVersions(taken).includes(name));
  // As a browser asks, so without our certificate.
  if (old !== undefined && inquiry.tls === undefined) inquiry.oldContext = createSecureContext(old.options);
  if (lacking.length > 0 && taken.length > 0) {
    // Where nothing works, that is the problem itself.
    if (inquiry.tls !== undefined) inquiry.warn('tls.below-minimum', { lacking });
    return { status: 'warning', title: `takes ${taken.join(', ')}; lacks a required ${lacking.join(', ')}`, evidence };
  }
  if (taken.length === 0) return { status: 'unknown', title: 'takes nothing of what was offered', evidence };
  warnOfOld(inquiry, taken);
  return { status: 'ok', title: `meets what Octopus requires: ${taken.filter(isRequired).join(', ')}`, evidence };
}

/** Whether anything in TLS came back: a handshake, or an alert. */
function answersTls(inquiry: Inquiry): boolean {
  if (inquiry.handshakes.length > 0) return true;
  return inquiry.problems.some(
    ({ sighting }) =>
      sighting.symptom.code.startsWith('ERR_SSL_') && sighting.symptom.code !== 'ERR_SSL_WRONG_VERSION_NUMBER',
  );
}

/** What a peer made of one offer. */
interface Answer {
  readonly answer: 'taken' | 'refused' | 'unclear';
  readonly sighting?: Sighting;
}

async function ask(inquiry: Inquiry, address: string, offer: Offer): Promise<Answer> {
  const secureContext = createSecureContext({ ...inquiry.identity.secureContextOptions, ...offer.options });
  const made = await contact(inquiry, { address, secureContext, anyCertificate: true, timeoutUs: OFFER_TIMEOUT_US });
  if (made.ok) {
    made.channel.close();
    return { answer: 'taken' };
  }
  const { sighting } = made;
  return { answer: isRefusal(sighting.symptom) ? 'refused' : 'unclear', sighting };
}

function isRequired(name: string): boolean {
  return OFFERS.some((offer) => offer.name === name && offer.required);
}

/** The kinds of which not one required thing is taken. */
function lackingKinds(taken: readonly string[]): string[] {
  const kinds = [...new Set(OFFERS.map(({ kind }) => kind))];
  return kinds.filter(
    (kind) => !OFFERS.some((offer) => offer.kind === kind && offer.required && taken.includes(offer.name)),
  );
}

/** The cause of a refused handshake, where the offers tell it: that test is what separates the causes. */
function settle(inquiry: Inquiry, taken: readonly string[], lacking: readonly string[]): void {
  const old = oldVersions(taken);
  if (lacking.includes('version')) {
    if (old.length > 0)
      inquiry.settled.set('tls.version', `The peer takes ${old.join(' and ')} and neither TLS 1.2 nor 1.3.`);
    else inquiry.narrowed.set('tls.version', NO_VERSION_AT_ALL);
  }
  const kinds = KINDS_OF_PARAMETERS.filter((kind) => lacking.includes(kind.kind));
  if (kinds.length === 0) return;
  // What is taken of the old or the rare says which kind it is that is not shared: the others fail with it.
  const causes = kinds.filter(({ kind }) => OFFERS.some((offer) => offer.kind === kind && taken.includes(offer.name)));
  const list = taken.length === 0 ? 'nothing' : taken.join(', ');
  const [cause] = causes;
  if (causes.length === 1 && cause !== undefined) {
    inquiry.settled.set(
      'tls.no-shared',
      `It is the ${cause.words}: offered alone, the peer takes ${list}, and of what Octopus requires no ${cause.words}.`,
    );
  } else {
    const lack = kinds.map(({ words }) => words);
    inquiry.narrowed.set('tls.no-shared', {
      says:
        taken.length === 0
          ? 'Offered alone, it takes none of the versions, suites, groups and signature algorithms of this tool, old or new: which of them it lacks cannot be told from here.'
          : `Offered alone, the peer takes ${list}; of what Octopus requires no ${lack.join(', no ')}.`,
    });
  }
}

const KINDS_OF_PARAMETERS = [
  { kind: 'suite', words: 'cipher suite' },
  { kind: 'group', words: 'group (curve)' },
  { kind: 'signature', words: 'signature algorithm' },
] as const;

/** What is known of a peer that refuses each version alone, and no more. */
const NO_VERSION_AT_ALL: Narrowed = {
  says: 'Offered alone, it takes no version from TLS 1.0 to 1.3, so no version that is missing here is the cause.',
  left: {
    causes: [
      'the peer cannot use its own certificate: RSA keys of 1024 bits under OpenSSL 3 look exactly like this',
      'a policy on its host that switches off every version of TLS',
    ],
    test: "On the Tentacle's host, look at the key size of its certificate; or ping tentacle-pong there, which has a certificate of its own.",
  },
};

function oldVersions(taken: readonly string[]): string[] {
  return taken.filter((name) => name === 'TLSv1' || name === 'TLSv1.1');
}

function warnOfOld(inquiry: Inquiry, taken: readonly string[]): void {
  const old = oldVersions(taken);
  if (old.length > 0) inquiry.warn('tls.old-versions', { versions: old });
  if (!taken.includes('secp256r1')) inquiry.warn('tls.group');
}
