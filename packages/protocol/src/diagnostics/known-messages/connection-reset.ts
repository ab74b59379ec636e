import { ADDRESS } from './captured-fields.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import type { Step } from '../step.js';
import { diagnose, enableTls12, passThrough, readOtherLog } from './steps.js';

/** The wordings of Windows and Linux for a reset connection. */
const RESET = [
  'forcibly closed by the remote host',
  'connection reset by peer',
  'the specified network name is no longer available',
] as const;

/** Parts of a message before the reset which show that TLS was being established. */
const HANDSHAKE_BEFORE = [
  'client failed authentication',
  'a call to sspi failed',
  'authentication failed while setting up connection',
  'authenticationexception',
  'the ssl connection could not be established',
] as const;

/** Methods in the stack trace below the reset which show the same. */
const HANDSHAKE_AFTER = [
  'authenticateasserver',
  'authenticateasclient',
  'forceauthentication',
  'processauthentication',
  'sslstate.startreceiveblob',
] as const;

const CLIENT = new RegExp(`(?:client|authentication|socket io exception): (?<client>${ADDRESS}:\\d{1,5})`, 'i');

/** The reset of a handshake seen from the other side: which line its log contains in the same second. */
const lookForTls = (seen: MessageFacts): Step =>
  readOtherLog(
    seen,
    'If it contains "A call to SSPI failed", "Authentication failed" or a Schannel event, the TLS settings or certificates do not match. If it was stopping, that is the cause.',
  );

const tlsMismatch: readonly Cause[] = [
  { text: "the other side rejected this end's TLS version or certificate", failure: 'tls.version' },
  { text: 'no shared cipher suite, group or signature algorithm', failure: 'tls.no-common-parameters' },
];

const deviceResets: Cause = { text: 'a firewall or inspecting device resets the connection', failure: 'tls.reset' };

const tlsDiagnosis =
  'It reports the TLS versions, cipher suites and certificate, and the stage and time of the reset. The stage tls means a mismatch or a device, trust means the thumbprint.';

/** Resets whose context shows when they happened; a bare one is the general row `data.connection-reset`. */
export const connectionResetMessages = [
  defineMessage({
    id: 'tls.reset-in-handshake',
    patterns: [
      ...HANDSHAKE_BEFORE.flatMap((before) => RESET.map((reset) => `${before}...${reset}`)),
      ...HANDSHAKE_AFTER.flatMap((after) => RESET.map((reset) => `${reset}...${after}`)),
    ],
    captures: [CLIENT],
    text: 'Client failed authentication: ... An existing connection was forcibly closed by the remote host ... AuthenticateAsServer',
    means:
      'The other side reset the connection during the TLS handshake. Windows does that when it rejects what this end offered; the other end then logs "A call to SSPI failed".',
    causes: [
      ...tlsMismatch,
      deviceResets,
      {
        text: 'about 15 s after TCP connects: large packets of the handshake are lost in transit (MTU)',
        failure: 'tls.silent',
      },
      { text: 'on the listening end: a health check or scanner that leaves, which is harmless' },
    ],
    next: (seen) => [diagnose(seen, tlsDiagnosis), lookForTls(seen), enableTls12, passThrough],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10933/    27  Client failed authentication: [::ffff:10.1.2.3]:51234 System.IO.IOException: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.',
  }),
  defineMessage({
    id: 'data.client-reset',
    patterns: [
      'socket io exception',
      'error when handling request from client',
      'error when processing request from client',
    ].flatMap((before) => RESET.map((reset) => `${before}...${reset}`)),
    captures: [CLIENT],
    text: 'Socket IO exception: ... Connection reset by peer / Unhandled error when handling request from client: ... An existing connection was forcibly closed by the remote host.',
    means:
      'A client of this listener, or a device on its behalf, reset its connection. The stack trace shows when: AuthenticateAsServer in it means during the TLS handshake, a read of messages means later.',
    causes: [
      { text: 'the client was stopped, or its call was canceled: harmless if it is rare' },
      { text: 'a health check, scanner or test tool: harmless' },
      {
        text: 'AuthenticateAsServer in the stack: the client rejected the TLS settings or certificate of this end (it logs "A call to SSPI failed")',
        failure: 'tls.version',
      },
      deviceResets,
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Find out whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}. If no Octopus end has it, ignore this message.`,
      },
      diagnose(seen, tlsDiagnosis),
      lookForTls(seen),
      enableTls12,
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10933/    27  Socket IO exception: [::ffff:10.1.2.3]:51234 System.Net.Sockets.SocketException (104): Connection reset by peer',
  }),
  defineMessage({
    id: 'data.reset-in-call',
    patterns: RESET.map((reset) => `after the request began: ...${reset}`),
    text: '..., after the request began: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.',
    means:
      'The connection was reset while a response was expected. "After the request began" means only that the call is not retried: a reset during the handshake can be reported in this form too.',
    causes: [
      { text: 'the other process exited or restarted during the call', failure: 'rpc.reset' },
      {
        text: 'an inspecting device (IDS, DPI, proxy) cuts the connection in the middle of data',
        failure: 'data.reset',
      },
      { text: 'a load balancer or firewall ended a connection that was idle before', failure: 'idle.reset' },
      ...tlsMismatch.slice(0, 1),
    ],
    next: (seen) => [
      readOtherLog(seen, 'If its service stopped or restarted then, that is the cause.'),
      diagnose(
        seen,
        'It reports the stage and time of the reset; against a tentacle-pong on the other host it also sends large payloads.',
      ),
      passThrough,
    ],
    decidedBy: 'both',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.",
  }),
  defineMessage({
    id: 'tls.reset-before-request',
    patterns: RESET.map((reset) => `before the request could begin: ...${reset}`),
    text: '..., before the request could begin: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.',
    means:
      'TCP connected, then the connection was reset before the call could begin: in the TLS handshake, or while the identities were exchanged.',
    causes: [
      ...tlsMismatch.slice(0, 1),
      deviceResets,
      {
        text: 'the service there was stopping, or the port belongs to another service',
        failure: 'tls.reset',
      },
      { text: 'about 15 s after TCP connects: large packets are lost in transit (MTU)', failure: 'tls.silent' },
    ],
    next: (seen) => [
      diagnose(seen, tlsDiagnosis),
      lookForTls(seen),
      enableTls12,
      {
        who: 'network-team',
        action:
          'If the cause is the MTU, allow ICMP "fragmentation needed", or clamp the MSS. Otherwise exempt the connection from inspection.',
      },
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.",
  }),
];
