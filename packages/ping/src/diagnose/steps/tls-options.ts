import type { SecureContextOptions } from 'node:tls';
import { connectorContext } from 'tentacle-protocol';
import { formatDuration } from 'tentacle-protocol/cli';
import { failureOf, type Observation, type ErrorSignature } from 'tentacle-protocol/diagnostics';
import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, type RemainingCauses, skipped, type StepResult } from '../diagnosis-context.js';

/** One TLS parameter that is offered to the peer on its own. */
interface TlsOption {
  readonly name: string;
  /** The peer must accept at least one required option of each kind. */
  readonly kind: 'version' | 'suite' | 'group' | 'signature';
  /** Whether Octopus's published minimum lists it. */
  readonly required: boolean;
  readonly options: SecureContextOptions;
}

const TLS12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const TLS13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
/** OpenSSL offers outdated parameters only below its default security level; nothing is sent over such a connection. */
const WEAK = 'ALL:@SECLEVEL=0';

const OPTIONS: readonly TlsOption[] = [
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
    name: 'AES128/256-SHA (outdated suites without forward secrecy)',
    kind: 'suite',
    required: false,
    options: { ...TLS12, ciphers: 'AES128-SHA:AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:@SECLEVEL=0' },
  },
  {
    name: 'ECDHE-RSA-AES128/256-SHA (outdated suites)',
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
    name: 'rsa_pkcs1_sha1 (outdated)',
    kind: 'signature',
    required: false,
    options: { ...TLS12, sigalgs: 'RSA+SHA1', ciphers: WEAK },
  },
];

/** Time-out for one option: the full handshake before it completed or was answered within the run's own time-out. */
const OPTION_TIMEOUT_US = 5_000_000;

/** With slower handshakes this step would take longer than all other steps together. */
const TOO_SLOW_US = 2_000_000;

/** Whether the code means that the peer rejected the option; any other code is a failure of the network. */
function isRejection({ code }: ErrorSignature): boolean {
  return code.startsWith('ERR_SSL_') || code === 'TLS_CLOSED' || code === 'ECONNRESET';
}

/**
 * Offers each TLS option on its own and compares what the peer accepts with what Octopus requires. This takes about
 * twenty handshakes, one after the other, with no application data.
 */
export async function testTlsOptions(context: DiagnosisContext): Promise<StepResult> {
  const { address } = context;
  if (address === undefined) return skipped(context.unreachableReason);
  if (!hasAnsweredTls(context)) return skipped('the peer sent no TLS reply');
  const [handshakeUs = 0] = context.durations.tls;
  if (handshakeUs >= TOO_SLOW_US)
    return skipped(`one handshake takes ${formatDuration(handshakeUs)}; ${OPTIONS.length} more would take minutes`);
  const accepted: string[] = [];
  const rejected: string[] = [];
  const unclear: string[] = [];
  let refusal: Observation | undefined;
  for (const option of OPTIONS) {
    if (context.signal.aborted) break;
    const { result, observation } = await offer(context, address, option);
    if (observation !== undefined && failureOf(observation).id === 'tls.client-certificate-refused')
      refusal = observation;
    (result === 'accepted' ? accepted : result === 'rejected' ? rejected : unclear).push(option.name);
  }
  const evidence = { taken: accepted, refused: rejected, unclear };
  // In TLS 1.3 this alert follows the handshake and may be lost, because the peer closes while the client still sends.
  if (refusal !== undefined) {
    const title = 'the peer rejects your certificate with an alert';
    const seen = ['It sends the alert where only TLS 1.2 is offered.'];
    return { status: 'problem', title, details: seen, evidence, observation: refusal, isRootCause: true };
  }
  const lacking = lackingKinds(accepted);
  // Most other options are offered with TLS 1.2 or 1.3: where neither is accepted, their rejection shows nothing.
  const isUntested = lacking.includes('version') && accepted.length > 0;
  const shown = isUntested ? rejected.filter(isVersion) : rejected;
  const details = [
    ...(accepted.length === 0 ? [] : [`Accepted: ${accepted.join(', ')}`]),
    ...(shown.length === 0 ? [] : [`Rejected: ${shown.join(', ')}`]),
    ...(unclear.length === 0 ? [] : [`No answer: ${unclear.join(', ')}`]),
  ];
  analyzeRejections(context, accepted, lacking);
  const [old] = OPTIONS.filter(({ name }) => oldVersions(accepted).includes(name));
  // For the page, which is requested as a browser would: without a client certificate.
  if (old !== undefined && context.tls === undefined) context.outdatedTlsContext = connectorContext(old.options);
  if (lacking.length > 0 && accepted.length > 0) {
    // Where no handshake works, the verdict reports it and no warning is needed.
    if (context.tls !== undefined) context.warn('tls.below-minimum', { lacking });
    const kinds = PARAMETER_KINDS.flatMap(({ kind, name }) => (lacking.includes(kind) ? name : []));
    const [name = '', ...others] = [...(lacking.includes('version') ? ['TLS version'] : []), ...kinds];
    const more = others.map((other) => `It accepts no ${other} that Octopus requires either.`);
    const title = `accepts no ${name} that Octopus requires`;
    return { status: 'warning', title, details: [...more, ...details], evidence };
  }
  if (accepted.length === 0)
    return { status: 'unknown', title: 'the peer accepts none of the offered options', details, evidence };
  warnAboutOutdatedOptions(context, accepted);
  const required = OPTIONS.filter((option) => option.required).length;
  const title = `meets the requirements of Octopus (${accepted.filter(isRequired).length} of ${required} options)`;
  return { status: 'ok', title, details, evidence };
}

/** Whether the peer replied in TLS: it completed a handshake or sent an alert. */
function hasAnsweredTls(context: DiagnosisContext): boolean {
  if (context.handshakes.length > 0) return true;
  return context.problems.some(
    ({ observation: { signature } }) =>
      signature.code.startsWith('ERR_SSL_') && signature.code !== 'ERR_SSL_WRONG_VERSION_NUMBER',
  );
}

/** The peer's reaction to one option. */
interface OptionResult {
  readonly result: 'accepted' | 'rejected' | 'unclear';
  readonly observation?: Observation;
}

async function offer(context: DiagnosisContext, address: string, option: TlsOption): Promise<OptionResult> {
  const secureContext = connectorContext({ ...context.identity.secureContextOptions, ...option.options });
  const probe = await probeConnection(context, {
    address,
    secureContext,
    acceptAnyCertificate: true,
    timeoutUs: OPTION_TIMEOUT_US,
  });
  if (probe.ok) {
    probe.channel.close();
    return { result: 'accepted' };
  }
  const { observation } = probe;
  return { result: isRejection(observation.signature) ? 'rejected' : 'unclear', observation };
}

function isRequired(name: string): boolean {
  return OPTIONS.some((option) => option.name === name && option.required);
}

function isVersion(name: string): boolean {
  return OPTIONS.some((option) => option.name === name && option.kind === 'version');
}

/** Returns the kinds of which the peer accepts no required option. Without a version, the other kinds are not tested. */
function lackingKinds(accepted: readonly string[]): string[] {
  const kinds = [...new Set(OPTIONS.map(({ kind }) => kind))];
  const lacking = kinds.filter(
    (kind) => !OPTIONS.some((option) => option.kind === kind && option.required && accepted.includes(option.name)),
  );
  return lacking.includes('version') && accepted.length > 0 ? ['version'] : lacking;
}

/** Confirms or narrows the cause of a failed handshake from the options that the peer accepts. */
function analyzeRejections(context: DiagnosisContext, accepted: readonly string[], lacking: readonly string[]): void {
  const old = oldVersions(accepted);
  if (lacking.includes('version')) {
    if (old.length > 0) {
      context.onlyOldTlsVersions = old;
      context.confirmedCauses.set('tls.version', `The peer accepts ${old.join(' and ')}, and neither TLS 1.2 nor 1.3.`);
    } else context.remainingCauses.set('tls.version', NO_VERSION_ACCEPTED);
  }
  const kinds = PARAMETER_KINDS.filter(({ kind }) => lacking.includes(kind));
  if (kinds.length === 0) return;
  // An accepted outdated or rare option shows which kind has no common option; the other kinds fail along with it.
  const causes = kinds.filter(({ kind }) =>
    OPTIONS.some((option) => option.kind === kind && accepted.includes(option.name)),
  );
  const list = accepted.length === 0 ? 'nothing' : accepted.join(', ');
  const [cause] = causes;
  if (causes.length === 1 && cause !== undefined) {
    context.confirmedCauses.set(
      'tls.no-common-parameters',
      `The ${cause.name} is the cause: of single options the peer accepts ${list}, and no ${cause.name} that Octopus requires.`,
    );
  } else {
    const names = kinds.map(({ name }) => name);
    context.remainingCauses.set('tls.no-common-parameters', {
      explanation:
        accepted.length === 0
          ? 'The peer accepts none of the versions, cipher suites, groups and signature algorithms that this tool can offer, old or new. Which of them it lacks is unknown.'
          : `Of single options the peer accepts ${list}; of what Octopus requires it accepts no ${names.join(', no ')}.`,
    });
  }
}

const PARAMETER_KINDS = [
  { kind: 'suite', name: 'cipher suite' },
  { kind: 'group', name: 'group (curve)' },
  { kind: 'signature', name: 'signature algorithm' },
] as const;

/** What is known about a peer that rejects every version. */
const NO_VERSION_ACCEPTED: RemainingCauses = {
  explanation:
    'The peer accepts no version from TLS 1.0 to 1.3, so the cause is not a version that this tool does not offer.',
  left: {
    causes: [
      'the peer cannot use its own certificate: a 1024-bit RSA key under OpenSSL 3 has exactly this effect',
      'a policy on its host disables every TLS version',
    ],
    test: "On the Tentacle's host, check the key size of its certificate. Or run tentacle-pong there, which has its own certificate, and ping it.",
  },
};

function oldVersions(accepted: readonly string[]): string[] {
  return accepted.filter((name) => name === 'TLSv1' || name === 'TLSv1.1');
}

function warnAboutOutdatedOptions(context: DiagnosisContext, accepted: readonly string[]): void {
  const old = oldVersions(accepted);
  if (old.length > 0) context.warn('tls.old-versions', { versions: old });
  if (!accepted.includes('secp256r1')) context.warn('tls.group');
}
