import { tentacleCommand } from '../product-commands.js';
import { ADDRESS, HOST, PORT } from './captured-fields.js';
import { READ, TIMED_OUT, WRITE } from './transport-texts.js';
import { defineMessage } from './known-message.js';
import {
  diagnose,
  readOtherLog,
  diagnoseServer,
  restartIfHung,
  GRPC_PORT,
  passThrough,
  pong,
  showThumbprint,
} from './steps.js';

/** Connections that end or differ in the middle of a call or of its data, and calls that the other end does not understand. */
export const callAndDataMessages = [
  defineMessage({
    id: 'rpc.type-unknown',
    patterns: [
      { oneOf: ['was not resolved'], regex: /type specified in json .{1,200} was not resolved/ },
      'error resolving type specified in json',
      'could not load type ...octopus.',
    ],
    captures: [/type specified in json '(?<detail>[^',]{1,120})/i],
    text: "Newtonsoft.Json.JsonSerializationException: Type specified in JSON '..., ...' was not resolved. Path 'Message.result.$type'.",
    means:
      'A message arrived whole, but the program that received it does not know a type in it. The network, TLS and trust work.',
    causes: [
      { text: 'the versions of Octopus Server and Tentacle do not fit each other: one was upgraded or downgraded' },
      { text: 'a fault in one version of the product: another one of the same series works' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action:
          'Compare the versions of Octopus Server and of the Tentacle (Infrastructure, the target, Connectivity).',
      },
      {
        who: 'tentacle-admin',
        action:
          'Upgrade the Tentacle to the version that the server offers. If that changes nothing, upgrade the server.',
        ...tentacleCommand('version'),
      },
    ],
    decidedBy: 'both',
    example:
      "Newtonsoft.Json.JsonSerializationException: Type specified in JSON 'Octopus.Shared.Contracts.ScriptTicket, Octopus.Shared' was not resolved. Path 'Message.result.$type'.",
  }),
  defineMessage({
    id: 'data.write-cut',
    patterns: [
      'unable to write data to the transport connection: ...connection reset by peer',
      'unable to write data to the transport connection: ...forcibly closed by the remote host',
      'unable to write data to the transport connection: ...broken pipe',
      ...TIMED_OUT.map((words) => `${WRITE}${words}`),
      'unable to write data to the transport connection: ...an established connection was aborted',
    ],
    text: '... after the request began: Unable to write data to the transport connection: Connection reset by peer.',
    means: 'The connection was dropped while this end was sending, often in the middle of a file.',
    causes: [
      {
        text: 'an inspecting device (IDS, DPI, proxy) cuts the connection after a fixed number of bytes: always near the same position',
      },
      { text: 'the other process exited', failure: 'rpc.reset' },
      { text: 'the network was interrupted', failure: 'rpc.timeout' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'Against a tentacle-pong on the other host it sends small and large payloads and reports where they end.',
      ),
      readOtherLog(seen),
      passThrough,
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Unable to write data to the transport connection: Connection reset by peer.",
  }),
  defineMessage({
    id: 'data.ended-after-request',
    patterns: ['after the request began:...attempted to read past the end of the stream'],
    text: '... after the request began: Attempted to read past the end of the stream.',
    means:
      'The other end closed the connection where a response was expected. "After the request began" means only that the call is not retried, not when it happened.',
    causes: [
      {
        text: 'about 60 s into an upload: bytes were lost in transit, and the other end stopped waiting',
        failure: 'rpc.closed',
      },
      { text: 'the other process exited or restarted', failure: 'rpc.closed' },
      {
        text: 'a polling Tentacle logs the same message when the server rejects it, and when an idle connection was closed',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports whether trust is in order and, against a tentacle-pong, whether large payloads pass.'),
      readOtherLog(seen),
      passThrough,
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Attempted to read past the end of the stream.",
  }),
  defineMessage({
    id: 'data.answer-timed-out',
    patterns: TIMED_OUT.map((words) => `after the request began: ${READ}${words}`),
    text: '... after the request began: Unable to read data from the transport connection: Connection timed out.',
    means: 'The request was sent, but no response arrived in time.',
    causes: [
      { text: 'the process at the other end is hung or overloaded', failure: 'rpc.timeout' },
      { text: 'packets of this connection are dropped in transit', failure: 'rpc.timeout' },
      { text: 'the TLS handshake was never answered: a silent peer causes the same message', failure: 'tls.silent' },
    ],
    next: (seen) => [diagnose(seen), pong(seen), restartIfHung(seen)],
    decidedBy: 'both',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Unable to read data from the transport connection: Connection timed out.",
  }),
  defineMessage({
    id: 'data.stream-cut',
    patterns: ['data stream reading failed'],
    captures: [/actual bytes read: (?<detail>\d{1,19})/i],
    text: 'Data stream reading failed, we read zero bytes from the stream which implies EOF. ... Expected length: ..., Actual bytes read: ...',
    means: 'The transfer of a file or package stopped midway: the connection ended before all bytes had arrived.',
    causes: [
      { text: 'a device in between, or the network, cut the transfer', failure: 'rpc.reset' },
      { text: 'the sending process exited', failure: 'rpc.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'Against a tentacle-pong on the other host it sends large payloads in both directions.'),
      readOtherLog(seen),
      {
        who: 'you',
        action:
          'Compare "Actual bytes read" of several failures. If it is the same number each time, an inspecting device cuts the transfer.',
      },
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Data stream reading failed, we read zero bytes from the stream which implies EOF.Message ID: IFileTransferService::UploadFile[4] / 637d712a, Stream ID: 1b2c, Expected length: 3156, Actual bytes read: 5.',
  }),
  defineMessage({
    id: 'data.stream-size-differs',
    patterns: ['data stream size mismatch detected'],
    text: 'Data stream size mismatch detected. ... Expected length: ..., Actual length claimed at end: ...',
    means: 'The sender announced one length but sent another.',
    causes: [
      { text: 'the file changed while it was being sent' },
      { text: 'the sender wrote less than it announced: a bug in an old version' },
      { text: 'a device that terminates TLS lost bytes', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [
      readOtherLog(seen),
      diagnose(seen, 'It reports whether a device in between terminates TLS.'),
      { who: 'tentacle-admin', action: 'Upgrade both ends: newer versions log which side wrote less.' },
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Data stream size mismatch detected during send. Message ID: 637d712a, Stream ID: 1b2c, Declared length: 3156, Actual bytes written: 2048.',
  }),
  defineMessage({
    id: 'data.hash-differs',
    patterns: ['the file corrupted during transfer', 'the file was corrupted during transfer'],
    text: 'The file corrupted during transfer. Expeted hash: ..., got hash: ...',
    means: 'The bytes of a package that arrived differ from those sent (Octopus 2.x).',
    causes: [
      { text: 'a device that terminates TLS changes the data', failure: 'trust.intercepted' },
      { text: 'a disk or memory fault on one of the hosts' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports whether a device in between terminates TLS.'),
      {
        who: 'tentacle-admin',
        action: 'Check the receiving host for a full disk and disk faults, then send the file again.',
      },
    ],
    decidedBy: 'both',
    example: 'The file corrupted during transfer. Expeted hash: 1b2c3d, got hash: 4e5f6a',
  }),
  defineMessage({
    id: 'rpc.message-damaged',
    patterns: [
      'the archive entry was compressed using an unsupported compression method',
      'found invalid data while decoding',
    ],
    text: 'The archive entry was compressed using an unsupported compression method. / Found invalid data while decoding.',
    means: 'A protocol message could not be decompressed: bytes are missing or changed.',
    causes: [
      { text: 'the connection was cut in the middle of the message: the other end stopped, or the network failed' },
      { text: 'an old version that loses bytes under load or on a slow network', failure: 'rpc.malformed-response' },
      { text: 'a device that terminates TLS and changes the data', failure: 'trust.intercepted' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports whether a device in between terminates TLS.'),
      pong(seen),
      readOtherLog(seen),
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  System.IO.InvalidDataException: The archive entry was compressed using an unsupported compression method.',
  }),
  defineMessage({
    id: 'rpc.no-such-service-or-method',
    patterns: [
      'service not found: ',
      'has not been registered through an iautofacservicesource',
      'is not implemented on this server',
      { oneOf: [' not found'], regex: /\b(?:method|service) [\w.+`]{1,200}::[\w`]{1,120} not found/ },
      'more than one possible match for the requested service method',
      'could not decide which candidate to call out of the following methods',
      'more than one possible match',
    ],
    captures: [
      /service not found: (?<detail>[\w.]{1,100})/i,
      /error: (?<detail>[\w.+`]{1,200}) has not been registered through/i,
      /\b(?:method|service) (?<detail>[\w.+`]{1,200}::[\w`]{1,120}) not found/i,
    ],
    text: 'Service not found: ... / Error: ... has not been registered through an IAutofacServiceSource / Method ...::... not found / More than one possible match ...',
    means:
      'The call arrived, but the other end does not have that service or method. Network, TLS and trust are in order.',
    causes: [
      { text: 'the versions of server and Tentacle do not match', failure: 'rpc.service-not-found' },
      {
        text: 'a Tentacle before 6.3.640 (May 2023) without a capabilities service: the server asks, logs this, and continues',
        failure: 'rpc.service-not-found',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports the services of the other end.'),
      {
        who: 'server-admin',
        action:
          'If calls fail, upgrade the Tentacle (Infrastructure, Deployment Targets, Upgrade Tentacles). If the message is the only one, it is harmless.',
      },
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Exceptions.ServiceNotFoundHalibutClientException: Service not found: ICapabilitiesServiceV2',
  }),
  defineMessage({
    id: 'rpc.out-of-step',
    patterns: ['expected proceed, got', 'expected next or end, got'],
    captures: [/got: (?<detail>[\w/. -]{1,40})/i],
    text: 'Expected PROCEED, got: ... / Expected NEXT or END, got: ...',
    means: 'The two ends lost protocol synchronization during a connection.',
    causes: [
      { text: 'a bug in an old version; the next connection works' },
      { text: 'a device inside TLS that replies or repeats data', failure: 'rpc.malformed-response' },
      { text: '"got no data": the other end closed a reused connection', failure: 'rpc.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports whether a device in between terminates TLS.'),
      pong(seen),
      readOtherLog(seen),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Expected PROCEED, got: NEXT',
  }),
  defineMessage({
    id: 'wss.closed-without-handshake',
    patterns: ['the remote party closed the websocket connection without completing the close handshake'],
    text: 'The remote party closed the WebSocket connection without completing the close handshake.',
    means: 'The WebSocket connection was cut instead of being closed properly.',
    causes: [
      { text: 'a gateway or load balancer cuts WebSockets, often after an idle timeout' },
      { text: 'the web server on the Octopus Server was restarted' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'It identifies the service on that port.'),
      {
        who: 'network-team',
        action: "Compare the times between the cuts. If they are equal, raise the gateway's idle timeout.",
      },
    ],
    decidedBy: 'network',
    example:
      'System.Net.WebSockets.WebSocketException: The remote party closed the WebSocket connection without completing the close handshake.',
  }),
  defineMessage({
    id: 'wss.not-upgraded',
    patterns: [
      "when status code '101' was expected",
      {
        oneOf: ['websocketexception'],
        regex:
          /websocketexception.{0,200}unable to connect to the remote server.{0,200}remote server returned an error: \(\d{3}\)/,
      },
    ],
    captures: [
      /returned (?:status code '|an error: \()(?<detail>\d{3})/i,
      new RegExp(`wss://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i'),
    ],
    text: "The server returned status code '404' when status code '101' was expected.",
    means:
      'A web server answered the Tentacle, but not as a WebSocket. Name, TCP and TLS work; no listener of Octopus answered at this address.',
    causes: ({ detail = '' }) => [
      ...(detail.startsWith('5') ? [{ text: 'a gateway or load balancer does not reach the server behind it' }] : []),
      ...(/^40[13]$/.test(detail) ? [{ text: 'a gateway or web server asks for a login before it forwards' }] : []),
      { text: 'the address of the Tentacle differs from the listen prefix of the server: name, port or path' },
      {
        text: 'Octopus Server has no listener for WebSockets, or is stopped: another web server on that port answered',
      },
      { text: 'a gateway or proxy that does not forward the WebSocket upgrade' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action:
          'Look whether Octopus listens for WebSockets, and at which address. The address of the Tentacle must have the same name, port and path, with wss:// for https://.',
        windows: 'netsh http show servicestate\nnetsh http show sslcert',
      },
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'It identifies the service on that port.'),
      passThrough,
    ],
    decidedBy: 'both',
    example:
      "System.Net.WebSockets.WebSocketException (0x80004005): The server returned status code '404' when status code '101' was expected.",
  }),
  defineMessage({
    id: 'wss.no-web-socket-request',
    patterns: ['as it is not web socket request'],
    captures: [new RegExp(`rejected connection from (?<client>${ADDRESS})`, 'i')],
    text: 'Rejected connection from ... as it is not Web Socket request',
    means: 'A client other than a Tentacle opened the WebSocket address.',
    causes: [
      { text: "a browser, or a load balancer's health check: harmless" },
      { text: 'a gateway that does not forward the WebSocket upgrade' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: `Find out whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}. If it is a Tentacle's, a gateway does not support WebSockets; any other is harmless.`,
      },
      passThrough,
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://+:443/OctopusComms    27  Rejected connection from 10.1.2.3:51234 as it is not Web Socket request',
  }),
  defineMessage({
    id: 'grpc.keep-alive-failed',
    patterns: [
      'keep alive check failed - cancelling subscribers',
      {
        oneOf: ['deadlineexceeded'],
        regex: /(?:keep.?alive|stream|subscri).{0,400}deadlineexceeded|statuscode="deadlineexceeded"/,
      },
    ],
    text: 'keep alive check failed - cancelling subscribers ... DeadlineExceeded',
    means:
      'The gRPC stream of the Kubernetes monitor or the Argo CD gateway (port 8443) stopped carrying data and was closed.',
    causes: [
      { text: 'a load balancer closes idle streams before the next check (every 30 s)' },
      { text: 'a load balancer that does not forward HTTP/2' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? GRPC_PORT }, 'It identifies the service on the gRPC port.'),
      {
        who: 'network-team',
        action:
          "Raise the load balancer's idle timeout well above 30 s, or lower the interval of the check (helm values monitor.healthCheck.interval, gateway.octopus.keepAlive.intervalSeconds).",
      },
    ],
    decidedBy: 'network',
    example: '2024-03-05 10:15:20.1234 |  WARN | keep alive check failed - cancelling subscribers',
  }),
  defineMessage({
    id: 'data.io-aborted',
    patterns: ['the i/o operation has been aborted because of either a thread exit or an application request'],
    text: 'The I/O operation has been aborted because of either a thread exit or an application request',
    means: 'This end itself closed the connection (Windows): it was stopping, or its own timeout ended the wait.',
    causes: [
      { text: 'the service was stopping, or the call was canceled' },
      { text: 'a timeout of this end: the other side did not respond', failure: 'rpc.timeout' },
    ],
    next: (seen) => [diagnose(seen), readOtherLog(seen)],
    decidedBy: 'both',
    example:
      'System.IO.IOException: Unable to read data from the transport connection: The I/O operation has been aborted because of either a thread exit or an application request.',
  }),
  defineMessage({
    id: 'identity.remote-did-not-identify',
    patterns: ['remote failed to identify itself', 'failed to identify as server to the previously identified remote'],
    text: 'Remote failed to identify itself. / Failed to identify as server to the previously identified remote ...',
    means: 'A client completed TLS but left, or sent other data, before the identities were exchanged.',
    causes: [
      {
        text: "the other side rejected this end's certificate after TLS, or was stopped",
        failure: 'trust.closed-after-identity',
      },
      { text: 'a scanner or health check' },
    ],
    next: (seen) => [
      readOtherLog(seen),
      diagnose(seen, 'If it is not an Octopus end, skip this step.', 'on the other side'),
      showThumbprint,
    ],
    decidedBy: 'both',
    example: '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  Remote failed to identify itself.',
  }),
] as const;
