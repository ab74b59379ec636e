import { tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { replaceWeakCertificate } from './certificate-steps.js';
import { schannelEvent } from './event-ids.js';
import { type Cause, defineMessage } from './known-message.js';
import { diagnose, diagnoseServer, enableTls12, pong, writerAdmin, REPORTS_TLS } from './steps.js';

const schannelLog: Step = {
  who: 'tentacle-admin',
  action: 'Read the Schannel events for the same second on both Windows hosts.',
  windows:
    "Get-WinEvent -MaxEvents 20 -FilterHashtable @{ LogName = 'System'; ProviderName = 'Schannel' } | Format-List TimeCreated, Id, Message",
};

/** Who rejected what, by the number of the alert that the other side sent. */
const ALERT_CAUSES: readonly (readonly [alerts: readonly number[], cause: Cause])[] = [
  [
    [40, 71],
    {
      text: '40 or 71: no shared cipher suite, group or signature algorithm',
      failure: 'tls.no-common-parameters',
    },
  ],
  [
    [70, 86],
    { text: '70: no shared TLS version, or a certificate that the other side cannot use', failure: 'tls.version' },
  ],
  [
    [42, 43, 44, 45, 46, 48, 49, 116],
    {
      text: "42 to 49, 116: the other side rejects this end's certificate, so it is not an Octopus end",
      failure: 'tls.client-certificate-refused',
    },
  ],
  [[112], { text: '112: a router that selects by name does not know the name', failure: 'tls.unrecognized-name' }],
  [
    [10, 20, 47, 50, 51],
    {
      text: '10, 20, 47, 50 or 51: data was damaged, or one side does not speak TLS properly',
      failure: 'tls.bad-record',
    },
  ],
];

/** The cause of an alert; all of them without a number, or with another one. */
function causesOfAlert(alert: string | undefined): readonly Cause[] {
  const causes = ALERT_CAUSES.filter(([alerts]) => alerts.includes(Number(alert)));
  return (causes.length === 0 ? ALERT_CAUSES : causes).map(([, cause]) => cause);
}

/** Versions, suites and algorithms that the two ends do not share, also as events of Windows (Schannel). */
export const tlsParameterMessages = [
  defineMessage({
    id: 'tls.registration-handshake',
    patterns: [
      'checking that server communications are open failed with message the ssl connection could not be established',
    ],
    text: 'Checking that server communications are open failed with message The SSL connection could not be established, see inner exception',
    means:
      'During registration, the check of the communications port reached the server, but the TLS handshake failed.',
    causes: [
      {
        text: "the server's certificate cannot be used by its own system, or this machine rejects it (SHA-1 on Windows Server 2012 R2; RSA-1024)",
        failure: 'tls.version',
      },
      {
        text: 'no shared TLS version or cipher suite: one side has an old operating system',
        failure: 'tls.no-common-parameters',
      },
    ],
    next: (seen) => [
      diagnoseServer(seen, REPORTS_TLS, 'on the machine or pod that registers'),
      ...replaceWeakCertificate,
      {
        who: 'server-admin',
        action:
          'If the server runs on Windows Server 2012 R2, upgrade it: it lacks cipher suites that a Kubernetes agent requires.',
      },
    ],
    decidedBy: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed with message The SSL connection could not be established, see inner exception.. Retrying (1/5) in 00:00:00.7500',
  }),
  defineMessage({
    id: 'tls.sspi-invalid-parameter',
    patterns: ['one or more of the parameters passed to the function was invalid'],
    text: 'A call to SSPI failed, see inner exception. ---> ... One or more of the parameters passed to the function was invalid',
    means:
      'Windows rejected the TLS handshake of the other side. At the same time the other end logs "An existing connection was forcibly closed by the remote host".',
    causes: [
      { text: 'no shared TLS version or cipher suite', failure: 'tls.version' },
      { text: 'a certificate with a 512-bit RSA key, which TLS 1.2 cannot use', failure: 'tls.version' },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), schannelLog, enableTls12, ...replaceWeakCertificate],
    decidedBy: 'network',
    example:
      'System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception. ---> System.ComponentModel.Win32Exception: One or more of the parameters passed to the function was invalid',
  }),
  defineMessage({
    id: 'tls.no-version-enabled-here',
    patterns: [
      'they do not possess a common algorithm...acquirecredentialshandle',
      'they do not possess a common algorithm...acquireservercredentials',
      'they do not possess a common algorithm...acquireclientcredentials',
    ],
    text: 'The client and server cannot communicate, because they do not possess a common algorithm ... at System.Net.SSPIWrapper.AcquireCredentialsHandle',
    means:
      'Windows refused to prepare TLS on the machine that logged this message, before anything of the other end was read. The TLS versions that the program asks for are disabled there.',
    causes: [
      {
        text: 'TLS 1.0 is disabled on that machine, and the program offers nothing newer: Octopus or Tentacle 2.x, or 3.x on an old .NET',
        failure: 'tls.version',
      },
      { text: 'TLS 1.2 is disabled on that machine by its registry or a policy', failure: 'tls.version' },
      { text: 'the key of its own certificate does not fit the TLS versions that are enabled' },
    ],
    next: (seen) => [
      {
        who: writerAdmin(seen),
        action:
          'Check on the machine that logged this message which TLS versions are enabled for servers and clients. A change takes effect after a restart of the machine.',
        windows:
          "Get-ChildItem 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols' -Recurse | Get-ItemProperty | Select-Object PSParentPath, PSChildName, Enabled, DisabledByDefault",
      },
      {
        who: writerAdmin(seen),
        action:
          'Upgrade the program to a version that uses TLS 1.2: Octopus Server and Tentacle 3.1 or later, on .NET 4.5 or later.',
      },
      schannelLog,
    ],
    decidedBy: 'host',
    example:
      'System.ComponentModel.Win32Exception (0x80004005): The client and server cannot communicate, because they do not possess a common algorithm ---> at System.Net.SSPIWrapper.AcquireCredentialsHandle(SSPIInterface SecModule, String package)',
  }),
  defineMessage({
    id: 'tls.no-common-algorithm',
    patterns: ['they do not possess a common algorithm', '0x80090331'],
    text: 'The client and server cannot communicate, because they do not possess a common algorithm',
    means: 'The two systems have no TLS version, cipher suite or hash that both allow.',
    causes: [
      { text: 'TLS 1.2 is disabled on one side, or an old .NET does not use it', failure: 'tls.version' },
      { text: 'no shared cipher suite or signature algorithm', failure: 'tls.no-common-parameters' },
      { text: 'a SHA-1 certificate (Windows Server 2012 R2)', failure: 'tls.no-common-parameters' },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), schannelLog, enableTls12, ...replaceWeakCertificate],
    decidedBy: 'network',
    example:
      'System.ComponentModel.Win32Exception (0x80004005): The client and server cannot communicate, because they do not possess a common algorithm',
  }),
  defineMessage({
    id: 'tls.message-envelope-null',
    patterns: ['messageenvelope is null'],
    text: '... after the request began: messageEnvelope is null',
    means:
      'An empty message was received. This was seen between Windows Server 2012 R2 and a Tentacle whose certificate was signed with SHA-1.',
    causes: [
      { text: 'a SHA-1 certificate that one of the two systems does not accept', failure: 'tls.no-common-parameters' },
      { text: 'a message lost inside TLS', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [
      diagnose(seen, "It reports the signature algorithm of the other end's certificate."),
      ...replaceWeakCertificate,
    ],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: messageEnvelope is null",
  }),
  defineMessage({
    id: 'tls.handshake-failure-alert',
    patterns: [
      'sslv3 alert handshake failure',
      'error:0a000410',
      'error:14094410',
      'ssl/tls alert handshake failure',
      'sent a tls alert: ...handshakefailure',
      'alert insufficient security',
    ],
    text: 'Authentication failed, see inner exception. -> SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL -> error:0A000410:SSL routines::sslv3 alert handshake failure',
    means: 'The other side accepted nothing that this side offered.',
    causes: [
      { text: 'no shared cipher suite', failure: 'tls.no-common-parameters' },
      { text: 'no shared group (curve) or signature algorithm', failure: 'tls.no-common-parameters' },
      {
        text: 'the other side is not a Tentacle and requires a client certificate of its own',
        failure: 'tls.client-certificate-refused',
      },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), enableTls12, schannelLog],
    decidedBy: 'network',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0A000410:SSL routines::sslv3 alert handshake failure',
  }),
  defineMessage({
    id: 'tls.protocol-version-alert',
    patterns: [
      'tlsv1 alert protocol version',
      'error:0a00042e',
      'error:1409442e',
      'sent a tls alert: ...protocolversion',
      'ssl routines::unsupported protocol',
      'ssl routines::wrong ssl version',
      'routines:unsupported protocol',
      'unsupported protocol',
    ],
    text: 'error:0A00042E:SSL routines::tlsv1 alert protocol version',
    means:
      'The other side ended the handshake with the alert "protocol version". TLS versions are not the only reason: OpenSSL sends the same alert when it cannot use its own certificate.',
    causes: [
      { text: 'one side is too old, or allows only other TLS versions', failure: 'tls.version' },
      {
        text: "the other side's certificate is unusable there (RSA-1024; SHA-1 on a hardened system or Windows Server 2012 R2; often an Octopus Server's from before 3.14)",
        failure: 'tls.version',
      },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), pong(seen), ...replaceWeakCertificate, enableTls12],
    decidedBy: 'network',
    example:
      'System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception. ---> Interop+Crypto+OpenSslCryptographicException: error:0A00042E:SSL routines::tlsv1 alert protocol version',
  }),
  defineMessage({
    id: 'tls.schannel-no-common-suite',
    patterns: [
      'none of the cipher suites supported by the client application are supported by the server',
      ...schannelEvent('36874'),
      ...schannelEvent('36873'),
    ],
    text: 'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server. (Schannel 36874; on the client 36873)',
    captures: [/\b(?<detail>3687[34])\b/],
    means:
      'The client and the server have no cipher suite in common. Event 36874 is written by the side that accepts the connection, 36873 by the side that opens it.',
    causes: [
      {
        text: 'a SHA-1 certificate of the accepting side on Windows Server 2012 R2 (often an Octopus Server from before 3.14, with a Kubernetes agent)',
        failure: 'tls.no-common-parameters',
      },
      { text: 'hardening on one side removed the last shared cipher suite', failure: 'tls.no-common-parameters' },
      { text: 'a browser, scanner or other program was the client: the event does not name it' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'It lists the cipher suites that the accepting side takes next to those that Octopus uses, and its certificate.',
        seen.detail === '36873'
          ? 'on the machine that logged this event'
          : 'on the machine that connects: the Octopus Server for a listening Tentacle, the Tentacle for a polling one',
      ),
      ...replaceWeakCertificate,
      enableTls12,
    ],
    decidedBy: 'network',
    example:
      'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server. The SSL connection request has failed.',
  }),
  defineMessage({
    id: 'tls.no-shared-cipher',
    patterns: [
      'no shared cipher',
      'no shared signature algorithms',
      'no suitable signature algorithm',
      'no shared group',
    ],
    text: 'no shared cipher',
    means: 'The listening side accepts nothing that the other side offered.',
    causes: [
      { text: 'hardening on one side', failure: 'tls.no-common-parameters' },
      {
        text: 'a listener that cannot use its certificate with any remaining cipher suite',
        failure: 'tls.no-common-parameters',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'It lists the cipher suites that the other end accepts next to those that Octopus uses.'),
      enableTls12,
      ...replaceWeakCertificate,
    ],
    decidedBy: 'network',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0A0000C1:SSL routines::no shared cipher',
  }),
  defineMessage({
    id: 'tls.no-ciphers-available',
    patterns: ['no ciphers available', 'no protocols available'],
    text: 'no ciphers available / no protocols available',
    means: "This machine's own TLS policy leaves nothing to offer. Nothing was sent.",
    causes: [
      { text: 'legacy TLS is requested on a system that forbids it' },
      { text: "this end's own certificate is too weak for the policy" },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: "Check this machine's TLS policy and the service's certificate.",
        windows: 'Get-TlsCipherSuite',
        linux: 'openssl ciphers -v\ncat /etc/ssl/openssl.cnf\nupdate-crypto-policies --show',
      },
      ...replaceWeakCertificate,
    ],
    decidedBy: 'host',
    example: 'error:0A0000B5:SSL routines::no ciphers available',
  }),
  defineMessage({
    id: 'tls.schannel-alert-received',
    patterns: ['a fatal alert was received from the remote endpoint', ...schannelEvent('36887')],
    captures: [/fatal alert code is (?<detail>\d{1,3})/i],
    text: 'Schannel 36887: A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is ...',
    means:
      'The other side ended the handshake with a numbered alert: 40 nothing in common, 42 to 46 and 48 a certificate, 70 protocol version, 71 too weak, 112 unrecognized name. (Octopus\'s guide lists this event as "no compatible cipher suite": that is alert 40.)',
    causes: ({ detail }) => causesOfAlert(detail),
    next: (seen) => [diagnose(seen, REPORTS_TLS), schannelLog, enableTls12],
    decidedBy: 'host',
    example:
      'Log Name: System  Source: Schannel  Event ID: 36887  A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 40.',
  }),
  defineMessage({
    id: 'tls.schannel-alert-sent',
    patterns: ['a fatal alert was generated and sent to the remote endpoint', ...schannelEvent('36888')],
    captures: [/fatal error code is (?<detail>\d{1,3})/i],
    text: 'Schannel 36888: A fatal alert was generated and sent to the remote endpoint. ... The TLS protocol defined fatal error code is ...',
    means:
      'This Windows machine ended the handshake itself. It accepted nothing that the other side offered or sent. (Octopus\'s guide lists this event as "fatal alert received"; Windows logs it for an alert that this machine sent.)',
    causes: [
      { text: 'code 40: no shared cipher suite', failure: 'tls.no-common-parameters' },
      { text: 'code 70: no shared TLS version', failure: 'tls.version' },
      { text: 'code 10 or 20: the data received is not TLS, or was damaged in transit', failure: 'tls.not-tls' },
    ],
    next: (seen) => [diagnose(seen, REPORTS_TLS), schannelLog, enableTls12],
    decidedBy: 'host',
    example:
      'Source: Schannel  Event ID: 36888  A fatal alert was generated and sent to the remote endpoint. This may result in termination of the connection. The TLS protocol defined fatal error code is 40. The Windows SChannel error state is 1205.',
  }),
  defineMessage({
    id: 'tls.schannel-private-key',
    patterns: [
      'a fatal error occurred when attempting to access the tls server credential private key',
      'a fatal error occurred when attempting to access the ssl server credential private key',
      ...schannelEvent('36870'),
    ],
    text: 'Schannel 36870: A fatal error occurred when attempting to access the TLS server credential private key.',
    means:
      'Windows could not use the private key of a certificate of this machine. Every handshake of the service with that certificate fails. (Octopus\'s guide lists this event as "certificate validation failure"; the key is meant.)',
    causes: [
      { text: "the service's account is not allowed to read the key", failure: 'tls.closed' },
      { text: 'the key is missing or damaged (restored or cloned machine)', failure: 'tls.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'If every handshake is closed or reset, this is the cause.', 'on the host of the other end'),
      {
        who: 'tentacle-admin',
        action: "Check under which account the service runs, and whether it may read the machine's keys.",
        windows:
          'Get-CimInstance Win32_Service -Filter "Name LIKE \'Octopus%\'" | Select-Object Name, StartName\nicacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys',
      },
      {
        who: 'tentacle-admin',
        action:
          "If the Tentacle's key is lost, create a new certificate and restart the Tentacle. Until Octopus has the new thumbprint, no connection between the two works.",
        ...tentacleCommand('new-certificate', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example:
      'Source: Schannel  Event ID: 36870  A fatal error occurred when attempting to access the TLS server credential private key. The error code returned from the cryptographic module is 0x8009030D.',
  }),
  defineMessage({
    id: 'tls.schannel-credential',
    patterns: [
      'a fatal error occurred while creating a tls client credential',
      'a fatal error occurred while creating a tls server credential',
      'a fatal error occurred while creating an ssl client credential',
      ...schannelEvent('36871'),
    ],
    captures: [/internal error state is (?<detail>\d{1,6})/i],
    text: 'Schannel 36871: A fatal error occurred while creating a TLS client credential. The internal error state is 10013.',
    means: 'A program on this Windows machine requested a TLS version that is disabled here.',
    causes: [
      { text: 'TLS 1.2 is disabled in SCHANNEL\\Protocols, or only versions unknown to an old .NET are enabled' },
      { text: 'a program other than Octopus or Tentacle: the event does not name it' },
    ],
    next: (seen) => [enableTls12, diagnose(seen, REPORTS_TLS)],
    decidedBy: 'host',
    example:
      'Source: Schannel  Event ID: 36871  A fatal error occurred while creating a TLS client credential. The internal error state is 10013.',
  }),
];
