import { describe, expect, it } from 'vitest';
import { findKnownMessage } from './find-known-message.js';
import type { KnownMessageId } from './table.js';

const A = '1F0C9A3B5D7E2468ACE013579BDF02468ACE1357';
const B = '9e8d7c6b5a49382716059e8d7c6b5a4938271605';

const before = (tail: string, host = 'https://web01.corp.example:10933/'): string =>
  `An error occurred when sending a request to '${host}', before the request could begin: ${tail}`;
const after = (tail: string, host = 'https://10.20.30.40:10943/'): string =>
  `An error occurred when sending a request to '${host}', after the request began: ${tail}`;
const proxy = (tail: string): string => `Proxy destination ::ffff:10.9.8.7 on port 8080 responded with a ${tail}`;
const DID_NOT_RESPOND =
  'A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond.';
const UNREADABLE = 'Unable to read data from the transport connection: ';

/**
 * Messages that the real products are known to log, by the number under which each was collected (several wordings share
 * a number), with the row that has to match it. Literal, so that the test does not depend on the table's own text.
 */
const MESSAGES: readonly (readonly [number: number, message: string, id: KnownMessageId])[] = [
  [1, before('No such host is known'), 'dns.no-such-host'],
  [1, before('No such host is known. (tentacle-7.internal:10933)'), 'dns.no-such-host'],
  [1, before('Name or service not known', 'https://tentacle.example.org:20933/'), 'dns.no-such-host'],
  [1, 'System.Net.Sockets.SocketException (11001): No such host is known.', 'dns.no-such-host'],
  [1, "System.Net.WebException: The remote name could not be resolved: 'octopus.corp.example'", 'dns.no-such-host'],
  [2, before('Resource temporarily unavailable'), 'dns.temporarily-unavailable'],
  [2, 'System.Net.Sockets.SocketException (11): Resource temporarily unavailable', 'dns.temporarily-unavailable'],
  [3, 'nodename nor servname provided, or not known', 'dns.no-such-host'],
  [3, before('No such device or address'), 'dns.no-such-host'],
  [4, before('No connection could be made because the target machine actively refused it'), 'tcp.actively-refused'],
  [
    4,
    before('No connection could be made because the target machine actively refused it. [::ffff:10.1.1.1]:10933'),
    'tcp.actively-refused',
  ],
  [4, before('Connection refused'), 'tcp.actively-refused'],
  [
    4,
    'The remote host at https://web02:10934/ refused the connection. This may mean that the expected listening service is not running.',
    'tcp.actively-refused',
  ],
  [
    5,
    'The client was unable to establish the initial connection within the timeout 00:01:00.',
    'tcp.initial-connection-time-out',
  ],
  [
    5,
    before('The client was unable to establish the initial connection within the timeout 00:00:30.'),
    'tcp.initial-connection-time-out',
  ],
  [
    5,
    'Halibut.HalibutClientException: The client was unable to establish the initial connection within 00:01:00',
    'tcp.initial-connection-time-out',
  ],
  [6, DID_NOT_RESPOND, 'tcp.did-not-respond'],
  [7, before('No route to host'), 'tcp.host-not-reached'],
  [7, 'A socket operation was attempted to an unreachable host.', 'tcp.host-not-reached'],
  [8, before('Network is unreachable'), 'tcp.network-not-reached'],
  [8, 'A socket operation was attempted to an unreachable network', 'tcp.network-not-reached'],
  [9, before('An address incompatible with the requested protocol was used'), 'tcp.wrong-address-family'],
  [10, 'Tentacle crashes when IPv6 is not available', 'tcp.no-ipv6-here'],
  [11, 'A required communications port is already in use.', 'local.port-already-in-use'],
  [
    11,
    'Only one usage of each socket address (protocol/network address/port) is normally permitted',
    'local.port-already-in-use',
  ],
  [11, 'System.Net.Sockets.SocketException (98): Address already in use', 'local.port-already-in-use'],
  [
    12,
    'Configured to listen to server https://octopus:443 but no SQUID is configured for it; skipping.',
    'local.no-squid',
  ],
  [13, 'Error accepting TCP client: [::ffff:10.0.0.7]:50112', 'tcp.accept-failed'],
  [
    13,
    'Accepting a connection has failed 17 times in a row. Waiting 140ms before attempting to accept another connection.',
    'tcp.accept-failed',
  ],
  [14, 'TCP    192.168.1.10:10943     203.0.113.9:61120      CLOSE_WAIT', 'tcp.close-wait'],
  [
    15,
    'Checking that server communications are open failed with message The operation has timed out.. Retrying (1/5) in 00:00:00.7500',
    'tcp.registration-check-failed',
  ],
  [
    16,
    'The service listening on https://octopus.corp.example/ does not appear to be an Octopus Server. The response code was: Forbidden',
    'page.not-an-octopus-server',
  ],
  [
    17,
    'Connection to proxy host proxy.corp.example on port 3128 failed: Connection refused',
    'proxy.host-connection-failed',
  ],
  [17, 'Connection to proxy host 10.1.1.1 on port 8080 failed: No such host is known', 'proxy.host-connection-failed'],
  [18, proxy('407 code - Proxy Authentication Required'), 'proxy.code-407'],
  [19, proxy('403 code - Forbidden'), 'proxy.code-403'],
  [19, proxy('403 code - Access violation'), 'proxy.code-403'],
  [20, proxy('503 code - Service Unavailable'), 'proxy.code-503'],
  [
    21,
    proxy(
      '502 code - Bad Gateway. If you are connecting to a Microsoft ISA destination please refer to knowledge based article Q283284 for more information.',
    ),
    'proxy.code-502',
  ],
  [22, proxy('302 code - Found'), 'proxy.code-302'],
  [
    23,
    'No HTTP response received from proxy destination. Server response: SSH-2.0-OpenSSH_9.6.',
    'proxy.answer-not-http',
  ],
  [
    23,
    'An invalid response code was received from proxy destination. Server response: HTTP/1.1 OK.',
    'proxy.answer-not-http',
  ],
  [
    23,
    'Proxy destination 10.1.1.1 on port 8080 failed to return a recognized HTTP response code. Server response: x',
    'proxy.answer-not-http',
  ],
  [24, '(no message, 100 % CPU)', 'proxy.busy-loop'],
  [25, before(`${UNREADABLE}Connection timed out.`), 'idle.read-timed-out'],
  [26, after('Cannot determine the frame size or a corrupted frame was received.'), 'tls.not-tls-packets'],
  [27, "The proxy's hostname cannot contain a protocol prefix (eg http://)", 'proxy.bad-setting'],
  [27, 'ProxyHost property must contain a value', 'proxy.bad-setting'],
  [27, 'ProxyPort value must be greater than zero and less than 65535', 'proxy.bad-setting'],
  [
    28,
    'Agent configured to use the system proxy, but no system proxy is configured for https://octo:10943/',
    'proxy.no-system-proxy',
  ],
  [29, 'Polling through proxy "works in installer, then not"', 'proxy.works-in-installer-only'],
  [30, '`417` from squid on registration', 'proxy.code-417'],
  [30, 'The remote server returned an error: (417) Expectation failed.', 'proxy.code-417'],
  [31, 'K8s agent registration fails behind proxy', 'proxy.agent-registration'],
  [
    32,
    'Option --proxy can only be used with --comms-style=TentaclePassive. To set a proxy for a polling Tentacle use the polling-proxy command first and then register the Tentacle with register-with.',
    'proxy.option-for-passive-only',
  ],
  [
    33,
    'System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception. ---> System.ComponentModel.Win32Exception: One or more of the parameters passed to the function was invalid',
    'tls.sspi-invalid-parameter',
  ],
  [33, `${UNREADABLE}An existing connection was forcibly closed by the remote host.`, 'data.connection-reset'],
  [34, 'A call to SSPI failed, see inner exception.', 'tls.sspi-failed'],
  [
    35,
    'The client and server cannot communicate, because they do not possess a common algorithm',
    'tls.no-common-algorithm',
  ],
  [36, after('messageEnvelope is null'), 'tls.message-envelope-null'],
  [37, before('Received an unexpected EOF or 0 bytes from the transport stream.'), 'tls.unexpected-eof'],
  [38, 'System.IO.IOException: The handshake failed due to an unexpected packet format.', 'tls.not-tls-packets'],
  [38, 'Cannot determine the frame size or a corrupted frame was received.', 'tls.not-tls-packets'],
  [39, 'Authentication failed, see inner exception.', 'tls.authentication-failed'],
  [39, 'SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL.', 'tls.authentication-failed'],
  [39, 'error:0A000410:SSL routines::sslv3 alert handshake failure', 'tls.handshake-failure-alert'],
  [39, 'error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure', 'tls.handshake-failure-alert'],
  [40, 'error:0A00042E:SSL routines::tlsv1 alert protocol version', 'tls.protocol-version-alert'],
  [
    41,
    'Checking that server communications are open failed with message The SSL connection could not be established, see inner exception.. Retrying (2/5) in 00:00:01.1250.',
    'tls.registration-handshake',
  ],
  [42, 'no shared cipher', 'tls.no-shared-cipher'],
  [
    42,
    'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server.',
    'tls.schannel-no-common-suite',
  ],
  [43, 'Schannel 36887: A fatal alert was received from the remote endpoint.', 'tls.schannel-alert-received'],
  [43, 'Event ID 36888, source Schannel', 'tls.schannel-alert-sent'],
  [43, 'Source: Schannel, Event ID: 36870', 'tls.schannel-private-key'],
  [43, 'Schannel event 36874', 'tls.schannel-no-common-suite'],
  [44, 'error:0A00018E:SSL routines::ca md too weak', 'tls.digest-too-weak'],
  [45, 'error:140AB18F:SSL routines:SSL_CTX_use_certificate:ee key too small', 'tls.key-too-small'],
  [46, 'error:0A000152:SSL routines::unsafe legacy renegotiation disabled', 'tls.legacy-renegotiation'],
  [47, 'error:0A000458:SSL routines::tlsv1 unrecognized name', 'tls.unrecognized-name-alert'],
  [47, 'SSL alert 112', 'tls.unrecognized-name-alert'],
  [48, 'error:0A000119:SSL routines::decryption failed or bad record mac', 'tls.record-damaged'],
  [49, 'The decryption operation failed, see inner exception.', 'tls.decryption-failed'],
  [50, 'TLS 1.0/1.1 still accepted on hardened RHEL', 'tls.legacy-versions'],
  [50, 'OCTOPUS_TENTACLE_USE_LEGACY_TLS=true', 'tls.legacy-versions'],
  [51, 'Error RemoteCertificateNameMismatch, RemoteCertificateChainErrors', 'tls.rest-certificate'],
  [
    51,
    'The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateChainErrors',
    'tls.rest-certificate',
  ],
  [52, 'Connection reset by peer', 'data.connection-reset'],
  [52, before(`${UNREADABLE}Operation timed out.`), 'idle.read-timed-out'],
  [
    53,
    `The server at https://web03.corp.example:10933/ presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${A}'. Instead, it presented a certificate with a thumbprint of '${B}' and subject 'CN=Octopus Tentacle'.`,
    'trust.unexpected-certificate',
  ],
  [
    53,
    `We aborted the connection because the remote host was not authenticated. The remote machine was expected to supply a certificate with thumbprint: ${A}; instead the machine provided: ${B}.`,
    'trust.unexpected-certificate',
  ],
  [54, before('Attempted to read past the end of the stream.'), 'trust.closed-before-request'],
  [
    55,
    `A client at [::ffff:10.0.0.9]:49822 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${A}' which is not in the list of thumbprints that we trust`,
    'trust.thumbprint-not-in-list',
  ],
  [
    56,
    'A client at 10.0.0.9:49822 connected, and attempted a message exchange, but did not present a client certificate',
    'trust.no-client-certificate',
  ],
  [
    57,
    `The server https://web04:10933/ aborted the connection before it was fully established. This usually means that the server rejected the certificate that we provided. We provided a certificate with a thumbprint of '${A}'.`,
    'trust.aborted-before-established',
  ],
  [
    57,
    `The remote host at https://web04:10933/ reset the connection. This may mean that the expected listening service does not trust the thumbprint ${A} or was shut down.`,
    'trust.host-reset',
  ],
  [
    58,
    'The remote host aborted the connection. This can happen when the remote server does not trust the certificate that we provided.',
    'trust.remote-host-aborted',
  ],
  [59, 'Unable to receive the remote identity; the following line was not empty.', 'identity.following-line-not-empty'],
  [60, "Unable to process remote identity; unknown identity type: 'HTTP/1.0'", 'identity.unknown-type'],
  [60, "Unable to process remote identity; unknown identity type: 'HTTP/1.1'", 'identity.unknown-type'],
  [
    60,
    'Halibut.Transport.Protocol.ConnectionInitializationFailedException: Unable to process remote identity; unknown identity \u2018HTTP/1.0\u2019',
    'identity.unknown-type',
  ],
  [61, 'Unable to receive the remote identity; the identity line was empty.', 'identity.line-empty'],
  [
    62,
    'Expected the remote endpoint to identity as a server. Instead, it identified as: Subscriber',
    'identity.not-a-server',
  ],
  [
    63,
    'Unable to receive the remote identity; the client identified as a subscriber, but did not supply a subscription ID.',
    'identity.no-subscription-id',
  ],
  [63, "Unexpected byte after '\\r' in control message: 0x48", 'identity.bad-control-line'],
  [63, "Unexpected byte after '\r' in control message: 0x48", 'identity.bad-control-line'],
  [
    64,
    `Rejecting connection: the client at 10.0.0.9:49822 provided a certificate with thumbprint ${A}, while the server trusts ${B} for polling endpoints.`,
    'trust.rejecting-connection',
  ],
  [65, 'Deployed to production instead of dev: cloned VM, same certificate', 'trust.cloned-machine'],
  [
    66,
    '(no message) polling Tentacle registers "successfully" though 10943 is unreachable or intercepted; health check then fails',
    'poll.registered-unreachable',
  ],
  [
    67,
    'Could not determine thumbprint of the SSL Certificate at wss://octopus.corp.example:8444/OctopusComms',
    'wss.no-thumbprint',
  ],
  [67, 'Websockets is only supported on Windows Server 2012 and later', 'wss.windows-only'],
  [67, 'The websocket address must start with wss://', 'wss.address-prefix'],
  [
    68,
    `wss://octopus.corp.example/OctopusComms    4  The server presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${A}'.`,
    'wss.unexpected-certificate',
  ],
  [68, 'The server presented an unexpected security certificate', 'trust.unexpected-certificate'],
  [
    69,
    'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    'poll.request-not-collected',
  ],
  [
    70,
    'A request was sent to a polling endpoint, the polling endpoint collected it but the request was cancelled before the polling endpoint responded.',
    'poll.cancelled-after-collection',
  ],
  [71, 'Polling Response Timeout fails a slow start (big file)', 'poll.response-time-out'],
  [
    72,
    'Exception in the polling loop. Retrying in 12.5 seconds. This may be cause by a network error and usually rectifies itself. Disregard this message unless you are having communication problems.',
    'poll.loop-retries',
  ],
  [72, 'Halibut client exception: Something of its own. Retrying in 120.0 seconds', 'poll.loop-retries'],
  [73, before(`${UNREADABLE}Connection timed out.`), 'idle.read-timed-out'],
  [73, before(`${UNREADABLE}${DID_NOT_RESPOND}`), 'idle.read-timed-out'],
  [74, '10-minute hang, then failure', 'idle.long-hang'],
  [
    75,
    'Unhandled error when handling request from client: [::ffff:10.0.0.9]:45564 System.OperationCanceledException: The ReadAsync operation was cancelled.',
    'idle.normal-close',
  ],
  [
    75,
    `Unhandled error when handling request from client: 10.0.0.9:45564 System.IO.IOException: ${UNREADABLE}${DID_NOT_RESPOND}`,
    'idle.normal-close',
  ],
  [76, 'An existing connection was forcibly closed by the remote host', 'data.connection-reset'],
  [77, after('Unable to write data to the transport connection: Connection reset by peer.'), 'data.write-cut'],
  [
    77,
    after(
      'Unable to write data to the transport connection: An existing connection was forcibly closed by the remote host.',
    ),
    'data.write-cut',
  ],
  [78, after('Attempted to read past the end of the stream.'), 'data.ended-after-request'],
  [
    79,
    'Data stream reading failed, we read zero bytes from the stream which implies EOF.Message ID: IFileTransferService::UploadFile[1], Stream ID: 6f1f, Expected length: 3156, Actual bytes read: 5.',
    'data.stream-cut',
  ],
  [
    79,
    'Data stream size mismatch detected. Message ID: x, Stream ID: y, Expected length: 10, Actual length claimed at end: 7.',
    'data.stream-size-differs',
  ],
  [80, 'The archive entry was compressed using an unsupported compression method.', 'rpc.message-damaged'],
  [80, 'System.IO.InvalidDataException: Found invalid data while decoding.', 'rpc.message-damaged'],
  [81, 'The file corrupted during transfer. Expeted hash: 55c1, got hash: 90ab', 'data.hash-differs'],
  [82, 'Service not found: IScriptServiceV2', 'rpc.no-such-service-or-method'],
  [
    82,
    'Method Octopus.Tentacle.Services.Scripts.ScriptService::StartScriptAsync not found',
    'rpc.no-such-service-or-method',
  ],
  [
    82,
    'More than one possible match for the requested service method was found given the argument types. The matches were:',
    'rpc.no-such-service-or-method',
  ],
  [
    83,
    'A polling client at [::ffff:10.0.0.9]:40001 has exceeded the maximum number of active connections (8) for subscription poll://w9cs6zpq4d/. New connections will be rejected',
    'poll.too-many-connections',
  ],
  [84, 'Expected PROCEED, got: END', 'rpc.out-of-step'],
  [84, 'Expected NEXT or END, got: MX-CLIENT 1.0', 'rpc.out-of-step'],
  [
    85,
    'The remote party closed the WebSocket connection without completing the close handshake.',
    'wss.closed-without-handshake',
  ],
  [86, 'Rejected connection from 10.0.0.9:50001 as it is not Web Socket request', 'wss.no-web-socket-request'],
  [87, 'keep alive check failed - cancelling subscribers', 'grpc.keep-alive-failed'],
  [87, 'Grpc.Core.RpcException: Status(StatusCode="DeadlineExceeded", Detail="")', 'grpc.keep-alive-failed'],
  [
    88,
    'at System.Net.Security.SslStream.AuthenticateAsServerAsync: Received an unexpected EOF or 0 bytes from the transport stream.',
    'tls.probe-noise',
  ],
  [
    89,
    'Multi-node support for polling tentacles is enabled, but no cluster shared directory has been configured.',
    'local.no-cluster-directory',
  ],
  [90, 'Slow start: `Tentacle.exe help` > 1 s', 'local.slow-start'],
];

describe('known messages', () => {
  it.each(MESSAGES)('%i: %s', (_, message, id) => {
    expect(findKnownMessage(message)?.row.id).toBe(id);
  });

  it.each(MESSAGES)('%i in a log line, in capitals: %s', (_, message, id) => {
    const line = `2024-03-05 10:15:20.1234   4508     27 ERROR  ${message.toUpperCase()} (and more)`;
    expect(findKnownMessage(line)?.row.id).toBe(id);
  });

  it('include every number', () => {
    const numbers = new Set(MESSAGES.map(([number]) => number));
    expect([...numbers].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
  });
});
