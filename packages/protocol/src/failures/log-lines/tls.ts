import { logLine } from './log-line.js';
import {
  diagnose,
  diagnoseServer,
  enableTls12,
  newCertificate,
  otherLog,
  passThrough,
  pong,
  whoListens,
} from './steps.js';

const tlsDiagnosis = 'it shows which TLS versions, suites and certificate the other end has, and at which step it ends';

const schannelLog = {
  who: 'tentacle-admin',
  action: 'Read the Schannel events of the same second on both Windows hosts.',
  windows: 'wevtutil qe System /q:"*[System[Provider[@Name=\'Schannel\']]]" /c:20 /rd:true /f:text',
} as const;

const reregister = {
  who: 'server-admin',
  action: 'After a new certificate, put its thumbprint into Octopus (or run register-with again).',
} as const;

export const tlsLogLines = [
  logLine({
    id: 'tls.registration-handshake',
    patterns: [
      'checking that server communications are open failed with message the ssl connection could not be established',
    ],
    text: 'Checking that server communications are open failed with message The SSL connection could not be established, see inner exception',
    means: 'While registering, the check of the communications port reached the server and TLS failed.',
    causes: [
      {
        text: "the server's certificate cannot be used by its own system (RSA-1024, SHA-1), or is refused by this one",
        failure: 'tls.version',
      },
      { text: 'no TLS version or suite in common: an old operating system on one side', failure: 'tls.no-shared' },
    ],
    next: (seen) => [
      diagnoseServer(seen, tlsDiagnosis),
      {
        who: 'server-admin',
        action: 'Renew the certificate of the Octopus Server when it is old, or upgrade the operating system.',
        windows: 'Octopus.Server new-certificate',
        linux: 'Octopus.Server new-certificate',
      },
    ],
    tells: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed with message The SSL connection could not be established, see inner exception.. Retrying (1/5) in 00:00:00.7500',
  }),
  logLine({
    id: 'tls.sspi-invalid-parameter',
    patterns: ['one or more of the parameters passed to the function was invalid'],
    text: 'A call to SSPI failed, see inner exception. ---> ... One or more of the parameters passed to the function was invalid',
    means:
      'Windows refused the handshake of the other side. The other end says at the same time "An existing connection was forcibly closed by the remote host".',
    causes: [
      { text: 'no TLS version or suite in common', failure: 'tls.version' },
      { text: 'a certificate with an RSA key of 512 bits, which TLS 1.2 cannot use', failure: 'tls.version' },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), enableTls12, newCertificate, reregister],
    tells: 'network',
    example:
      'System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception. ---> System.ComponentModel.Win32Exception: One or more of the parameters passed to the function was invalid',
  }),
  logLine({
    id: 'tls.no-common-algorithm',
    patterns: ['they do not possess a common algorithm', '0x80090331'],
    text: 'The client and server cannot communicate, because they do not possess a common algorithm',
    means: 'The two systems found no TLS version, suite or hash that both allow.',
    causes: [
      { text: 'TLS 1.2 is switched off on one side, or an old .NET does not use it', failure: 'tls.version' },
      { text: 'no cipher suite or signature in common', failure: 'tls.no-shared' },
      { text: 'a certificate signed with SHA-1 (Windows Server 2012 R2)', failure: 'tls.no-shared' },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), enableTls12, newCertificate, reregister],
    tells: 'network',
    example:
      'System.ComponentModel.Win32Exception (0x80004005): The client and server cannot communicate, because they do not possess a common algorithm',
  }),
  logLine({
    id: 'tls.message-envelope-null',
    patterns: ['messageenvelope is null'],
    text: '... after the request began: messageEnvelope is null',
    means: 'A message came empty. Seen where Windows Server 2012 R2 met a certificate signed with SHA-1.',
    causes: [
      { text: 'a SHA-1 certificate that one of the two systems does not accept', failure: 'tls.no-shared' },
      { text: 'the message was lost inside TLS', failure: 'rpc.garbled' },
    ],
    next: (seen) => [diagnose(seen, 'it shows how the certificate is signed'), newCertificate, reregister],
    tells: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: messageEnvelope is null",
  }),
  logLine({
    id: 'tls.handshake-failure-alert',
    patterns: [
      'sslv3 alert handshake failure',
      'error:0a000410',
      'error:14094410',
      'ssl/tls alert handshake failure',
      "sent a tls alert: 'handshakefailure'",
      'alert insufficient security',
    ],
    text: 'Authentication failed, see inner exception. -> SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL -> error:0A000410:SSL routines::sslv3 alert handshake failure',
    means: 'The other side takes nothing of what this one offers.',
    causes: [
      { text: 'no cipher suite in common', failure: 'tls.no-shared' },
      { text: 'no group (curve) or signature algorithm in common', failure: 'tls.no-shared' },
      {
        text: 'something that is no Tentacle insists on a client certificate of its own',
        failure: 'tls.client-certificate-refused',
      },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), enableTls12, schannelLog],
    tells: 'network',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0A000410:SSL routines::sslv3 alert handshake failure',
  }),
  logLine({
    id: 'tls.protocol-version-alert',
    patterns: [
      'tlsv1 alert protocol version',
      'error:0a00042e',
      'error:1409442e',
      "sent a tls alert: 'protocolversion'",
      'ssl routines::unsupported protocol',
      'ssl routines::wrong ssl version',
      'routines:unsupported protocol',
      'unsupported protocol',
    ],
    text: 'error:0A00042E:SSL routines::tlsv1 alert protocol version',
    means:
      'The other side ended the handshake with "protocol version". That is not only a matter of versions: OpenSSL says the same when it cannot use its own certificate.',
    causes: [
      { text: 'one side is too old, or allows other TLS versions only', failure: 'tls.version' },
      {
        text: "the other side's own certificate cannot be used there (RSA-1024; SHA-1 on a hardened system or Windows Server 2012 R2)",
        failure: 'tls.version',
      },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), pong(seen), newCertificate, enableTls12],
    tells: 'network',
    example:
      'System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception. ---> Interop+Crypto+OpenSslCryptographicException: error:0A00042E:SSL routines::tlsv1 alert protocol version',
  }),
  logLine({
    id: 'tls.schannel-no-common-suite',
    patterns: [
      'none of the cipher suites supported by the client application are supported by the server',
      'schannel...36874',
      '36874...schannel',
      'schannel...36873',
      '36873...schannel',
    ],
    text: 'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server. (Schannel 36874; on the client 36873)',
    means: 'A policy took away the last cipher suite that the two had in common.',
    causes: [{ text: 'hardening on one side: no common cipher suite is left', failure: 'tls.no-shared' }],
    next: (seen) => [
      diagnose(seen, 'it shows the suites that the other end takes, beside what Octopus requires'),
      enableTls12,
    ],
    tells: 'network',
    example:
      'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server. The SSL connection request has failed.',
  }),
  logLine({
    id: 'tls.no-shared-cipher',
    patterns: [
      'no shared cipher',
      'no shared signature algorithms',
      'no suitable signature algorithm',
      'no shared group',
    ],
    text: 'no shared cipher',
    means: 'The listening side found nothing among what the other offered.',
    causes: [
      { text: 'hardening on one side', failure: 'tls.no-shared' },
      { text: 'a listener that cannot use its certificate with any suite left', failure: 'tls.no-shared' },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows the suites that the other end takes, beside what Octopus requires'),
      enableTls12,
      newCertificate,
    ],
    tells: 'network',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0A0000C1:SSL routines::no shared cipher',
  }),
  logLine({
    id: 'tls.no-ciphers-available',
    patterns: ['no ciphers available', 'no protocols available'],
    text: 'no ciphers available / no protocols available',
    means: "This machine's own TLS policy leaves nothing that could be offered. Nothing was sent.",
    causes: [
      { text: 'legacy TLS is asked for on a system that forbids it' },
      { text: "this end's own certificate is too weak for the policy" },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Look at the TLS policy of this machine, and at the certificate of the service.',
        windows: 'powershell Get-TlsCipherSuite',
        linux: 'openssl ciphers -v; cat /etc/ssl/openssl.cnf; update-crypto-policies --show',
      },
      newCertificate,
    ],
    tells: 'host',
    example: 'error:0A0000B5:SSL routines::no ciphers available',
  }),
  logLine({
    id: 'tls.schannel-alert-received',
    patterns: ['a fatal alert was received from the remote endpoint', 'schannel...36887', '36887...schannel'],
    captures: [/fatal alert code is (?<detail>\d{1,3})/i],
    text: 'Schannel 36887: A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is ...',
    means:
      'The other side ended the handshake and said why by a number: 40 nothing in common, 42 to 46 and 48 a certificate, 70 protocol version, 71 too weak, 112 unknown name.',
    causes: [
      { text: '40 or 71: no suite, group or signature in common', failure: 'tls.no-shared' },
      { text: '70: versions, or a certificate that the other side cannot use', failure: 'tls.version' },
      {
        text: '42 to 48, 116: the other side, which is then no Tentacle, refuses our certificate',
        failure: 'tls.client-certificate-refused',
      },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), schannelLog, enableTls12],
    tells: 'host',
    example:
      'Log Name: System  Source: Schannel  Event ID: 36887  A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 40.',
  }),
  logLine({
    id: 'tls.schannel-alert-sent',
    patterns: ['a fatal alert was generated and sent to the remote endpoint', 'schannel...36888', '36888...schannel'],
    captures: [/fatal error code is (?<detail>\d{1,3})/i],
    text: 'Schannel 36888: A fatal alert was generated and sent to the remote endpoint. ... The TLS protocol defined fatal error code is ...',
    means: 'This Windows itself ended the handshake: it liked nothing of what the other side offered or sent.',
    causes: [
      { text: 'code 40: no suite in common', failure: 'tls.no-shared' },
      { text: 'code 70: no TLS version in common', failure: 'tls.version' },
      { text: 'code 10 or 20: what came is no TLS, or was damaged on the way', failure: 'tls.not-tls' },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), schannelLog, enableTls12],
    tells: 'host',
    example:
      'Source: Schannel  Event ID: 36888  A fatal alert was generated and sent to the remote endpoint. This may result in termination of the connection. The TLS protocol defined fatal error code is 40. The Windows SChannel error state is 1205.',
  }),
  logLine({
    id: 'tls.schannel-private-key',
    patterns: [
      'a fatal error occurred when attempting to access the tls server credential private key',
      'a fatal error occurred when attempting to access the ssl server credential private key',
      'schannel...36870',
      '36870...schannel',
    ],
    text: 'Schannel 36870: A fatal error occurred when attempting to access the TLS server credential private key.',
    means: 'Windows could not use the private key of the certificate of this service. No handshake can work.',
    causes: [
      { text: 'the account of the service may not read the key', failure: 'tls.closed' },
      { text: 'the key is missing or damaged (restored or cloned machine)', failure: 'tls.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'from the other end: closed or reset in the handshake, each time, is this'),
      {
        who: 'tentacle-admin',
        action: 'Let the account of the service read the key, or make a new certificate.',
        windows: 'Tentacle new-certificate',
      },
      reregister,
    ],
    tells: 'host',
    example:
      'Source: Schannel  Event ID: 36870  A fatal error occurred when attempting to access the TLS server credential private key. The error code returned from the cryptographic module is 0x8009030D.',
  }),
  logLine({
    id: 'tls.schannel-credential',
    patterns: [
      'a fatal error occurred while creating a tls client credential',
      'a fatal error occurred while creating a tls server credential',
      'a fatal error occurred while creating an ssl client credential',
      'schannel...36871',
      '36871...schannel',
    ],
    captures: [/internal error state is (?<detail>\d{1,6})/i],
    text: 'Schannel 36871: A fatal error occurred while creating a TLS client credential. The internal error state is 10013.',
    means: 'A program on this Windows asked for a TLS version that is switched off here.',
    causes: [
      { text: 'TLS 1.2 is off in SCHANNEL\\Protocols, or only versions that an old .NET does not know are on' },
      { text: 'another program than Octopus or Tentacle: the event does not name it' },
    ],
    next: (seen) => [enableTls12, diagnose(seen, tlsDiagnosis)],
    tells: 'host',
    example:
      'Source: Schannel  Event ID: 36871  A fatal error occurred while creating a TLS client credential. The internal error state is 10013.',
  }),
  logLine({
    id: 'tls.digest-too-weak',
    patterns: ['ca md too weak'],
    text: 'ca md too weak',
    means: 'A certificate in the chain is signed with a hash that this OpenSSL does not accept.',
    causes: [
      { text: 'SHA-1 in the chain of a certificate that a CA issued (self-signed ones are not judged by that)' },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows how the certificate of the other end is signed'),
      newCertificate,
      reregister,
    ],
    tells: 'network',
    example: 'error:0A00018E:SSL routines::ca md too weak',
  }),
  logLine({
    id: 'tls.key-too-small',
    patterns: ['ee key too small', 'dh key too small', 'ca key too small'],
    text: 'ee key too small',
    means:
      'A key of under 2048 bits is refused by the OpenSSL of this machine; its own old certificate cannot be loaded.',
    causes: [
      { text: "this end's own certificate has RSA-1024", failure: 'tls.version' },
      { text: 'the other end shows such a certificate', failure: 'tls.other' },
    ],
    next: (seen) => [
      diagnose(seen, "it shows the key size of the other end's certificate; if that is 2048 or more, it is one's own"),
      newCertificate,
      reregister,
    ],
    tells: 'host',
    example: 'error:0A00018F:SSL routines::ee key too small',
  }),
  logLine({
    id: 'tls.legacy-renegotiation',
    patterns: ['unsafe legacy renegotiation'],
    text: 'unsafe legacy renegotiation disabled',
    means: 'OpenSSL 3 met a TLS peer that does not know secure renegotiation.',
    causes: [{ text: 'a very old system or appliance on the other side', failure: 'tls.other' }],
    next: (seen) => [
      diagnose(seen, tlsDiagnosis),
      { who: 'tentacle-admin', action: 'Upgrade the old side.' },
      passThrough,
    ],
    tells: 'network',
    example: 'error:0A000152:SSL routines::unsafe legacy renegotiation disabled',
  }),
  logLine({
    id: 'tls.unrecognized-name',
    patterns: [
      'tlsv1 unrecognized name',
      'alert unrecognized name',
      "sent a tls alert: 'unrecognizedname'",
      { oneOf: ['alert 112'], regex: /\balert 112\b/ },
    ],
    text: 'tlsv1 unrecognized name (alert 112)',
    means: 'What answers chooses by the name in TLS (SNI), and does not know the one that was used.',
    causes: [
      { text: 'the address in use is not the one for which the router or gateway was set up', failure: 'tls.sni' },
      { text: 'an IP address is used where a name is expected', failure: 'tls.sni' },
    ],
    next: (seen) => [
      diagnose(seen, 'it tries with the name and without'),
      {
        who: 'tentacle-admin',
        action: 'Use the address that the gateway knows.',
        windows: 'Tentacle register-with --server-comms-address=https://NAME:10943/ ...',
        linux: 'Tentacle register-with --server-comms-address=https://NAME:10943/ ...',
      },
    ],
    tells: 'network',
    example: 'error:0A000458:SSL routines::tlsv1 unrecognized name',
  }),
  logLine({
    id: 'tls.internal-error-alert',
    patterns: ['alert internal error', "sent a tls alert: 'internalerror'"],
    text: 'tlsv1 alert internal error',
    means: 'The other side gave up the handshake over an error of its own.',
    causes: [
      { text: 'it cannot use its certificate or private key', failure: 'tls.internal-error' },
      {
        text: 'a router or gateway without a certificate or target for this name or port',
        failure: 'tls.internal-error',
      },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), pong(seen), newCertificate],
    tells: 'network',
    example: 'error:0A000438:SSL routines::tlsv1 alert internal error',
  }),
  logLine({
    id: 'tls.certificate-required',
    patterns: [
      'alert certificate required',
      'alert unknown ca',
      'alert bad certificate',
      'alert certificate unknown',
      'alert certificate expired',
      'alert unsupported certificate',
      "sent a tls alert: 'unknownca'",
      "sent a tls alert: 'badcertificate'",
      "sent a tls alert: 'certificateunknown'",
      'certificate required',
      'ssl routines::unknown ca',
      'unknown ca',
    ],
    text: 'tlsv13 alert certificate required / tlsv1 alert unknown ca / sslv3 alert bad certificate',
    means:
      'The other side refused our certificate within TLS. An Octopus end never does that: it takes any certificate and decides afterwards.',
    causes: [
      {
        text: 'a load balancer, gateway or proxy ends TLS there and wants certificates of its own',
        failure: 'tls.client-certificate-refused',
      },
    ],
    next: (seen) => [diagnose(seen, 'it shows whose certificate answers'), passThrough, pong(seen)],
    tells: 'network',
    example: 'error:0A00045C:SSL routines::tlsv13 alert certificate required',
  }),
  logLine({
    id: 'tls.record-damaged',
    patterns: ['decryption failed or bad record mac', 'alert bad record mac', "sent a tls alert: 'badrecordmac'"],
    text: 'decryption failed or bad record mac',
    means: 'Bytes of the encrypted connection were changed, lost or doubled on the way; TLS noticed it.',
    causes: [
      { text: 'a device that rewrites the stream', failure: 'tls.corrupted' },
      { text: 'a faulty network card, driver or cable', failure: 'tls.corrupted' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: 'Ping many times and in larger amounts: how often it happens, and whether from every machine.',
        windows: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --count 500 --interval 0`,
        linux: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --count 500 --interval 0`,
      },
      {
        who: 'network-team',
        action: 'Look for devices that change payload, and switch off offloading of the network card for a test.',
        windows: 'powershell Get-NetAdapterChecksumOffload',
        linux: 'ethtool -k eth0',
      },
    ],
    tells: 'network',
    example: 'error:0A000119:SSL routines::decryption failed or bad record mac',
  }),
  logLine({
    id: 'tls.decryption-failed',
    patterns: ['the decryption operation failed, see inner exception'],
    text: 'The decryption operation failed, see inner exception.',
    means:
      'TLS 1.3 was finished for this end, and then the other side sent an alert. The inner exception names it, for example 116 "certificate required".',
    causes: [
      {
        text: 'the other side, which is then no Tentacle, wants another client certificate or signature',
        failure: 'tls.client-certificate-refused',
      },
      { text: 'bytes were changed on the way', failure: 'tls.corrupted' },
    ],
    next: (seen) => [diagnose(seen, 'it shows the alert and whose certificate answers'), passThrough, enableTls12],
    tells: 'network',
    example: 'System.IO.IOException: The decryption operation failed, see inner exception.',
  }),
  logLine({
    id: 'tls.legacy-versions',
    patterns: [
      'octopus_tentacle_use_legacy_tls',
      'tls 1.0/1.1 still accepted',
      { oneOf: ['still accept'], regex: /tls 1\.[01].{0,30}still accept/ },
    ],
    text: '(TLS 1.0/1.1 still accepted on a hardened system; OCTOPUS_TENTACLE_USE_LEGACY_TLS)',
    means:
      'Older versions named the TLS versions themselves and so passed the policy of the system. Newer ones leave it to the system, and the variable has no effect any more.',
    causes: [{ text: 'an older Tentacle or server' }],
    next: (seen) => [
      diagnose(seen, 'it shows which versions the other end takes'),
      { who: 'tentacle-admin', action: 'Upgrade, and take the variable away.' },
    ],
    tells: 'network',
    example: 'WARN  OCTOPUS_TENTACLE_USE_LEGACY_TLS is set: TLS 1.0/1.1 still accepted',
  }),
  logLine({
    id: 'tls.rest-certificate',
    patterns: [
      'remotecertificatenamemismatch',
      'remotecertificatechainerrors',
      'certificate errors were encountered when establishing the https connection',
      'the remote certificate is invalid',
    ],
    captures: [/certificate subject name:? (?<subject>[^;,]{1,100})/i],
    text: 'The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
    means:
      'This is the web address of Octopus (REST), where names and chains are judged, not the protocol between Octopus and Tentacle, which knows thumbprints only.',
    causes: [
      { text: 'the web certificate is from a private CA that this machine or pod does not know' },
      { text: 'the address in use is not in the certificate' },
      { text: 'an inspecting proxy shows its own certificate' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: 'Look at the certificate of the web port, from the machine or pod that logged the line.',
        windows: `tentacle-ping ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? '443'} --level tls --count 1`,
        linux: `tentacle-ping ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? '443'} --level tls --count 1`,
      },
      {
        who: 'tentacle-admin',
        action: "Give this machine the CA's certificate (Kubernetes agent: the helm value agent.serverCertificate).",
      },
    ],
    tells: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
  }),
  logLine({
    id: 'tls.not-tls-packets',
    patterns: [
      'the handshake failed due to an unexpected packet format',
      'cannot determine the frame size or a corrupted frame was received',
      'ssl routines::wrong version number',
      'routines:wrong version number',
      'ssl routines::packet length too long',
      'ssl routines::http request',
    ],
    text: 'The handshake failed due to an unexpected packet format. (.NET 5 and later: Cannot determine the frame size or a corrupted frame was received.)',
    means: 'What came back is no TLS. "After the request began" in front of it says only that it is not tried again.',
    causes: [
      { text: 'another service listens on that port (HTTP, SSH, ...)', failure: 'tls.not-tls' },
      { text: 'a captive portal, firewall or proxy answers with a page', failure: 'tls.not-tls' },
      { text: 'a proxy answered 200 to CONNECT and sent a page in place of a tunnel', failure: 'proxy.no-tunnel' },
      { text: 'on the listening end: somebody spoke something else to it, a browser with http:// for example' },
    ],
    next: (seen) => [diagnose(seen, 'it shows the first bytes and names what answers'), whoListens(seen), passThrough],
    tells: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Cannot determine the frame size or a corrupted frame was received.",
  }),
  logLine({
    id: 'tls.unexpected-eof',
    patterns: [
      'received an unexpected eof or 0 bytes from the transport stream',
      'the remote party has closed the transport stream',
      'unexpected eof while reading',
    ],
    text: 'Received an unexpected EOF or 0 bytes from the transport stream.',
    means: 'The connection was accepted and closed before TLS was done.',
    causes: [
      { text: 'a load balancer without a healthy target', failure: 'tls.closed' },
      { text: 'a PROXY-protocol header that one side sends and the other does not expect', failure: 'tls.closed' },
      {
        text: "the listener cannot use its own certificate or key, or this end's OpenSSL refuses its own",
        failure: 'tls.closed',
      },
      { text: 'on the listening end: a health check or port scan, which is harmless' },
    ],
    next: (seen) => [diagnose(seen, 'it says after how many bytes and how long the close comes'), pong(seen), otherLog],
    tells: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Received an unexpected EOF or 0 bytes from the transport stream.",
  }),
];
