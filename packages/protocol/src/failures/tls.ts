import { askTheProxyToo } from './proxy-sight.js';
import { nameAsked, tryAnotherName, unknownName } from './router-by-name.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE, span, UNKNOWN } from './row.js';
import { looksLikeTls, whatAnswers } from './what-answers.js';

/** OpenSSL's words for bytes that cannot be a TLS record. */
const NO_RECORD = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

const VERSION = [
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
];

const NO_SHARED = ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY'];

/** Our own deadline, or the system's. */
const GAVE_UP = ['TLS_TIMEOUT', 'ETIMEDOUT'];

/** Alerts by which a peer refuses our certificate, in TLS 1.3 after the handshake has ended for us. */
const REFUSALS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it requires one, and ours does not suit it or was not sent (alert 116)',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it calls it bad (alert 42)',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'it does not support its kind (alert 43)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'it calls it revoked (alert 44)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'it calls it expired, or its clock is wrong (alert 45)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept it and does not say why (alert 46)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it knows no authority that has issued it, and takes no self-signed one (alert 48)',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it takes it and denies access (alert 49)',
};

/** A checksum or a signature over the handshake that does not fit: said by our side, or as an alert by the peer's. */
const CORRUPTED = [
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_CIPHER_OPERATION_FAILED',
  'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
  'ERR_SSL_TLSV1_ALERT_DECRYPTION_FAILED',
  'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
  'ERR_SSL_BAD_SIGNATURE',
  'ERR_SSL_DIGEST_CHECK_FAILED',
];

const compareWithPong = {
  who: 'you',
  action:
    "Run tentacle-pong on the Tentacle's host and ping that: the same failure is the network's, none is the Tentacle's.",
} as const;

export const tlsRows = [
  row({
    id: 'tls.not-tls',
    stage: 'tls',
    shownAt: ['tls'],
    // Where bytes were watched they decide: what is no TLS record is the reason, whatever ended the handshake.
    when: ({ symptom, facts }) =>
      facts.firstBytes === undefined || facts.firstBytes.length === 0
        ? NO_RECORD.includes(symptom.code)
        : !looksLikeTls(facts.firstBytes),
    title: 'Something answers on that port, but it does not speak TLS',
    means: ({ facts }) => {
      const what = facts.firstBytes === undefined ? undefined : whatAnswers(facts.firstBytes);
      if (what === undefined)
        return `What answers at ${peer(facts)} is no TLS peer. Its first bytes were not kept this time; run again without --reuse, --upload and --download to see them.`;
      if (what.protocol === 'unknown')
        return `What answers at ${peer(facts)} is no TLS peer and none that this tool knows: ${what.detail}.`;
      return `What answers at ${peer(facts)} speaks ${what.protocol}: ${what.detail}. It is not a Tentacle, or something answers in its place.`;
    },
    next: (facts) => [
      {
        who: 'server-admin',
        action: 'Check host and port: is this the port on which the Tentacle listens (10933 unless changed)?',
      },
      {
        who: 'tentacle-admin',
        action: `Look which process listens on port ${facts.port}.`,
        windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
        linux: `ss -ltnp 'sport = :${facts.port}'`,
      },
      {
        who: 'network-team',
        action:
          'If the Tentacle does listen there, a proxy, portal or firewall answers in its place: exempt this connection from it.',
      },
    ],
    octopusSays: [
      'The handshake failed due to an unexpected packet format.',
      'Cannot determine the frame size or a corrupted frame was received.',
    ],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
      facts: { ...EXAMPLE_FACTS, firstBytes: Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n') },
    },
  }),
  row({
    id: 'tls.version',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => VERSION.includes(symptom.code),
    title: 'No TLS version in common, or a peer that cannot use its certificate',
    means: ({ symptom, facts }) =>
      symptom.code === 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'
        ? `${peer(facts)} ended the handshake with the alert "protocol version". This tool offers ${facts.tlsMin === undefined ? 'TLS 1.2 and 1.3, the least that Octopus requires' : `${facts.tlsMin} and newer, as --tls-min has it`}.`
        : `${peer(facts)} chose a TLS version below ${facts.tlsMin === undefined ? '1.2, the least that Octopus requires' : `${facts.tlsMin}, as --tls-min has it`} (${symptom.code}).`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: "Look at the key size of the Tentacle's certificate; regenerate it when it is under 2048 bits.",
        windows: 'Tentacle show-thumbprint & Tentacle new-certificate',
        linux: 'Tentacle show-thumbprint; Tentacle new-certificate',
      },
      {
        who: 'tentacle-admin',
        action:
          "Enable TLS 1.2 on the Tentacle's host (Windows: SCHANNEL\\Protocols in the registry, and a .NET that uses it).",
        windows: 'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols" /s',
        linux: 'openssl version; cat /etc/ssl/openssl.cnf',
      },
      compareWithPong,
    ],
    octopusSays: ['tlsv1 alert protocol version', 'A call to SSPI failed, see inner exception', 'unsupported protocol'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'the peer allows only TLS versions below 1.2 (or only others than we offer)',
        'the peer cannot use its own certificate, as with RSA keys of 1024 bits under OpenSSL 3',
      ],
      test: "On the Tentacle's host, look at the key size of its certificate; or ping tentacle-pong there, which has a certificate of its own.",
    },
    example: { symptom: exampleSymptom('tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.sni',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'SERVER_NAME_DECIDES'].includes(symptom.code),
    title: 'TLS depends on the name that is asked for (SNI), and this one leads nowhere',
    means: ({ symptom, facts }) =>
      symptom.code === 'SERVER_NAME_DECIDES'
        ? `With the name ${nameAsked(facts) ?? facts.host} in TLS (SNI) the handshake with ${peer(facts)} fails, without a name it works. A Tentacle looks at no name: something in front of it routes or filters by it.`
        : `${peer(facts)} ended the handshake with the alert "unrecognized name": what ends or routes TLS there ${unknownName(facts)}. A Tentacle looks at no name, so it is not the Tentacle that answered.`,
    next: () => [
      {
        who: 'server-admin',
        action:
          "Use the host name under which the Tentacle is registered at that router, in the Tentacle's settings in Octopus and here.",
      },
      {
        who: 'network-team',
        action:
          'Find the router, balancer or filter that reads the name in TLS (SNI): add this name to it, give it a default that leads to the Tentacle, or exempt the port.',
      },
    ],
    octopusSays: ['tlsv1 unrecognized name', 'tlsv1 alert unrecognized name'],
    retry: false,
    certainty: SURE,
    example: { symptom: exampleSymptom('tls', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.internal-error',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => symptom.code === 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    title: 'The peer gave up the handshake over an error of its own',
    means: ({ facts }) =>
      `${peer(facts)} ended the handshake with the alert "internal error": something at its end does not work, whatever we offer.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          "Look at the Tentacle's certificate: key of at least 2048 bits, private key readable. Renew it if in doubt.",
        windows: 'Tentacle show-thumbprint & Tentacle new-certificate',
        linux: 'Tentacle show-thumbprint; Tentacle new-certificate',
      },
      {
        who: 'network-team',
        action:
          'If a load balancer or gateway ends TLS there: look whether it has a certificate for this port and name.',
      },
      compareWithPong,
    ],
    octopusSays: ['tlsv1 alert internal error', 'A call to SSPI failed, see inner exception'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'the peer cannot use its certificate or private key',
        'a router or gateway that has no certificate or no target for this name or port',
        'any other error inside the peer',
      ],
      test: "The peer's own log at this time names it; tentacle-pong on the same host, with a certificate of its own, shows whether it is the certificate.",
    },
    example: { symptom: exampleSymptom('tls', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.no-shared',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => NO_SHARED.includes(symptom.code) && symptom.shownAt === 'tls',
    title: 'No suite, group or signature algorithm in common',
    means: ({ facts }) =>
      `${peer(facts)} ended the handshake with the alert "handshake failure": of what this tool offers, it takes nothing.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          "Enable on the Tentacle's host what Octopus requires: ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1, signatures with SHA-256.",
        windows: 'powershell Get-TlsCipherSuite',
        linux: 'openssl ciphers -v; update-crypto-policies --show',
      },
      compareWithPong,
    ],
    octopusSays: [
      'sslv3 alert handshake failure',
      'The client and server cannot communicate, because they do not possess a common algorithm',
      'no shared cipher',
    ],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'no cipher suite in common',
        'no group (curve) in common',
        'no signature algorithm in common',
        'a client certificate that the peer requires and does not take (TLS 1.2)',
      ],
      test: 'The peer\'s own log names it: Schannel events 36871 to 36888 on Windows, "no shared cipher" and the like from OpenSSL.',
    },
    example: { symptom: exampleSymptom('tls', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.client-certificate-refused',
    stage: 'tls',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    when: ({ symptom }) => symptom.code in REFUSALS,
    title: 'The peer refused our certificate within TLS',
    means: ({ symptom, facts }) =>
      `${peer(facts)} refused the client certificate by a TLS alert: ${REFUSALS[symptom.code] ?? symptom.code}. A Tentacle never does that: it takes any certificate and decides afterwards. So something else ends TLS there.`,
    next: () => [
      {
        who: 'network-team',
        action:
          'Find the load balancer, gateway or proxy that ends TLS in front of the Tentacle and asks for certificates of its own; pass TLS through instead.',
      },
      compareWithPong,
    ],
    octopusSays: ['The decryption operation failed, see inner exception.', 'certificate required', 'unknown ca'],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('identity', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' },
    },
  }),
  row({
    id: 'tls.corrupted',
    stage: 'tls',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    when: ({ symptom }) => CORRUPTED.includes(symptom.code),
    title: 'Bytes were changed on the way',
    means: ({ symptom, facts }) =>
      `What came over the connection to ${peer(facts)} was not what was sent: its checksum in TLS did not fit (${symptom.code}). TCP has let it pass, so it was changed by something that makes packets anew.`,
    next: () => [
      {
        who: 'network-team',
        action:
          'Find what rewrites the stream between the two: an inspecting firewall, a WAN optimiser, a VPN, or a faulty network card or its offloading; exempt this connection or replace it.',
      },
      {
        who: 'server-admin',
        action: 'Switch checksum and segmentation offloading off on the network cards of both machines, and try again.',
        windows: 'powershell Get-NetAdapterChecksumOffload; powershell Get-NetAdapterLso',
        linux: 'ethtool --show-offload eth0; ip -s link',
      },
      compareWithPong,
    ],
    octopusSays: ['decryption failed or bad record mac', 'The decryption operation failed, see inner exception.'],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tls', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', { receivedBytes: 1200 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'tls.closed',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => symptom.code === 'TLS_CLOSED',
    title: 'Accepted, then closed during the handshake',
    means: ({ symptom, facts }) =>
      `${peer(facts)} accepted the connection and closed it ${span(symptom.elapsedUs)} into the TLS handshake, ${symptom.receivedBytes === 0 ? 'without a byte' : `after ${symptom.receivedBytes} bytes`}.`,
    next: (facts) => [
      {
        who: 'network-team',
        action:
          'Look for a load balancer without a healthy target, an allow-list, or a PROXY-protocol setting in front of the Tentacle.',
      },
      tryAnotherName(facts),
      {
        who: 'tentacle-admin',
        action: "Look into the Tentacle's log at this time: does the connection arrive, and what does it say of it?",
      },
      compareWithPong,
      ...askTheProxyToo(facts),
    ],
    octopusSays: [
      'Received an unexpected EOF or 0 bytes from the transport stream.',
      'Authentication failed because the remote party has closed the transport stream.',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a load balancer or relay without a target to pass the connection to',
        'an allow-list or a filter that closes after accepting',
        'a router by name (SNI) that has no target for this name, or for TLS without a name',
        'a PROXY-protocol header expected or sent where it should not be',
        'the service itself: stopping, or unable to use its certificate',
        'a server of another protocol, which closes when TLS comes and says nothing',
      ],
      test: "The Tentacle's log: no trace of the connection means it was closed in front of it.",
    },
    example: { symptom: exampleSymptom('tls', 'TLS_CLOSED'), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.reset',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(symptom.code) && symptom.shownAt === 'tls',
    title: 'Reset during the handshake',
    means: ({ symptom, facts }) =>
      `The connection to ${peer(facts)} was reset ${span(symptom.elapsedUs)} into the TLS handshake, after ${symptom.receivedBytes} bytes from the peer.`,
    next: (facts) => [
      {
        who: 'network-team',
        action:
          'Look for an inspecting device that resets when it sees TLS or this name (SNI), and exempt this connection.',
      },
      tryAnotherName(facts),
      { who: 'tentacle-admin', action: 'Look whether the service was stopping or restarting at that time.' },
      compareWithPong,
      ...askTheProxyToo(facts),
    ],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'an inspecting device or filter on the way',
        'a reset after about 15 s: large packets vanish on the way (MTU), and the keep-alive met a peer that had given up',
        'the process at the other end: stopping, expecting a PROXY-protocol header, or speaking another protocol (PostgreSQL resets)',
        'a load balancer without a healthy target, which closes before it has read our first bytes',
        'a router by name (SNI) that has no target for this name, or for TLS without a name',
      ],
      test: 'Time and place: at once and only for TLS is a filter; about 15 s is packet size; ping a tentacle-pong on the same host to exclude the process.',
    },
    example: { symptom: exampleSymptom('tls', 'ECONNRESET', { syscall: 'read' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.silent',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => GAVE_UP.includes(symptom.code) && symptom.receivedBytes === 0,
    title: 'Connected, but silent when TLS begins',
    means: ({ symptom, facts }) =>
      `${peer(facts)} accepted the connection and then sent nothing for ${span(symptom.elapsedUs)}. The port is open; nobody answers behind it, or the answer is lost.`,
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: "Look whether the Tentacle's process is hung or overloaded; restart it if so.",
        windows: 'Tentacle service --stop --start',
        linux: 'systemctl status tentacle',
      },
      {
        who: 'network-team',
        action:
          'Look for a device that accepts in the Tentacle\'s name, and for packets over a smaller MTU that vanish (allow ICMP "fragmentation needed", or clamp the MSS).',
      },
      compareWithPong,
      ...askTheProxyToo(facts),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the process behind the port is hung (the system accepts in its place)',
        'the answer is larger than what the way lets through (MTU black hole)',
        'a device accepts every connection and passes nothing on',
        'another protocol, whose server waits for the client to speak',
      ],
      test: 'Ping a tentacle-pong on the same host: silent too means the way; fine means the process.',
    },
    example: { symptom: exampleSymptom('tls', 'TLS_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tls.stalled',
    stage: 'tls',
    shownAt: ['tls'],
    when: ({ symptom }) => GAVE_UP.includes(symptom.code),
    title: 'The handshake began and did not finish in time',
    means: ({ symptom, facts }) =>
      `${peer(facts)} sent ${symptom.receivedBytes} bytes of its handshake and then not enough to finish within ${span(symptom.elapsedUs)}.`,
    next: (facts) => [
      {
        who: 'network-team',
        action: 'Look for loss, a very slow link, or packets over a smaller MTU that vanish between the two.',
      },
      compareWithPong,
      ...askTheProxyToo(facts),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a very slow or lossy way',
        'the larger packets of the handshake are lost (MTU)',
        'a peer that stopped in the middle',
      ],
      test: 'Try again with a longer --timeout: a slow way finishes, the others do not.',
    },
    example: {
      symptom: exampleSymptom('tls', 'TLS_TIMEOUT', { elapsedUs: 10_000_000, receivedBytes: 1200 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'tls.other',
    stage: 'tls',
    shownAt: ['tls', 'identity', 'rpc', 'data'],
    when: ({ symptom }) => symptom.shownAt === 'tls' || symptom.code.startsWith('ERR_SSL_'),
    title: 'TLS failed in a way this tool does not know',
    means: ({ symptom, facts }) =>
      `TLS with ${peer(facts)} ended with ${symptom.code}. Its cause is unknown to this tool.`,
    next: () => [compareWithPong, { who: 'tentacle-admin', action: "Look what the Tentacle's log says of this time." }],
    octopusSays: ['Authentication failed, see inner exception.'],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('tls', 'ERR_SSL_UNEXPECTED_MESSAGE'), facts: EXAMPLE_FACTS },
  }),
];
