import type { ConnectionFacts } from '../../trace.js';
import { type Ends, listenerOf } from '../ends.js';
import { checkFullListener, fullListenerCauses, fullListenerTest, isStandIn } from './full-listener.js';
import { checkProxyLog } from './proxy/shared.js';
import { checkPollingName, checkServerName, requestedServerName, unknownServerName } from './sni-routing.js';
import {
  conclusiveUnless,
  defineFailure,
  type Diagnosis,
  EXAMPLE_FACTS,
  exampleSignature,
  UNKNOWN,
} from '../failure-definition.js';
import { byteCount, capitalize, peerName, durationText } from '../wording.js';
import { type Step } from '../step.js';
import {
  checkCertificateUse,
  checkHostAndPort,
  checkListener,
  checkPeerHealth,
  compareWithStandIn,
  describeStandInTest,
  localTest,
  passTlsThrough,
  readPeerLog,
  renewCertificate,
  restartIfHung,
  ALLOW_MTU_NOTICES,
  testPacketSize,
} from './steps.js';
import { looksLikeTls, identifyProtocol } from '../identify-protocol.js';

/** OpenSSL's codes for bytes that cannot be a TLS record. */
const NO_RECORD = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

const VERSION = [
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
];

const NO_SHARED = ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY'];

/** This tool's deadline, or the system's. */
const TIMED_OUT = ['TLS_TIMEOUT', 'ETIMEDOUT'];

/** Alerts that reject the client certificate. In TLS 1.3 they arrive after the handshake has ended on this side. */
const REJECTIONS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'one is required, and yours is unsuitable or was not sent (alert 116)',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it is bad (alert 42)',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'its type is not supported (alert 43)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'it is revoked (alert 44)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "it is expired, or the peer's clock is wrong (alert 45)",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it is not accepted, for an unstated reason (alert 46)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    'its issuer is unknown there, and self-signed certificates are not accepted (alert 48)',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it is valid, but access is denied (alert 49)',
};

/** A checksum over a record, or over the whole handshake, that does not match. */
const WRONG_CHECKSUM = [
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_CIPHER_OPERATION_FAILED',
  'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
  'ERR_SSL_TLSV1_ALERT_DECRYPTION_FAILED',
  'ERR_SSL_DIGEST_CHECK_FAILED',
];

/** A signature over the handshake that does not match: found on this side, or reported by an alert. A wrong key leads to the same. */
const WRONG_SIGNATURE = ['ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR', 'ERR_SSL_BAD_SIGNATURE'];

/** The handshake begins without a checksum. */
const CHANGED_BYTES = 'a device in between changes bytes of the handshake';

const FIND_OLD_POLICY: Step = {
  who: 'network-team',
  action:
    'Check for a load balancer or gateway that terminates TLS on the path. If there is one, enable TLS 1.2 in its policy.',
};

/** A keep-alive is sent after 15 s without an answer. A reset that came much earlier answers something else. */
const LATE_RESET_US = 10_000_000;

const GAVE_UP_MEANWHILE = 'large packets were lost in transit (MTU), and a keep-alive reached a peer that had given up';

const NO_TARGET_FOR_NAME =
  'a router that selects by server name (SNI) has no target for this name, or for TLS without a name';

/** The name to connect to, where a router in front of the other end goes by it. */
function useRouterName({ here, there }: Ends): Step {
  const { name, ...commands } = here.peerSettings;
  return {
    who: here.administrator,
    action: `Use the host name by which the router knows ${there.name}, both in ${name} and in this test.`,
    ...commands,
  };
}

/**
 * What follows from bytes that are not TLS. A greeting names the service behind the port. A web page may also come from
 * a device in between, and unknown bytes may be a damaged TLS record.
 */
function diagnoseNotTls({ firstBytes = Buffer.alloc(0) }: ConnectionFacts, ends: Ends): Diagnosis {
  const protocol = identifyProtocol(firstBytes)?.protocol ?? 'unknown';
  const { there } = ends;
  if (protocol !== 'HTTP' && protocol !== 'unknown')
    return conclusiveUnless(`a device in between answers in place of ${there.name}`);
  return {
    kind: 'ambiguous',
    causes: [
      protocol === 'HTTP'
        ? 'a web server listens on that port: the host or port is wrong'
        : 'a service of another protocol listens on that port: the host or port is wrong',
      protocol === 'HTTP'
        ? `a proxy, portal or firewall in between answers in place of ${there.name}`
        : 'a device in between damages the first bytes, or answers with bytes of its own',
    ],
    howToTell: `On ${there.host}, check which process listens on the port. If it is ${there.name}, a device in between answers or changes bytes.`,
  };
}

/** Something answered without TLS: what its first bytes show. */
function notTls(facts: ConnectionFacts, { here, there }: Ends): string {
  const what = facts.firstBytes === undefined ? undefined : identifyProtocol(facts.firstBytes);
  if (what === undefined) {
    // Only tentacle-ping has options that keep it from capturing them.
    const hint =
      here.standIn.name === 'tentacle-ping' ? '; to see them, run again without --reuse, --upload and --download' : '';
    return `The service at ${peerName(facts)} does not speak TLS. Its first bytes were not kept${hint}.`;
  }
  if (what.protocol === 'unknown')
    return `The service at ${peerName(facts)} speaks neither TLS nor another protocol known to this tool: ${what.detail}.`;
  const orDevice = what.protocol === 'HTTP' ? ', or a device answers in its place' : '';
  return `The service at ${peerName(facts)} speaks ${what.protocol}: ${what.detail}. It is not ${there.endpoint}${orDevice}.`;
}

export const tlsFailures = [
  defineFailure({
    id: 'tls.not-tls',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls'],
    // Captured bytes decide: if they are not a TLS record, that is the reason, no matter how the handshake ended.
    matches: ({ signature, facts }) =>
      facts.firstBytes === undefined || facts.firstBytes.length === 0
        ? NO_RECORD.includes(signature.code)
        : !looksLikeTls(facts.firstBytes),
    title: 'The port answers, but does not speak TLS',
    explanation: ({ facts }, ends) => notTls(facts, ends),
    remediation: (facts, ends) => [
      checkHostAndPort(ends),
      checkListener(facts, ends),
      {
        who: 'network-team',
        action: `If ${ends.there.name} does listen there, exempt this connection from the proxy, portal or firewall that answers in its place.`,
      },
    ],
    octopusLogMessages: [
      'The handshake failed due to an unexpected packet format.',
      'Cannot determine the frame size or a corrupted frame was received.',
    ],
    octopusRetries: false,
    diagnosis: (ends, { facts }) => diagnoseNotTls(facts, ends),
    example: {
      signature: exampleSignature('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
      facts: { ...EXAMPLE_FACTS, firstBytes: Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n') },
    },
  }),
  defineFailure({
    id: 'tls.version',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls'],
    matches: ({ signature }) => VERSION.includes(signature.code),
    title: 'No shared TLS version, or unusable certificate',
    explanation: ({ signature, facts }) =>
      signature.code === 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'
        ? `${peerName(facts)} ended the handshake with the alert "protocol version". This tool offers ${facts.tlsMin === undefined ? 'TLS 1.2, the minimum that Octopus recommends, and 1.3' : `${facts.tlsMin} and later (--tls-min)`}.`
        : `${peerName(facts)} chose a TLS version below ${facts.tlsMin === undefined ? '1.2, the minimum that Octopus recommends' : `${facts.tlsMin} (--tls-min)`} (${signature.code}).`,
    remediation: (facts, ends) => [
      ...(facts.onlyOldTlsVersions === undefined
        ? [...checkCertificateUse(facts, ends), ...renewCertificate(ends.there, 'If the key has fewer than 2048 bits')]
        : []),
      {
        who: ends.there.administrator,
        action: `Enable TLS 1.2 on ${ends.there.host} (Windows: SCHANNEL\\Protocols in the registry, and a .NET version that uses it).`,
        windows: 'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols" /s',
        linux: 'openssl version\ncat /etc/ssl/openssl.cnf',
      },
      ...(facts.onlyOldTlsVersions === undefined ? [] : [FIND_OLD_POLICY]),
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: [
      'tlsv1 alert protocol version',
      'A call to SSPI failed, see inner exception',
      'unsupported protocol',
    ],
    octopusRetries: false,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        'the peer allows only TLS versions below 1.2 (or only others than those offered)',
        'the peer cannot use its own certificate, as with 1024-bit RSA keys under OpenSSL 3',
        `a load balancer in front of ${listenerOf(ends).name} terminates TLS with an old policy`,
        CHANGED_BYTES,
      ],
      howToTell: `Run tentacle-ping diagnose. If TLS 1.0 or 1.1 alone is accepted, the versions are the cause; if none is, the certificate. On ${ends.there.host}, run ${localTest(facts, ends)}: if that works, a device in front of ${listenerOf(ends).name} is the cause.`,
    }),
    example: { signature: exampleSignature('tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.unrecognized-name',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls'],
    matches: ({ signature }) => ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'SERVER_NAME_DECIDES'].includes(signature.code),
    title: 'The server name in TLS (SNI) is not accepted',
    explanation: ({ signature, facts }, { there }) =>
      signature.code === 'SERVER_NAME_DECIDES'
        ? `With the name ${requestedServerName(facts) ?? facts.host} in TLS (SNI), the handshake with ${peerName(facts)} fails; without a name, it works. ${capitalize(there.indefinite)} ignores the name, so something else decides by it.`
        : `${peerName(facts)} ended the handshake with the alert "unrecognized name": the service or router that answers there ${unknownServerName(facts)}. ${capitalize(there.indefinite)} ignores the name, so it did not answer itself.`,
    remediation: (facts, ends) => [
      ...checkPollingName(facts, ends),
      useRouterName(ends),
      {
        who: 'network-team',
        action: `Find the router, load balancer or filter that reads the name in TLS (SNI). Add this name to it, define a default route to ${ends.there.name}, or exempt the port.`,
      },
      checkHostAndPort(ends),
    ],
    octopusLogMessages: ['tlsv1 unrecognized name', 'tlsv1 alert unrecognized name'],
    octopusRetries: false,
    diagnosis: (ends) => ({
      kind: 'ambiguous',
      causes: [
        `a router, load balancer or filter in front of ${listenerOf(ends).name} goes by the name in TLS, and lacks this one`,
        'another TLS service listens there, such as a web server, and requires a name of its own',
      ],
      howToTell: `Try the name by which a router knows ${listenerOf(ends).name} (--servername). If ${listenerOf(ends).name} then answers, the router is the cause. If no such name is known, check the host and port.`,
    }),
    example: { signature: exampleSignature('tls', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.internal-error',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls'],
    matches: ({ signature }) => signature.code === 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    title: 'The peer reported an internal error in TLS',
    explanation: ({ facts }) =>
      `${peerName(facts)} ended the handshake with the alert "internal error". The fault is on its side and does not depend on the options that this tool offers.`,
    remediation: (facts, ends) => [
      ...checkCertificateUse(facts, ends),
      {
        who: ends.there.administrator,
        action: `Check that the service account can read the private key of ${ends.there.name}'s certificate.`,
      },
      ...renewCertificate(ends.there, 'If in doubt about the key'),
      {
        who: 'network-team',
        action:
          'If a load balancer or gateway terminates TLS there, check that it has a certificate for this port and name.',
      },
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['tlsv1 alert internal error', 'A call to SSPI failed, see inner exception'],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'the peer cannot use its certificate or private key',
        'a router or gateway has no certificate or no target for this name or port',
        'another error inside the peer',
      ],
      howToTell: `The peer's own log names the error at this time. Test ${there.standIn.name} on the same host, which has its own certificate. If that works, the certificate of ${there.name} is the cause.`,
    }),
    example: { signature: exampleSignature('tls', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.no-common-parameters',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls'],
    matches: ({ signature }) => NO_SHARED.includes(signature.code) && signature.shownAt === 'tls',
    title: 'The peer reported a handshake failure in TLS',
    explanation: ({ facts }) =>
      `${peerName(facts)} ended the handshake with the alert "handshake failure". By its definition, nothing that was offered is acceptable; some programs send it for other reasons, too.`,
    remediation: (facts, ends) => [
      {
        who: ends.there.administrator,
        action: `Enable on ${ends.there.host} what Octopus recommends as a minimum: ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1, and signatures with SHA-256.`,
        windows: 'Get-TlsCipherSuite',
        linux: 'openssl ciphers -v\nupdate-crypto-policies --show',
      },
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: [
      'sslv3 alert handshake failure',
      'The client and server cannot communicate, because they do not possess a common algorithm',
      'no shared cipher',
    ],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'no shared cipher suite',
        'no shared group (curve)',
        'no shared signature algorithm',
        'the peer requires a client certificate and does not accept yours (TLS 1.2)',
        CHANGED_BYTES,
      ],
      howToTell:
        'Check the log of the peer: Schannel events 36871 to 36888 on Windows, "no shared cipher" and similar messages from OpenSSL.',
    },
    example: { signature: exampleSignature('tls', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.client-certificate-refused',
    stage: 'tls',
    wholeAddress: 'answered',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    matches: ({ signature }) => signature.code in REJECTIONS,
    title: 'Client certificate refused within TLS',
    explanation: ({ signature, facts }, { there }) =>
      `${peerName(facts)} refused the client certificate with a TLS alert: ${REJECTIONS[signature.code] ?? signature.code}. ${capitalize(there.endpoint)} never does that; it accepts any certificate and decides afterwards. Something else terminates TLS there, and requests certificates of its own.`,
    remediation: (facts, ends) => [
      ...checkPollingName(facts, ends),
      checkHostAndPort(ends),
      ...passTlsThrough(ends),
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['The decryption operation failed, see inner exception.', 'certificate required', 'unknown ca'],
    octopusRetries: false,
    diagnosis: (ends, { signature }) => ({
      kind: 'ambiguous',
      causes: [
        `a device in front of ${listenerOf(ends).name} terminates TLS and requires certificates of its own`,
        'another service that requires client certificates listens there: the host or port is wrong',
        // TLS 1.2 sends the client certificate in the clear. There, an alert arrives within the handshake.
        ...(signature.shownAt === 'tls' ? ['a device in between damages the client certificate'] : []),
      ],
      howToTell: `On ${ends.there.host}, check which process listens on the port. If it is ${ends.there.name}, a device in front of it answered.`,
    }),
    example: {
      signature: exampleSignature('identity', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' },
    },
  }),
  defineFailure({
    id: 'tls.bad-record',
    stage: 'tls',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    matches: ({ signature }) => [...WRONG_CHECKSUM, ...WRONG_SIGNATURE].includes(signature.code),
    title: 'Bytes were changed in transit',
    explanation: ({ signature, facts }) =>
      WRONG_SIGNATURE.includes(signature.code)
        ? `The TLS handshake with ${peerName(facts)} ended because a signature over it does not match (${signature.code}). The two ends saw different bytes, or one of them signed with a wrong key.`
        : `The bytes that arrived over the connection to ${peerName(facts)} are not the ones that were sent: their TLS checksum does not match (${signature.code}). TCP's own checksum matched, so a device that rebuilds packets changed them.`,
    remediation: (facts, ends) => [
      {
        who: 'network-team',
        action:
          'Find the device that rewrites the stream: an inspecting firewall, a WAN optimizer, a VPN, or a faulty network card or its offloading. Exempt this connection from it, or replace it.',
      },
      {
        who: ends.here.administrator,
        action: 'Turn off checksum and segmentation offloading on the network cards of both machines, and try again.',
        windows: 'Get-NetAdapterChecksumOffload\nGet-NetAdapterLso',
        linux: 'ethtool --show-offload eth0\nip -s link',
      },
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: [
      'decryption failed or bad record mac',
      'The decryption operation failed, see inner exception.',
    ],
    octopusRetries: true,
    diagnosis: (_ends, { signature }) =>
      WRONG_SIGNATURE.includes(signature.code)
        ? {
            kind: 'ambiguous',
            causes: [
              'a device in between changed bytes of the handshake',
              "an end's private key does not belong to its certificate, or its TLS library is faulty",
            ],
            howToTell: 'Repeat the test several times. A wrong key fails each time; damaged bytes seldom do.',
          }
        : conclusiveUnless('the memory, network card or TLS library of one of the two machines is faulty'),
    example: {
      signature: exampleSignature('tls', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', { receivedBytes: 1200 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'tls.closed',
    stage: 'tls',
    wholeAddress: 'closed',
    shownAt: ['tls'],
    matches: ({ signature }) => signature.code === 'TLS_CLOSED',
    title: 'Closed during the TLS handshake',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} accepted the connection and closed it ${durationText(signature.elapsedUs)} into the TLS handshake, ${signature.receivedBytes === 0 ? 'without sending a byte' : `after ${byteCount(signature.receivedBytes)}`}.`,
    remediation: (facts, ends) => [
      ...checkProxyLog(facts),
      {
        who: 'network-team',
        action: `Check for a load balancer without a healthy target, an allow list, or a PROXY protocol setting in front of ${listenerOf(ends).name}.`,
      },
      ...checkServerName(facts, ends),
      checkHostAndPort(ends),
      checkListener(facts, ends),
      ...checkFullListener(facts, ends),
      readPeerLog(ends),
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: [
      'Received an unexpected EOF or 0 bytes from the transport stream.',
      'Authentication failed because the remote party has closed the transport stream.',
    ],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...(isStandIn(facts) ? fullListenerCauses(facts, ends) : []),
        'a load balancer or relay has no target to forward the connection to',
        'an allow list or a filter closes the connection after accepting it',
        NO_TARGET_FOR_NAME,
        facts.isProxyHeaderExcluded
          ? 'a load balancer sends a PROXY protocol header that its target does not expect'
          : 'a PROXY protocol header is expected where none is sent, or sent where none is expected',
        `${ends.there.name} itself is stopping, or cannot use its certificate`,
        'a server of another protocol listens there, and closes on TLS without replying: the host or port is wrong',
        ...(isStandIn(facts) ? [] : fullListenerCauses(facts, ends)),
      ],
      howToTell: `Check ${ends.there.log.name} for "Accepted TCP client" with this machine's address at that time. If the line is there, ${ends.there.name} closed the connection. If not, a device in front of it or another service on that port did. The process that listens on the port shows which.${fullListenerTest(facts, ends)}`,
    }),
    example: { signature: exampleSignature('tls', 'TLS_CLOSED'), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.reset',
    stage: 'tls',
    wholeAddress: 'closed',
    shownAt: ['tls'],
    matches: ({ signature }) =>
      ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(signature.code) && signature.shownAt === 'tls',
    title: 'Reset during the TLS handshake',
    explanation: ({ signature, facts }) =>
      `The connection to ${peerName(facts)} was reset ${durationText(signature.elapsedUs)} into the TLS handshake, after ${byteCount(signature.receivedBytes)} from the peer.`,
    remediation: (facts, ends) => [
      ...checkProxyLog(facts),
      {
        who: 'network-team',
        action:
          'Check for an inspecting device that resets on TLS or on this name (SNI), and exempt this connection from it.',
      },
      ...checkServerName(facts, ends),
      checkHostAndPort(ends),
      checkListener(facts, ends),
      ...checkFullListener(facts, ends),
      checkPeerHealth(ends),
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    octopusRetries: true,
    diagnosis: (ends, { signature, facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...(isStandIn(facts) ? fullListenerCauses(facts, ends) : []),
        'an inspecting device or filter in between resets the connection',
        ...(signature.elapsedUs < LATE_RESET_US ? [] : [GAVE_UP_MEANWHILE]),
        'a server of another protocol listens there, and resets on TLS: the host or port is wrong',
        `${ends.there.name} is stopping${facts.isProxyHeaderExcluded ? '' : ', or expects a PROXY protocol header'}`,
        'a load balancer has no healthy target, and closes before it reads the first bytes',
        NO_TARGET_FOR_NAME,
        ...(isStandIn(facts) ? [] : fullListenerCauses(facts, ends)),
      ],
      howToTell: `${signature.elapsedUs < LATE_RESET_US ? 'An immediate reset that only TLS provokes points to a filter.' : 'A reset after about 15 s points to packet size.'} To exclude the process, test ${ends.there.standIn.name} on ${ends.there.host}.${fullListenerTest(facts, ends)}`,
    }),
    example: { signature: exampleSignature('tls', 'ECONNRESET', { syscall: 'read' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.silent',
    stage: 'tls',
    wholeAddress: 'silent',
    shownAt: ['tls'],
    matches: ({ signature }) => TIMED_OUT.includes(signature.code) && signature.receivedBytes === 0,
    title: 'Connected, but no response to TLS',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} accepted the connection, then sent nothing for ${durationText(signature.elapsedUs)}. The port is open, but either no process answers behind it, or the response is lost.`,
    remediation: (facts, ends) => [
      ...checkProxyLog(facts),
      checkHostAndPort(ends),
      checkListener(facts, ends),
      checkPeerHealth(ends),
      restartIfHung(ends),
      {
        who: 'network-team',
        action: `Check for a device that accepts connections in place of ${ends.there.name}.`,
      },
      ...testPacketSize(facts),
      ALLOW_MTU_NOTICES,
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...(facts.proxy === undefined ? [] : ['the proxy confirmed the tunnel, but forwards nothing through it']),
        'the process behind the port is hung (its operating system accepts connections in its place)',
        'the response is larger than the packets that the path lets through (MTU black hole)',
        'a device accepts every connection and forwards nothing',
        'a server of another protocol listens there and waits: the host or port is wrong',
        CHANGED_BYTES,
      ],
      howToTell: `Check which process listens on the port of ${ends.there.host}. If it is not ${ends.there.name}, the host or port is wrong. Otherwise, ${describeStandInTest(ends).replace(/^R/, 'r')}`,
    }),
    example: { signature: exampleSignature('tls', 'TLS_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tls.stalled',
    stage: 'tls',
    wholeAddress: 'silent',
    shownAt: ['tls'],
    matches: ({ signature }) => TIMED_OUT.includes(signature.code),
    title: 'TLS handshake did not finish in time',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} sent ${byteCount(signature.receivedBytes)} of its handshake, but did not finish it within ${durationText(signature.elapsedUs)}.`,
    remediation: (facts, ends) => [
      {
        who: 'network-team',
        action: 'Check the path for packet loss, a very slow link, or a smaller MTU that drops large packets.',
      },
      compareWithStandIn(facts, ends),
      ...checkProxyLog(facts),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the path is very slow or loses packets',
        'the larger packets of the handshake are lost (MTU)',
        'the peer stopped midway',
      ],
      howToTell: 'Try again with a longer --timeout. Over a slow path the handshake finishes; otherwise it does not.',
    },
    example: {
      signature: exampleSignature('tls', 'TLS_TIMEOUT', { elapsedUs: 10_000_000, receivedBytes: 1200 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'tls.other',
    stage: 'tls',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    matches: ({ signature }) => signature.shownAt === 'tls' || signature.code.startsWith('ERR_SSL_'),
    title: 'TLS failed for an unknown reason',
    explanation: ({ signature, facts }) =>
      `TLS with ${peerName(facts)} ended with ${signature.code}. This tool does not know the cause.`,
    remediation: (facts, ends) => [compareWithStandIn(facts, ends), readPeerLog(ends)],
    octopusLogMessages: ['Authentication failed, see inner exception.'],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('tls', 'ERR_SSL_UNEXPECTED_MESSAGE'), facts: EXAMPLE_FACTS },
  }),
];
