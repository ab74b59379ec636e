import { sanitizeText } from '../../http/http-response.js';
import type { CertificateFacts } from '../../identity/certificate.js';
import type { WebCertificateFault, WebCertificateJudgment } from '../../identity/web-certificate.js';
import type { ConnectionFacts } from '../../trace.js';
import { conclusiveUnless, defineFailure, EXAMPLE_FACTS, exampleSignature } from '../failure-definition.js';
import type { Step } from '../step.js';
import { hostAndPort, peerName } from '../wording.js';

/** The code of an observation that a fault of a web certificate caused. */
export function webCertificateCode({ kind }: WebCertificateFault): string {
  return `WEB_${kind.toUpperCase().replaceAll('-', '_')}`;
}

type Kind = WebCertificateFault['kind'];

/** Whether a requested name is an IPv4 or IPv6 address: no host name is all digits, or has a colon. */
const isAddress = (name: string): boolean => /^[\d.]+$|:/.test(name);

/** The judgment, with empty fields where an example has none. */
function judgmentOf({ webCertificate }: ConnectionFacts): WebCertificateJudgment {
  return webCertificate ?? EXAMPLE_JUDGMENT;
}

/** The fault of one kind. */
function faultOf<K extends Kind>(
  facts: ConnectionFacts,
  kind: K,
): Extract<WebCertificateFault, { kind: K }> | undefined {
  const fault = judgmentOf(facts).faults.find((one) => one.kind === kind);
  return fault as Extract<WebCertificateFault, { kind: K }> | undefined;
}

/** The server's own certificate. */
function leafOf(facts: ConnectionFacts): CertificateFacts | undefined {
  return judgmentOf(facts).chain[0];
}

/** The certificate with a fault: the server's own, or one of its issuers. */
function describeMember(facts: ConnectionFacts, certificate: CertificateFacts | undefined): string {
  if (certificate === undefined || certificate.thumbprint === leafOf(facts)?.thumbprint) return 'the certificate';
  return `the issuing certificate ${sanitizeText(certificate.subject)}`;
}

/** Shows what .NET on Windows, and OpenSSL on Linux, find wrong: each fault has a word of its own there. */
function verifyHere(facts: ConnectionFacts): Step {
  const { host, port } = facts;
  const { requestedName } = judgmentOf(facts);
  const check = isAddress(requestedName) ? '-verify_ip' : `-servername ${requestedName} -verify_hostname`;
  return {
    who: 'you',
    action:
      'Verify the certificate with the stores of this machine. Windows prints UntrustedRoot, PartialChain, NotTimeValid or RemoteCertificateNameMismatch; OpenSSL prints "verify error".',
    windows: [
      `$tcp = New-Object Net.Sockets.TcpClient('${host}', ${port})`,
      '$show = [Net.Security.RemoteCertificateValidationCallback] { $args[3] | Out-Host; $args[2].ChainStatus | Out-Host; $true }',
      '$tls = New-Object Net.Security.SslStream($tcp.GetStream(), $false, $show)',
      `$tls.AuthenticateAsClient('${requestedName}', (New-Object Security.Cryptography.X509Certificates.X509CertificateCollection), 'Tls12', $false)`,
    ].join('\n'),
    linux: `echo | openssl s_client -connect ${hostAndPort(facts)} ${check} ${requestedName} -showcerts`,
  };
}

/** Lets this machine trust an authority. */
function trustAuthority(condition: string): Step {
  return {
    who: 'you',
    action: `${condition}, install the authority's root certificate on each machine that connects. On RHEL, use /etc/pki/ca-trust/source/anchors and update-ca-trust; for the Kubernetes agent, the Helm value agent.serverCertificate.`,
    windows: 'Import-Certificate -FilePath ROOT.cer -CertStoreLocation Cert:\\LocalMachine\\Root',
    linux: 'sudo cp ROOT.crt /usr/local/share/ca-certificates/\nsudo update-ca-certificates',
  };
}

/** Replaces the web server's certificate. */
function replaceCertificate(what: string): Step {
  return {
    who: 'server-admin',
    action: `${what} For the web portal of Octopus, bind it in Octopus Server Manager (Web bindings), or on the load balancer in front of it. The Halibut certificates of Octopus and Tentacles need no change.`,
  };
}

const exemptHost: Step = {
  who: 'network-team',
  action:
    'Exempt this host from TLS inspection. Halibut connections cannot work through inspection, because Octopus compares thumbprints.',
};

const checkClock: Step = {
  who: 'you',
  action: 'Check the clock of this machine.',
  windows: 'w32tm /query /status\nGet-Date',
  linux: 'timedatectl',
};

const EXAMPLE_JUDGMENT: WebCertificateJudgment = {
  requestedName: 'octopus.example',
  names: ['www.example'],
  chain: [],
  issuer: 'CN=Example CA',
  store: "this system's certificate store",
  now: '2026-11-27T12:00:00Z',
  faults: [],
};

const EXAMPLE_CERTIFICATE: CertificateFacts = {
  thumbprint: 'C'.repeat(40),
  subject: 'CN=www.example',
  issuer: 'CN=Example CA',
  selfSigned: false,
  keyType: 'rsa',
  keyBits: 1024,
  signatureAlgorithm: 'sha1WithRSAEncryption',
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: '2026-01-01T00:00:00Z',
  serial: '01',
};

/** An example with one fault. */
function exampleOf(fault: WebCertificateFault) {
  const webCertificate = { ...EXAMPLE_JUDGMENT, chain: [EXAMPLE_CERTIFICATE], faults: [fault] };
  return {
    signature: exampleSignature('trust', webCertificateCode(fault)),
    facts: { ...EXAMPLE_FACTS, host: 'octopus.example', port: 443, webCertificate },
  };
}

/** Names in a sentence; a certificate may have a hundred. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(sanitizeText).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

/** Why names that look alike do not match, where that is known. */
function explainNames({ requestedName, names }: WebCertificateJudgment): string {
  const [first = '', ...rest] = requestedName.split('.');
  if (isAddress(requestedName)) return ' An address matches only if the certificate lists it as an address.';
  const wildcard = names.find((name) => name.startsWith('*.') && requestedName.endsWith(name.slice(1)));
  if (wildcard !== undefined) return ` The wildcard ${sanitizeText(wildcard)} covers one label only.`;
  const full = names.find((name) => rest.length === 0 && name.toLowerCase().startsWith(`${first.toLowerCase()}.`));
  return full === undefined ? '' : ` The full name ${sanitizeText(full)} would match.`;
}

const OF_WEB_CLIENTS =
  'Browsers, registration and other clients of the REST API reject it; Halibut connections do not check this.';

/** The faults for which a web client rejects a server's certificate. Halibut compares thumbprints and ignores all of them. */
export const webCertificateFailures = [
  defineFailure({
    id: 'trust.web-name',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature, facts }) => signature.code === 'WEB_NAME' && faultOf(facts, 'name')?.noNames !== true,
    title: 'The web certificate is for another name',
    explanation: ({ facts }) => {
      const judgment = judgmentOf(facts);
      return `The client asked ${peerName(facts)} for ${judgment.requestedName}. The certificate is for ${listNames(judgment.names)}.${explainNames(judgment)} ${OF_WEB_CLIENTS}`;
    },
    remediation: (facts) => [
      {
        who: 'you',
        action: `If one of these names leads to the same server, use it in the URL: ${listNames(judgmentOf(facts).names)}.`,
      },
      replaceCertificate(
        `If ${judgmentOf(facts).requestedName} is the right name, issue a certificate that includes it (subject alternative name).`,
      ),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateNameMismatch'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('clients use another name than this one in their URL'),
    example: exampleOf({ kind: 'name', noNames: false }),
  }),
  defineFailure({
    id: 'trust.web-no-names',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_NAME',
    title: 'The web certificate lists no host names',
    explanation: ({ facts }) =>
      `The certificate of ${peerName(facts)} has the subject ${sanitizeText(leafOf(facts)?.subject ?? '')} and no subject alternative names. Current clients ignore the subject, so it matches no name. ${OF_WEB_CLIENTS}`,
    remediation: (facts) => [
      replaceCertificate(`Issue a certificate with the subject alternative name ${judgmentOf(facts).requestedName}.`),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateNameMismatch'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('the client accepts a matching common name, as .NET does'),
    example: exampleOf({ kind: 'name', noNames: true }),
  }),
  defineFailure({
    id: 'trust.web-octopus-certificate',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_OCTOPUS',
    title: 'A Halibut certificate of Octopus, not a web certificate',
    explanation: ({ facts }) =>
      `${peerName(facts)} presents ${sanitizeText(leafOf(facts)?.subject ?? '')}, which Octopus creates for Halibut: self-signed, without host names. Web clients always reject it, and Halibut accepts it by its thumbprint. For a Tentacle or a polling port, that is right.`,
    remediation: () => [
      {
        who: 'you',
        action:
          'If you need the web portal or REST API, use its URL. Its port (usually 443) is not the one for Tentacles.',
      },
      replaceCertificate('If this is the port of the web portal, bind a certificate for its name.'),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('an administrator put this certificate into the store of the clients'),
    example: exampleOf({ kind: 'octopus' }),
  }),
  defineFailure({
    id: 'trust.web-self-signed',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_SELF_SIGNED',
    title: 'The web certificate is self-signed',
    explanation: ({ facts }) =>
      `The certificate ${leafOf(facts)?.thumbprint ?? ''} (${sanitizeText(leafOf(facts)?.subject ?? '')}) is its own issuer, and is not in ${judgmentOf(facts).store}. ${OF_WEB_CLIENTS}`,
    remediation: (facts) => [
      replaceCertificate('Bind a certificate of an authority that the clients trust.'),
      trustAuthority('If the certificate is to stay and its thumbprint is the right one'),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('the store of a client contains this certificate'),
    example: exampleOf({ kind: 'self-signed' }),
  }),
  defineFailure({
    id: 'trust.web-inspected',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_INSPECTED',
    title: 'The web certificate is from an inspecting proxy',
    explanation: ({ facts }) =>
      `The certificate is issued by ${sanitizeText(judgmentOf(facts).issuer)}. That is the name of an authority of ${faultOf(facts, 'inspected')?.vendor ?? 'a security product'}, which terminates TLS and issues a certificate of its own.`,
    remediation: (facts) => [exemptHost, trustAuthority('If inspection of web traffic is to stay'), verifyHere(facts)],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('an authority only has a similar name'),
    example: exampleOf({ kind: 'inspected', vendor: 'Zscaler' }),
  }),
  defineFailure({
    id: 'trust.web-unknown-issuer',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_UNKNOWN_ISSUER',
    title: 'The web certificate is from an authority unknown here',
    explanation: ({ facts }) => {
      const { issuer, store } = judgmentOf(facts);
      const sent = faultOf(facts, 'unknown-issuer')?.sent === true ? ' The server also sent its root.' : '';
      return `The chain ends at ${sanitizeText(issuer)}, which is not in ${store}.${sent} ${OF_WEB_CLIENTS}`;
    },
    remediation: (facts) => [
      verifyHere(facts),
      trustAuthority("If it is your company's own authority"),
      {
        ...exemptHost,
        action: `If it belongs to a device in between, ${exemptHost.action.replace(/^E/, 'e')}`,
      },
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a private authority whose root is missing on this machine',
        'a private authority whose root is in a store that this tool did not read, so that clients here accept it',
        'a device in between that issues its own certificates',
      ],
      howToTell:
        'Run the command below on this machine: UntrustedRoot or "verify error" means that its store lacks the root. Ask the owner of the authority: if your company does not know it, a device in between issued the certificate.',
    },
    example: exampleOf({ kind: 'unknown-issuer', sent: false }),
  }),
  defineFailure({
    id: 'trust.web-incomplete-chain',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_NO_INTERMEDIATE',
    title: 'The web server sends only its own certificate',
    explanation: ({ facts }) => {
      const { issuer, store, issuerUrl } = judgmentOf(facts);
      const url =
        issuerUrl === undefined ? '' : ` The certificate says that the issuer's is at ${sanitizeText(issuerUrl)}.`;
      return `The certificate is issued by ${sanitizeText(issuer)}. The server did not send that issuer's certificate, and it is not in ${store}.${url} ${OF_WEB_CLIENTS}`;
    },
    remediation: (facts) => [
      verifyHere(facts),
      replaceCertificate(
        `If ${sanitizeText(judgmentOf(facts).issuer)} is an intermediate authority, configure the server to send its certificate too (full chain).`,
      ),
      trustAuthority('If it is a root of your own'),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the server does not send the intermediate certificate of its authority',
        'the certificate was issued directly by a private root that this machine does not have',
      ],
      howToTell:
        "Look at the issuer's certificate. One that is its own issuer is a root; any other is an intermediate that the server has to send. Windows and browsers may download a missing intermediate, so that only other clients fail.",
    },
    example: exampleOf({ kind: 'no-intermediate' }),
  }),
  defineFailure({
    id: 'trust.web-expired',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_EXPIRED',
    title: 'The web certificate has expired',
    explanation: ({ facts }) => {
      const certificate = faultOf(facts, 'expired')?.certificate;
      return `For web clients, ${describeMember(facts, certificate)} expired on ${certificate?.notAfter ?? ''}. The clock of this machine shows ${judgmentOf(facts).now}. ${OF_WEB_CLIENTS}`;
    },
    remediation: (facts) => [
      checkClock,
      replaceCertificate('If the clock is right, renew the certificate.'),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('the clock of this machine is wrong'),
    example: exampleOf({ kind: 'expired', certificate: EXAMPLE_CERTIFICATE }),
  }),
  defineFailure({
    id: 'trust.web-not-yet-valid',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_NOT_YET_VALID',
    title: 'The web certificate is not valid yet',
    explanation: ({ facts }) => {
      const certificate = faultOf(facts, 'not-yet-valid')?.certificate;
      return `For web clients, ${describeMember(facts, certificate)} is valid from ${certificate?.notBefore ?? ''} on. The clock of this machine shows ${judgmentOf(facts).now}. ${OF_WEB_CLIENTS}`;
    },
    remediation: (facts) => [
      checkClock,
      replaceCertificate('If the clock of this machine is right, issue the certificate again with the right dates.'),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the clock of this machine is slow',
        'the clock of the machine that issued the certificate was fast, or its validity begins later by intent',
      ],
      howToTell: 'Compare the clock of this machine with the actual time.',
    },
    example: exampleOf({ kind: 'not-yet-valid', certificate: EXAMPLE_CERTIFICATE }),
  }),
  defineFailure({
    id: 'trust.web-weak-key',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_WEAK_KEY',
    title: 'The key of the web certificate is too weak',
    explanation: ({ facts }) => {
      const certificate = faultOf(facts, 'weak-key')?.certificate;
      return `The RSA key of ${describeMember(facts, certificate)} has ${certificate?.keyBits ?? 0} bits. Web clients and OpenSSL at its usual level require 2048.`;
    },
    remediation: () => [replaceCertificate('Issue a certificate with an RSA key of at least 2048 bits.')],
    octopusLogMessages: ['ee key too small', 'RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('a client accepts weaker keys, as Windows does from 1024 bits on'),
    example: exampleOf({ kind: 'weak-key', certificate: EXAMPLE_CERTIFICATE }),
  }),
  defineFailure({
    id: 'trust.web-weak-signature',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_WEAK_SIGNATURE',
    title: 'The web certificate has an outdated signature',
    explanation: ({ facts }) => {
      const certificate = faultOf(facts, 'weak-signature')?.certificate;
      return `The signature of ${describeMember(facts, certificate)} is ${certificate?.signatureAlgorithm ?? ''}. Browsers and OpenSSL at its usual level reject it.`;
    },
    remediation: () => [replaceCertificate('Issue the certificate again with a SHA-256 signature.')],
    octopusLogMessages: ['ca md too weak', 'RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('a client accepts SHA-1, as older systems do'),
    example: exampleOf({ kind: 'weak-signature', certificate: EXAMPLE_CERTIFICATE }),
  }),
  defineFailure({
    id: 'trust.web-purpose',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'WEB_PURPOSE',
    title: 'The certificate is not for web servers',
    explanation: ({ facts }) =>
      `The extended key usage of the certificate (${sanitizeText(leafOf(facts)?.subject ?? '')}) does not include server authentication. ${OF_WEB_CLIENTS}`,
    remediation: (facts) => [
      replaceCertificate('Issue a certificate from a template for web servers (server authentication).'),
      verifyHere(facts),
    ],
    octopusLogMessages: ['RemoteCertificateChainErrors'],
    octopusRetries: false,
    diagnosis: conclusiveUnless('the client does not check the purpose of certificates'),
    example: exampleOf({ kind: 'purpose' }),
  }),
];
