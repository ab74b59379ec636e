import { tentacleCommand, sameCommand } from '../product-commands.js';
import {
  diagnoseWebAddress,
  findWeakCertificate,
  matchNames,
  replaceWeakCertificate,
  trustIssuer,
} from './certificate-steps.js';
import { type Cause, defineMessage } from './known-message.js';
import { diagnose, enableTls12, passThrough, pong, target, REPORTS_TLS, writerAdmin } from './steps.js';

/** What may be wrong with a web certificate, by the words of .NET, Windows, Node.js, Java and Python. */
const PROBLEMS = {
  name: /name ?mismatch|altname|principal name/i,
  chain: /chain|given ca|issuer|first cert|self_signed|pkix|verif/i,
  date: /expired|nottimevalid/i,
  revocation: /revocation/i,
};

/** Whether the words leave a problem open; without words all problems are. */
function isAbout(words: string | undefined, problem: keyof typeof PROBLEMS): boolean {
  const shown = Object.values(PROBLEMS).some((regex) => regex.test(words ?? ''));
  return !shown || PROBLEMS[problem].test(words ?? '');
}

/** The causes that the words leave open. A chain that cannot be built also ends in a certificate that has expired. */
function webCertificateCauses(words: string | undefined): readonly Cause[] {
  const causes: readonly (readonly [isOpen: boolean, cause: Cause])[] = [
    [
      isAbout(words, 'name'),
      { text: 'names: the certificate does not contain the address in use (RemoteCertificateNameMismatch)' },
    ],
    [
      isAbout(words, 'chain'),
      {
        text: 'issuer or chain: it is self-signed, from a private CA unknown to this machine or pod, or an intermediate certificate is missing',
      },
    ],
    [
      isAbout(words, 'date') || isAbout(words, 'chain'),
      { text: 'dates: it has expired, or the clock of this machine is wrong' },
    ],
    [
      isAbout(words, 'revocation'),
      {
        text: 'revocation: the list of the issuer cannot be downloaded from this machine (no Internet access, or a proxy)',
      },
    ],
    [true, { text: 'an inspecting proxy presents its own certificate', failure: 'trust.intercepted' }],
  ];
  return causes.filter(([isOpen]) => isOpen).map(([, cause]) => cause);
}

/** Certificates, names and records that one end of a TLS connection does not accept. */
export const tlsCertificateAndRecordMessages = [
  defineMessage({
    id: 'tls.digest-too-weak',
    patterns: [
      'ca md too weak',
      'ee md too weak',
      'insecure signature algorithm',
      'insecure algorithm sha1',
      'certificate signed with sha1',
    ],
    text: 'ca md too weak / insecure signature algorithm',
    means: 'A certificate is signed with a hash, most likely SHA-1, that this system does not accept.',
    causes: [
      {
        text: "an Octopus Server's certificate from before 3.14 (2017), signed with SHA-1",
        failure: 'tls.no-common-parameters',
      },
      {
        text: 'OpenSSL\'s "ca md too weak": SHA-1 in the chain of a CA-issued certificate (self-signed ones are exempt)',
      },
    ],
    next: (seen) => [
      diagnose(seen, "It reports the signature algorithm of the other end's certificate."),
      ...replaceWeakCertificate,
    ],
    decidedBy: 'network',
    example: 'error:0A00018E:SSL routines::ca md too weak',
  }),
  defineMessage({
    id: 'tls.key-too-small',
    patterns: ['ee key too small', 'ca key too small'],
    text: 'ee key too small',
    means:
      "OpenSSL on this machine, at its usual security level, rejects keys under 2048 bits. If the key is this end's own, its certificate cannot be loaded.",
    causes: [
      { text: "this end's own certificate has a 1024-bit RSA key", failure: 'tls.version' },
      { text: 'the other end presents such a certificate', failure: 'tls.other' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        "It reports the key size of the other end's certificate. If that is 2048 bits or more, this end's own certificate is the one rejected.",
      ),
      ...replaceWeakCertificate,
    ],
    decidedBy: 'host',
    example: 'error:0A00018F:SSL routines::ee key too small',
  }),
  defineMessage({
    id: 'tls.key-exchange-rejected',
    patterns: [
      'dh key too small',
      'wrong signature type',
      'legacy sigalg disallowed or unsupported',
      'routines::wrong curve',
      'routines::bad ecpoint',
    ],
    captures: [/(?<detail>legacy sigalg)/i],
    text: 'dh key too small / wrong signature type / legacy sigalg disallowed or unsupported',
    means:
      'OpenSSL on this machine rejected the key exchange that the other end chose, not its certificate. Its Diffie-Hellman group is too small, or its signature uses an algorithm that is not allowed here.',
    causes: ({ detail }) => [
      ...(detail === undefined
        ? []
        : [
            {
              text: 'the other end chose TLS 1.0 or 1.1, whose key exchange is always signed with SHA-1: TLS 1.2 is off there, or its system is too old',
              failure: 'tls.version' as const,
            },
          ]),
      {
        text: 'the other end is old, or prefers cipher suites with DHE and a group of 1024 bits (Windows Server 2012 R2 and older)',
        failure: 'tls.no-common-parameters',
      },
      {
        text: 'a policy on this machine forbids what the other end uses (crypto-policies, security level 2, SHA-1 signatures)',
        failure: 'tls.no-common-parameters',
      },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'It lists the cipher suites and groups that the other end accepts next to those that Octopus uses.',
      ),
      enableTls12,
      {
        who: writerAdmin(seen),
        action: 'Check the policy of the machine that logged this message.',
        linux: 'update-crypto-policies --show\ncat /etc/ssl/openssl.cnf',
      },
    ],
    decidedBy: 'network',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0A00018A:SSL routines::dh key too small',
  }),
  defineMessage({
    id: 'tls.legacy-renegotiation',
    patterns: ['unsafe legacy renegotiation'],
    text: 'unsafe legacy renegotiation disabled',
    means: 'OpenSSL 3 rejected a TLS peer that does not support secure renegotiation.',
    causes: [
      { text: 'a very old system or appliance on the other side', failure: 'tls.other' },
      {
        text: "Octopus's guide: a SHA-1 certificate of the Octopus Server, with a Linux Tentacle (OpenSSL 3). TLS itself does not connect the two, so check both",
        failure: 'tls.no-common-parameters',
      },
    ],
    next: (seen) => [
      diagnose(seen, REPORTS_TLS),
      ...replaceWeakCertificate,
      { who: 'tentacle-admin', action: 'If the certificates are in order, upgrade the older side.' },
      passThrough,
    ],
    decidedBy: 'network',
    example: 'error:0A000152:SSL routines::unsafe legacy renegotiation disabled',
  }),
  defineMessage({
    id: 'tls.unrecognized-name-alert',
    patterns: [
      'tlsv1 unrecognized name',
      'alert unrecognized name',
      'sent a tls alert: ...unrecognizedname',
      { oneOf: ['alert 112'], regex: /\balert 112\b/ },
    ],
    text: 'tlsv1 unrecognized name (alert 112)',
    means: 'The endpoint selects its target by the TLS server name (SNI) and does not know the name that was used.',
    causes: [
      { text: 'the router or gateway was set up for another address', failure: 'tls.unrecognized-name' },
      { text: 'an IP address is used where a name is required', failure: 'tls.unrecognized-name' },
    ],
    next: (seen) => [
      diagnose(seen, 'It connects both with and without the name.'),
      {
        who: 'tentacle-admin',
        action:
          'For a polling Tentacle, add the address that the gateway knows, then restart it. (The one that it polls now stays until clear-trusted-servers, from Tentacle 8.1.1713.)',
        ...tentacleCommand(
          'poll-server --server=https://OCTOPUS-SERVER --apiKey=API-KEY --server-comms-address=https://NAME:10943',
          'service --restart',
        ),
      },
      {
        who: 'server-admin',
        action: "For a listening Tentacle, enter the address that the gateway knows in the target's settings.",
      },
    ],
    decidedBy: 'network',
    example: 'error:0A000458:SSL routines::tlsv1 unrecognized name',
  }),
  defineMessage({
    id: 'tls.internal-error-alert',
    patterns: ['alert internal error', 'sent a tls alert: ...internalerror'],
    text: 'tlsv1 alert internal error',
    means: 'The other side aborted the handshake because of an internal error.',
    causes: [
      { text: 'it cannot use its certificate or private key', failure: 'tls.internal-error' },
      {
        text: 'a router or gateway without a certificate or target for this name or port',
        failure: 'tls.internal-error',
      },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), pong(seen), findWeakCertificate],
    decidedBy: 'network',
    example: 'error:0A000438:SSL routines::tlsv1 alert internal error',
  }),
  defineMessage({
    id: 'tls.certificate-required',
    patterns: [
      'alert certificate required',
      'alert unknown ca',
      'alert bad certificate',
      'alert certificate unknown',
      'alert certificate expired',
      'alert unsupported certificate',
      'sent a tls alert: ...unknownca',
      'sent a tls alert: ...badcertificate',
      'sent a tls alert: ...certificateunknown',
      'the credentials supplied were not complete',
      '0x80090320',
      'certificate required',
      'ssl routines::unknown ca',
      'unknown ca',
    ],
    text: 'tlsv13 alert certificate required / tlsv1 alert unknown ca / sslv3 alert bad certificate',
    means:
      "The other side rejected this end's certificate during the TLS handshake. An Octopus end never does that: it accepts any certificate and checks trust afterwards.",
    causes: [
      {
        text: 'a load balancer, gateway or proxy terminates TLS there and requires client certificates of its own',
        failure: 'tls.client-certificate-refused',
      },
    ],
    next: (seen) => [diagnose(seen, 'It reports whose certificate is presented.'), passThrough, pong(seen)],
    decidedBy: 'network',
    example: 'error:0A00045C:SSL routines::tlsv13 alert certificate required',
  }),
  defineMessage({
    id: 'tls.record-damaged',
    patterns: [
      'decryption failed or bad record mac',
      'alert bad record mac',
      'sent a tls alert: ...badrecordmac',
      'the message or signature supplied for verification has been altered',
      'the specified data could not be decrypted',
      '0x8009030f',
      '0x80090330',
    ],
    text: 'decryption failed or bad record mac',
    means: 'Bytes of the encrypted connection were changed, lost or duplicated in transit, and TLS detected it.',
    causes: [
      { text: 'a device that rewrites the stream', failure: 'tls.bad-record' },
      { text: 'a faulty network card, driver or cable', failure: 'tls.bad-record' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: 'Run many attempts, from more than one machine. Compare how often the failure appears.',
        ...sameCommand(`tentacle-ping ${target(seen)} --count 500 --interval 0`),
      },
      {
        who: 'network-team',
        action: 'Look for devices that modify payload. For a test, disable offloading on the network card.',
        windows: 'Get-NetAdapterChecksumOffload',
        linux: 'ethtool -k eth0',
      },
    ],
    decidedBy: 'network',
    example: 'error:0A000119:SSL routines::decryption failed or bad record mac',
  }),
  defineMessage({
    id: 'tls.decryption-failed',
    patterns: ['the decryption operation failed, see inner exception'],
    text: 'The decryption operation failed, see inner exception.',
    means:
      'The TLS 1.3 handshake was complete for this end, then the other side sent an alert. The inner exception names it, for example 116 "certificate required".',
    causes: [
      {
        text: 'the other side requires another client certificate or signature algorithm, so it is not a Tentacle',
        failure: 'tls.client-certificate-refused',
      },
      { text: 'bytes were changed in transit', failure: 'tls.bad-record' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports the alert and whose certificate is presented.'),
      passThrough,
      enableTls12,
    ],
    decidedBy: 'network',
    example: 'System.IO.IOException: The decryption operation failed, see inner exception.',
  }),
  defineMessage({
    id: 'tls.legacy-versions',
    patterns: [
      'octopus_tentacle_use_legacy_tls',
      'tls 1.0/1.1 still accepted',
      { oneOf: ['still accept'], regex: /tls 1\.[01].{0,30}still accept/ },
    ],
    text: '(TLS 1.0/1.1 still accepted on a hardened system; OCTOPUS_TENTACLE_USE_LEGACY_TLS)',
    means:
      'Older versions chose the TLS versions themselves and so bypassed the system policy. Newer versions leave the choice to the system; from Tentacle 9.2.4154 the variable has no effect.',
    causes: [{ text: 'an older Tentacle or Octopus Server' }],
    next: (seen) => [
      diagnose(seen, 'It lists the TLS versions that the other end accepts.'),
      { who: 'tentacle-admin', action: 'Upgrade, then remove the variable.' },
    ],
    decidedBy: 'network',
    example: 'WARN  OCTOPUS_TENTACLE_USE_LEGACY_TLS is set: TLS 1.0/1.1 still accepted',
  }),
  defineMessage({
    id: 'tls.rest-certificate',
    patterns: [
      'remotecertificatenamemismatch',
      'remotecertificatechainerrors',
      'certificate errors were encountered when establishing the https connection',
      'the remote certificate is invalid',
      // Only a client that judges names, issuers and dates says so: neither Octopus Server nor Tentacle.
      'the certificate chain was issued by an authority that is not trusted',
      'the target principal name is incorrect',
      'the received certificate has expired',
      '0x80090322',
      '0x80090325',
      '0x80090328',
      'revocation function was unable to check revocation',
      'pkix path building failed',
      'certificate_verify_failed',
      'certificate verification failed',
      'could not establish trust relationship for the ssl/tls secure channel',
      'the remote certificate was rejected by the provided',
      'peer certificate cannot be authenticated with given ca certificates',
      'unable to get local issuer certificate',
      'unable to verify the first certificate',
      'self signed certificate in certificate chain',
      'self-signed certificate in certificate chain',
      'depth_zero_self_signed_cert',
      'err_tls_cert_altname_invalid',
      "does not match certificate's altnames",
      'cert_has_expired',
    ],
    captures: [
      /certificate subject name:? (?<subject>[^;,]{1,100})/i,
      /(?<detail>nottimevalid|check revocation|certificate has expired|given ca certificates|local issuer certificate|first certificate|certificate chain|depth_zero_self_signed_cert|altname|cert_has_expired|principal name|received certificate has expired|pkix|certificate_verify_failed|verification failed)/i,
      /(?<detail>remotecertificate(?:namemismatch|chainerrors|notavailable)[a-z, ]{0,80})/i,
    ],
    text: 'The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
    means:
      "This concerns Octopus's web address (REST), where certificate names and chains are checked. The protocol between Octopus and Tentacle checks thumbprints only.",
    causes: ({ detail }) => webCertificateCauses(detail),
    next: (seen) => [
      diagnoseWebAddress(seen),
      ...(isAbout(seen.detail, 'chain') ? trustIssuer(seen) : []),
      ...(isAbout(seen.detail, 'name') ? [matchNames] : []),
    ],
    decidedBy: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
  }),
];
