import { defineMessage, type MessageFacts } from './known-message.js';
import { ADDRESS } from './captured-fields.js';
import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { replaceWeakCertificate } from './certificate-steps.js';
import { diagnose, diagnoseServer, enableTls12, endsIn, passThrough, pong, readOtherLog } from './steps.js';

const CLIENT = new RegExp(`(?:client|authentication|socket io exception): (?<client>${ADDRESS}:\\d{1,5})`, 'i');

/** Explains the whole log of the end that wrote the message; of a Tentacle, if the message does not show which end did. */
function readOn(seen: MessageFacts): Step {
  const isServer = endsIn(seen)?.here.product === 'server';
  return {
    who: 'you',
    action:
      'Run explain on the whole message with its stack trace, or on the log. The inner exception (after "--->") names the cause.',
    ...(isServer
      ? { windows: 'tentacle-ping explain C:\\Octopus\\Logs\\OctopusServer.txt' }
      : {
          windows: 'tentacle-ping explain C:\\Octopus\\Logs\\OctopusTentacle.txt',
          linux: 'sudo cat /etc/octopus/*/Logs/OctopusTentacle.txt | tentacle-ping explain -',
        }),
  };
}

/**
 * Endings that many messages share, then wrapper messages that contain the real cause. They are last in the table, so
 * that they match only if no specific row does.
 */
export const generalMessages = [
  defineMessage({
    id: 'tls.sspi-failed',
    patterns: [
      'a call to sspi failed, see inner exception',
      'the token supplied to the function is invalid',
      'the message received was unexpected or badly formatted',
      'the local security authority cannot be contacted',
      'the function requested is not supported',
      'the specified data could not be encrypted',
      'the context has expired and can no longer be used',
      'an unknown error occurred while processing the certificate',
      { oneOf: ['(0x800903'], regex: /win32exception \(0x80090(?:30[2-8]|317|318|326|327|329|33\d|34\d|35\d)\)/ },
    ],
    text: 'A call to SSPI failed, see inner exception.',
    means:
      'TLS failed on Windows. The inner exception, or the Schannel events for the same second, name the reason. (The text behind the number is that of a step inside Windows: no other authority than the other end is contacted.)',
    causes: [
      { text: 'no shared TLS version or cipher suite', failure: 'tls.version' },
      {
        text: "an old certificate that is too weak for the other side's TLS policy (since Octopus Cloud 2020.1.4)",
        failure: 'tls.no-common-parameters',
      },
      { text: 'the data received is not TLS', failure: 'tls.not-tls' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'It reports the certificate, TLS versions and cipher suites of the other end, and the stage that fails.',
      ),
      ...replaceWeakCertificate,
      enableTls12,
    ],
    decidedBy: 'network',
    example: 'System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception.',
  }),
  defineMessage({
    id: 'tls.authentication-failed',
    patterns: [
      'authentication failed, see inner exception',
      'ssl handshake failed with openssl error',
      'the ssl connection could not be established, see inner exception',
      'authentication failed because the remote party sent a tls alert',
      'ssl_error_ssl',
    ],
    captures: [/sent a tls alert: '(?<detail>\w{1,40})'/i],
    text: 'Authentication failed, see inner exception. / SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL / The SSL connection could not be established, see inner exception',
    means:
      'The TLS handshake failed. The message does not concern users or trust; the inner exception names the alert.',
    causes: [
      { text: 'no shared cipher suite, group or signature algorithm', failure: 'tls.no-common-parameters' },
      { text: 'no shared TLS version, or a certificate that cannot be used', failure: 'tls.version' },
      { text: 'the connection was closed or reset during the handshake', failure: 'tls.closed' },
    ],
    next: (seen) => [
      readOn(seen),
      diagnose(
        seen,
        'It reports the certificate, TLS versions and cipher suites of the other end, and the stage that fails.',
      ),
      enableTls12,
    ],
    decidedBy: 'network',
    example: 'System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception.',
  }),
  defineMessage({
    id: 'data.end-of-stream',
    patterns: ['attempted to read past the end of the stream'],
    text: 'Attempted to read past the end of the stream.',
    means:
      'The other end closed the connection where data was expected. Whether the reason was trust or a cut depends on when.',
    causes: [
      {
        text: 'right after the identity: the other end does not trust this end',
        failure: 'trust.closed-after-identity',
      },
      { text: 'in the middle of an identity', failure: 'identity.closed' },
      { text: 'in the middle of a call: the process exited, or a device cut the connection', failure: 'rpc.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'It distinguishes "closed after the identity" from a close during calls.'),
      readOtherLog(seen),
      readOn(seen),
    ],
    decidedBy: 'network',
    example: 'System.IO.EndOfStreamException: Attempted to read past the end of the stream.',
  }),
  defineMessage({
    id: 'data.connection-reset',
    patterns: [
      'an existing connection was forcibly closed by the remote host',
      'connection reset by peer',
      'socketexception (10054)',
      'socketexception (104)',
      'an established connection was aborted by the software in your host machine',
      'socketexception (10053)',
      'the specified network name is no longer available',
      'an unexpected network error occurred',
      'err_connection_reset',
      'pr_connect_reset_error',
      'read econnreset',
      'java.net.socketexception: connection reset',
    ],
    captures: [CLIENT],
    text: 'An existing connection was forcibly closed by the remote host (Linux: Connection reset by peer)',
    means:
      "The other side, or a device on its behalf, reset the connection. Octopus's guide means the server's side of a TLS mismatch by it; any other reset has the same message. The other end's log and the time of the reset show which it is.",
    causes: [
      {
        text: 'in the TLS handshake: versions, cipher suites or certificates do not match (the other end logs "A call to SSPI failed" in the same second)',
        failure: 'tls.version',
      },
      { text: 'the service at the other end stopped or restarted', failure: 'rpc.reset' },
      {
        text: 'a firewall or inspecting device resets the connection, in the handshake or in the middle of data',
        failure: 'tls.reset',
      },
      {
        text: 'about 15 s after TCP connects, before any TLS data: large packets are lost in transit (MTU)',
        failure: 'tls.silent',
      },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'It reports the TLS versions, cipher suites and certificate, and the stage and time of a reset: tls means a mismatch or a device.',
      ),
      readOtherLog(
        seen,
        'If it contains "A call to SSPI failed", "Authentication failed" or a Schannel event, TLS does not match. If it was stopping, that is the cause.',
      ),
      enableTls12,
      {
        who: 'network-team',
        action:
          'If the cause is the MTU, allow ICMP "fragmentation needed", or clamp the MSS. Otherwise exempt the connection from inspection.',
      },
    ],
    decidedBy: 'network',
    example:
      'System.IO.IOException: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.',
  }),
  defineMessage({
    id: 'data.read-failed',
    patterns: [
      'unable to read data from the transport connection',
      'unable to write data to the transport connection',
      'the readasync operation was cancelled',
      'the writeasync operation was cancelled',
      'error reading from stream',
      'transport endpoint is not connected',
      'disallowed because the socket is not connected',
      'the socket has been shut down',
      'remote endpoint closed the stream',
      'connection timed out',
      'broken pipe',
      'the semaphore timeout period has expired',
    ],
    text: 'Unable to read data from the transport connection: ... (Connection timed out, Broken pipe)',
    means:
      'A connection stopped working. "Connection timed out" on Linux can also mean that no reply came while connecting.',
    causes: [
      { text: 'no data: the other process is hung, or packets are dropped in transit', failure: 'rpc.timeout' },
      { text: 'the other side closed or reset the connection', failure: 'rpc.reset' },
      { text: 'while connecting (Linux): no reply', failure: 'tcp.timeout' },
    ],
    next: (seen) => [diagnose(seen), pong(seen), readOn(seen)],
    decidedBy: 'network',
    example: 'System.IO.IOException: Unable to read data from the transport connection: Connection timed out.',
  }),
  defineMessage({
    id: 'poll.loop-retries',
    patterns: ['exception in the polling loop', 'halibut client exception:'],
    captures: [/retrying in (?<detail>[\d.,]{1,8} seconds)/i],
    text: 'Exception in the polling loop. Retrying in ... seconds. ... / Halibut client exception: .... Retrying in ... seconds',
    means:
      'A polling Tentacle failed to poll and will retry (after 5 s, growing to 2 minutes). Occasional failures are harmless.',
    causes: [
      { text: 'the reason that the rest of the message or its inner exception names' },
      { text: 'the server was restarted' },
    ],
    next: (seen) => [readOn(seen), diagnoseServer(seen)],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://octopus.example:10943/    27  Exception in the polling loop. Retrying in 5.0 seconds. This may be cause by a network error and usually rectifies itself. Disregard this message unless you are having communication problems.',
  }),
  defineMessage({
    id: 'rpc.failed-before-request',
    patterns: ['an error occurred when sending a request to ... before the request could begin'],
    text: "An error occurred when sending a request to 'https://.../', before the request could begin: ...",
    means:
      'The call failed but can safely be retried, which Octopus does (5 times). The text after the colon names the cause; this text has no entry of its own here.',
    causes: [{ text: 'the reason after the colon' }],
    next: (seen) => [diagnose(seen), readOn(seen)],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Object reference not set to an instance of an object.",
  }),
  defineMessage({
    id: 'rpc.failed-after-request',
    patterns: ['an error occurred when sending a request to ... after the request began'],
    text: "An error occurred when sending a request to 'https://.../', after the request began: ...",
    means:
      'The call failed and is not retried. "After the request began" refers to retrying, not to time: wrong certificates and wrong ports are reported in this form too. The text after the colon names the cause; this text has no entry of its own here.',
    causes: [{ text: 'the reason after the colon' }],
    next: (seen) => [diagnose(seen), readOn(seen)],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Value cannot be null.",
  }),
  defineMessage({
    id: 'tcp.socket-error-while-connecting',
    patterns: [
      'socket communication error while connecting to',
      'socket communication error with connection to',
      'error posting to: https://',
    ],
    text: 'Socket communication error while connecting to https://.../',
    means: 'The connection attempt failed. The exception that follows names the cause.',
    causes: [{ text: 'the reason that the exception names' }],
    next: (seen) => [diagnose(seen), readOn(seen)],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Socket communication error while connecting to https://web01.example:10933/',
  }),
  defineMessage({
    id: 'trust.initialization-failed',
    patterns: [
      'connection initialization failed while connecting to',
      'authentication failed while setting up connection to',
    ],
    text: 'Connection initialization failed while connecting to https://.../ / Authentication failed while setting up connection to https://.../',
    means:
      'The connection was established, but TLS or the exchange of identities failed. The exception that follows names the reason.',
    causes: [
      { text: 'the other end does not trust this end', failure: 'trust.closed-after-identity' },
      { text: 'TLS failed', failure: 'tls.other' },
      { text: 'a reused connection had dropped; a new connection works' },
    ],
    next: (seen) => [diagnose(seen), readOtherLog(seen), readOn(seen)],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://web01.example:10933/    27  Connection initialization failed while connecting to https://web01.example:10933/',
  }),
  defineMessage({
    id: 'tls.client-failed-authentication',
    patterns: ['client failed authentication:'],
    captures: [CLIENT],
    text: 'Client failed authentication: ...',
    means: 'A client connected to this listener, but TLS failed. The exception that follows names the reason.',
    causes: [
      { text: 'a probe, a browser or a scanner: harmless' },
      { text: 'an Octopus end with other TLS settings', failure: 'tls.no-common-parameters' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Find out whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}. If it is an Octopus end, run diagnose there.`,
      },
      readOn(seen),
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10933/    27  Client failed authentication: [::ffff:10.1.2.3]:51234',
  }),
  defineMessage({
    id: 'data.error-for-client',
    patterns: [
      // Pastes often lack the first letters.
      'error when handling request from client',
      'error when processing request from client',
      'error initializing tcp client',
      'socket io exception:',
      'tcp client error: ',
      'socket exception: ',
      'a timeout occurred while receiving data',
    ],
    captures: [CLIENT],
    text: 'Unhandled error when handling request from client: ... / Socket IO exception: ... / Error initializing TCP client: ...',
    means: 'A connection to this listener ended with an error. The exception that follows names the reason.',
    causes: [
      {
        text: 'the other side left, or a device cut the connection: usually harmless if it is rare',
        failure: 'rpc.reset',
      },
      { text: 'the reason that the exception names' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Find out whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}. If it is an Octopus end and calls fail, run diagnose there.`,
      },
      readOn(seen),
      passThrough,
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234  INFO  listen://[::]:10933/    27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:51234',
  }),
  defineMessage({
    id: 'rpc.retries',
    patterns: [
      'an error occurred communicating with tentacle. this action will be retried',
      'could not communicate with tentacle after',
      'the delegate executed asynchronously through timeoutpolicy did not complete',
    ],
    captures: [/communicate with tentacle after (?<detail>\d{1,6} seconds)/i],
    text: 'An error occurred communicating with Tentacle. This action will be retried after ... seconds. / Could not communicate with Tentacle after ... seconds. No more retries will be attempted.',
    means:
      'Octopus Server repeats a call that failed, for the time that the machine policy allows (Recover from communication errors). The exception logged with it, in the verbose lines of the task log, names the cause.',
    causes: [{ text: 'the reason that the exception names' }],
    next: (seen) => [readOn(seen), diagnose(seen)],
    decidedBy: 'network',
    example:
      '09:20:31   Info     |       An error occurred communicating with Tentacle. This action will be retried after 10 seconds. Retry attempt 1. Retries will be performed for up to 110 seconds.',
  }),
  defineMessage({
    id: 'rest.request-failed',
    patterns: [
      'unable to connect to the remote server',
      'unable to connect to the octopus deploy server',
      'an error occurred while sending the request',
    ],
    captures: [/(?<detail>connect to the remote server)/i],
    text: 'System.Net.WebException: Unable to connect to the remote server / System.Net.Http.HttpRequestException: An error occurred while sending the request.',
    means:
      "A web request failed: to Octopus's web address (registration, Octopus.Client), to a package feed, or of a script. It does not concern the protocol between Octopus Server and Tentacle. The inner exception names the reason.",
    causes: ({ detail }) =>
      detail === undefined
        ? [{ text: 'the reason that the inner exception names' }]
        : [
            { text: 'no reply: a firewall drops the packets, or a web proxy is required', failure: 'tcp.timeout' },
            { text: 'refused: nothing listens on the port of that web address', failure: 'tcp.refused' },
          ],
    next: (seen) => [
      readOn(seen),
      {
        who: 'you',
        action: 'Run diagnose against that web address on the machine that logged this message.',
        ...sameCommand(`tentacle-ping diagnose ${seen.host ?? 'WEB-HOST'}:${seen.port ?? '443'}`),
      },
    ],
    decidedBy: 'network',
    example: '2024-03-05 10:15:20.1234 ERROR  System.Net.WebException: Unable to connect to the remote server',
  }),
  defineMessage({
    id: 'rpc.service-failed',
    patterns: [
      'serviceinvocationhalibutclientexception',
      'exception has been thrown by the target of an invocation',
      'server exception: system.',
    ],
    text: 'Halibut.Exceptions.ServiceInvocationHalibutClientException: ... Server exception: System.Reflection.TargetInvocationException ...',
    means:
      'The call reached the other end, whose own program failed and reported the exception below "Server exception:". The network, TLS and trust work.',
    causes: [{ text: 'a fault on the host of that end, which the inner exception names: files, rights, disk, memory' }],
    next: (seen) => [readOtherLog(seen), readOn(seen)],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  Halibut.Exceptions.ServiceInvocationHalibutClientException: Access to the path is denied.',
  }),
  defineMessage({
    id: 'rpc.unexpected-exception',
    patterns: ['unexpected exception executing transaction'],
    text: 'Unexpected exception executing transaction.',
    means: 'A call failed for a reason that the library does not classify. The exception that follows names it.',
    causes: [{ text: 'the reason that the exception names' }],
    next: (seen) => [readOn(seen), diagnose(seen)],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://web01.example:10933/    27  Unexpected exception executing transaction.',
  }),
];
