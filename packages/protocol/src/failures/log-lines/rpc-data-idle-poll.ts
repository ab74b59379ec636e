import { logLine } from './log-line.js';
import { ADDRESS, HOST, PORT } from './seen.js';
import {
  diagnose,
  diagnoseServer,
  freeTheService,
  GRPC_PORT,
  idleProbe,
  ignore,
  otherLog,
  passThrough,
  pong,
  showThumbprint,
} from './steps.js';

const CLIENT = new RegExp(`(?:client|exception): (?<client>${ADDRESS})`, 'i');

/** How the two systems, and old libraries, spell that a read or write took too long. */
const TIMED_OUT = [
  'connection timed out',
  'operation timed out',
  'connected party did not properly respond after a period of time',
] as const;

const READ = 'unable to read data from the transport connection: ...';
const WRITE = 'unable to write data to the transport connection: ...';

const morePollers = {
  who: 'tentacle-admin',
  action:
    'If the Tentacle is busy with other work (long scripts), give it more connections: five, or one for each core.',
  windows: 'Tentacle set-polling-connection-count --pollingConnectionCount 5',
  linux: 'Tentacle set-polling-connection-count --pollingConnectionCount 5',
} as const;

export const rpcDataIdlePollLogLines = [
  logLine({
    id: 'poll.request-not-collected',
    patterns: ['the polling endpoint did not collect the request within the allowed time'],
    captures: [/within the allowed time \((?<detail>[\d:.]{5,16})\)/i],
    text: 'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    means:
      'The server put a request into the queue of a polling Tentacle, and nobody came to fetch it. The server cannot see why.',
    causes: [
      { text: 'the Tentacle is down, or cannot connect: name, firewall, proxy, TLS', failure: 'tcp.timeout' },
      { text: 'it connects and is refused: its thumbprint is not trusted', failure: 'trust.closed-after-identity' },
      { text: 'it polls another node of the cluster than the one that asks' },
      { text: 'it is busy: it has one connection, and a long call occupies that' },
      {
        text: 'its address leads to a listening Tentacle in place of the server: it looks healthy and never gets work',
        failure: 'poll.wrong-role',
      },
    ],
    next: (seen) => [
      diagnoseServer(
        seen,
        'if the whole way works there, the Tentacle is stopped, busy, or polls elsewhere; its own log says which',
      ),
      otherLog,
      {
        who: 'tentacle-admin',
        action: 'Look which servers it polls; with several nodes it has to poll each one by its own address.',
        windows: 'Tentacle show-configuration',
        linux: 'Tentacle show-configuration',
      },
      morePollers,
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
  }),
  logLine({
    id: 'poll.cancelled-after-collection',
    patterns: ['the polling endpoint collected it but the request was cancelled before the polling endpoint responded'],
    text: 'A request was sent to a polling endpoint, the polling endpoint collected it but the request was cancelled before the polling endpoint responded.',
    means: 'The Tentacle fetched the request and the server gave up before the answer came.',
    causes: [
      { text: 'somebody cancelled the task, or it ran into a time-out' },
      { text: 'the connection broke while the request or the answer was on its way', failure: 'rpc.reset' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: 'Look whether the task was cancelled at that time. If not, the connection broke.',
      },
      diagnoseServer(seen, 'it shows whether larger transfers pass'),
      otherLog,
    ],
    tells: 'both',
    example:
      'System.TimeoutException: A request was sent to a polling endpoint, the polling endpoint collected it but the request was cancelled before the polling endpoint responded.',
  }),
  logLine({
    id: 'poll.response-time-out',
    patterns: ['polling response timeout', 'pollingrequestmaximummessageprocessingtimeout'],
    text: '(Polling Response Timeout fails a slow start with a big file)',
    means: 'Servers before 2024.1.8781 counted the time of the transfer against the time that a poller has to answer.',
    causes: [{ text: 'a big file or package over a slow link, with an older server' }],
    next: (seen) => [
      diagnoseServer(seen, 'with a tentacle-pong in between it shows how fast the link is'),
      { who: 'server-admin', action: 'Upgrade to 2024.1.8781 or later, or raise the time-out.' },
    ],
    tells: 'both',
    example: 'Polling Response Timeout fails a slow start (big file)',
  }),
  logLine({
    id: 'poll.too-many-connections',
    patterns: [
      'has exceeded the maximum number of active connections',
      'exceeded the maximum number ... of active tcp connections for subscription',
    ],
    captures: [
      new RegExp(`polling client at (?<client>${ADDRESS})`, 'i'),
      /for subscription (?:poll:\/\/)?(?<subscription>[a-z0-9-]{1,64})/i,
    ],
    text: 'A polling client at ... has exceeded the maximum number of active connections (...) for subscription ...',
    means: 'One subscription holds as many connections as the server allows; it closes each further one.',
    causes: [
      { text: 'the Tentacle opens more connections than the limit', failure: 'poll.connection-limit' },
      { text: 'several machines share the subscription (a clone)', failure: 'poll.duplicate' },
      { text: 'connections that were cut on the way are not yet given up by the server' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Count the connections of that address on the server, and see whether they come from more than one.',
        windows: 'netstat -a -n -o -p tcp | findstr :10943',
        linux: "ss -tnp 'sport = :10943'",
      },
      {
        who: 'tentacle-admin',
        action: 'Lower the number of its connections.',
        windows: 'Tentacle set-polling-connection-count --pollingConnectionCount 1',
        linux: 'Tentacle set-polling-connection-count --pollingConnectionCount 1',
      },
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  A polling client at [::ffff:10.1.2.3]:51234 has exceeded the maximum number of active connections (32) for subscription poll://3rcj8mdqk2ht5wzv0a1b/. New connections will be rejected',
  }),
  logLine({
    id: 'poll.registered-unreachable',
    patterns: [
      {
        oneOf: ['registers "successfully"', 'registers successfully', 'registered successfully though'],
        regex: /regist\w{1,12} "?successfully"?.{0,40}(?:though|but|although).{0,80}(?:10943|unreachable|intercepted)/,
      },
    ],
    text: '(polling Tentacle registers "successfully" though 10943 is unreachable or intercepted; its health check then fails)',
    means:
      'Registration talks to the web port, and its check of the communications port takes any answer 200 or 400, an intercepting proxy included.',
    causes: [
      { text: 'the communications port is blocked', failure: 'tcp.timeout' },
      { text: 'something in between ends TLS', failure: 'trust.intercepted' },
    ],
    next: (seen) => [diagnoseServer(seen), passThrough],
    tells: 'network',
    example:
      'The polling Tentacle registers "successfully" though 10943 is unreachable or intercepted; health check then fails',
  }),
  logLine({
    id: 'poll.node-offline',
    patterns: [
      'did not send a heartbeat for long enough, and so the node is now assumed to be offline',
      'the request was abandoned, possibly because the node processing the request shutdown',
      'was cancelled because we detected that redis lost all of its data',
      'was cancelled because the queue is shutting down',
      'error occured when reading data from the queue',
      'error occured when preparing request for queue',
    ],
    text: 'The node processing the request did not send a heartbeat for long enough, and so the node is now assumed to be offline. / The request was abandoned, possibly because the node ...',
    means:
      'In a cluster the node that talked with the Tentacle, or the Redis between the nodes, went away in the middle. The way to the Tentacle is not in question.',
    causes: [
      { text: 'a node of the Octopus cluster stopped, restarted or hung' },
      { text: 'Redis was restarted, lost its data, or cannot be reached from a node' },
    ],
    next: () => [
      { who: 'server-admin', action: 'Look at the nodes (Configuration, Nodes) and at Redis at that time.' },
      otherLog,
    ],
    tells: 'both',
    example:
      'The node processing the request did not send a heartbeat for long enough, and so the node is now assumed to be offline.',
  }),
  logLine({
    id: 'idle.normal-close',
    patterns: [
      'error when handling request from client...the readasync operation was cancelled',
      'error when handling request from client...failed to respond',
      'socket io exception...failed to respond',
    ],
    captures: [CLIENT],
    text: 'Unhandled error when handling request from client: ... The ReadAsync operation was cancelled. (older: ... failed to respond)',
    means:
      'The listening end closed a connection on which nobody had called for a while (a minute, in old versions 10 minutes), and logs that as an error. The next call opens a new one.',
    causes: [
      { text: 'normal: no work for this Tentacle' },
      {
        text: 'if calls fail at the same time: packets of that connection are dropped on the way',
        failure: 'rpc.timeout',
      },
    ],
    next: (seen) => [
      ignore,
      {
        who: 'you',
        action: 'If calls do fail: see whether a connection that was quiet for a minute still works.',
        windows: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --reuse --interval 50s --count 5`,
        linux: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --reuse --interval 50s --count 5`,
      },
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27  INFO  listen://[::]:10933/    27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:45564 System.OperationCanceledException: The ReadAsync operation was cancelled.',
  }),
  logLine({
    id: 'tls.probe-noise',
    patterns: [
      'request from client...received an unexpected eof',
      'failed authentication...received an unexpected eof',
      'error initializing tcp client...received an unexpected eof',
      'authenticateasserver...received an unexpected eof',
      'received an unexpected eof...authenticateasserver',
      'error when handling request from client...remote party has closed the transport stream',
      'failed authentication...remote party has closed the transport stream',
    ],
    captures: [CLIENT],
    text: '... AuthenticateAsServerAsync ... Received an unexpected EOF or 0 bytes from the transport stream.',
    means:
      'Somebody connected to this listener and left before TLS was done. Libraries since 2026 log that no longer as an error.',
    causes: [
      { text: 'a health check of a load balancer or a monitoring that only opens the port: harmless' },
      { text: 'tentacle-ping and tentacle-pong tests that stop before TLS leave this line too: harmless' },
      { text: 'a real peer that cannot use this certificate or these TLS settings', failure: 'tls.closed' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Look whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}: a load balancer at regular intervals is a probe; an Octopus end has a TLS problem.`,
      },
      diagnose(seen, 'from that address, if it is an Octopus end'),
      ignore,
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10943/    27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:45564 System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream.',
  }),
  logLine({
    id: 'idle.read-timed-out',
    patterns: TIMED_OUT.map((words) => `before the request could begin: ${READ}${words}`),
    text: 'An error occurred when sending a request to ..., before the request could begin: Unable to read data from the transport connection: Connection timed out.',
    means:
      'The connection was there and the other side did not answer in time. When it showed counts: after a quiet spell, or at once, or after 15 s.',
    causes: [
      {
        text: 'after a quiet spell: a load balancer, NAT or firewall forgot the idle connection (AWS NLB: 350 s, while Octopus kept it 10 minutes)',
        failure: 'idle.silent',
      },
      { text: 'after 15 s through a proxy: the proxy accepts and never answers CONNECT', failure: 'proxy.silent' },
      {
        text: 'at each new connection: large packets vanish on the way (MTU), or the process behind the port is hung',
        failure: 'tls.silent',
      },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'it fails at once when it is the proxy, MTU or a hung process, and works when it is the idle time',
      ),
      idleProbe(seen),
      {
        who: 'network-team',
        action:
          'Raise the idle time-out of load balancer, NAT and firewall over the 15 s at which TCP keep-alives go (Octopus since 2024.1), or over 10 minutes for older versions.',
      },
    ],
    tells: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Unable to read data from the transport connection: Connection timed out.",
  }),
  logLine({
    id: 'idle.host-timed-out',
    patterns: ['the connection to the host at ... timed out. there may be problems with the network'],
    captures: [new RegExp(`to the host at (?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i')],
    text: 'The connection to the host at ... timed out. There may be problems with the network. The connection will be retried.',
    means: 'A connection in use fell silent. Octopus tries again by itself.',
    causes: [
      { text: 'the network between was interrupted, or a device forgot the connection', failure: 'rpc.timeout' },
      { text: 'the other machine was switched off, or its process hung', failure: 'rpc.timeout' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: 'Ping for as long as it takes to see it again: its report tells how often, and at which stage.',
        windows: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --reuse --deadline 1h --quiet`,
        linux: `tentacle-ping ${seen.host ?? 'TENTACLE'}:${seen.port ?? '10933'} --reuse --deadline 1h --quiet`,
      },
      idleProbe(seen),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://octopus.example:10943/    27  The connection to the host at https://octopus.example:10943/ timed out. There may be problems with the network. The connection will be retried.',
  }),
  logLine({
    id: 'idle.long-hang',
    patterns: [
      '10-minute hang, then failure',
      '10 minute hang, then failure',
      '(10-minute hang',
      'hangs for 10 minutes',
      'hung for 10 minutes',
    ],
    text: '(10-minute hang, then failure)',
    means: 'The other side vanished without closing (power, cable, a dropped flow), and nothing told this end.',
    causes: [
      { text: 'the other machine lost power or network: no FIN ever comes', failure: 'rpc.timeout' },
      { text: 'a device dropped the flow in silence', failure: 'idle.silent' },
    ],
    next: (seen) => [
      idleProbe(seen),
      {
        who: 'server-admin',
        action: 'Upgrade both ends to 2024.1 or later: TCP keep-alives and shorter time-outs end the wait.',
      },
    ],
    tells: 'network',
    example: '10-minute hang, then failure',
  }),
  logLine({
    id: 'data.write-cut',
    patterns: [
      'unable to write data to the transport connection: ...connection reset by peer',
      'unable to write data to the transport connection: ...forcibly closed by the remote host',
      'unable to write data to the transport connection: ...broken pipe',
      ...TIMED_OUT.map((words) => `${WRITE}${words}`),
      'unable to write data to the transport connection: ...an established connection was aborted',
    ],
    text: '... after the request began: Unable to write data to the transport connection: Connection reset by peer.',
    means: 'The connection was cut while this end was sending, often in the middle of a file.',
    causes: [
      { text: 'an inspecting device (IDS, DPI, proxy) cuts after so many bytes: always near the same place' },
      { text: 'the other process ended', failure: 'rpc.reset' },
      { text: 'the network was interrupted', failure: 'rpc.timeout' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'towards a tentacle-pong on the other host it tries small and large payloads and says where they end',
      ),
      otherLog,
      passThrough,
    ],
    tells: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Unable to write data to the transport connection: Connection reset by peer.",
  }),
  logLine({
    id: 'data.ended-after-request',
    patterns: ['after the request began:...attempted to read past the end of the stream'],
    text: '... after the request began: Attempted to read past the end of the stream.',
    means:
      'The other end closed where an answer was due. "After the request began" says only that it is not tried again, not when it happened.',
    causes: [
      {
        text: 'about 60 s into an upload: bytes were swallowed on the way, and the other end gave up waiting',
        failure: 'rpc.closed',
      },
      { text: 'the other process ended or restarted', failure: 'rpc.closed' },
      {
        text: 'a poller that the server does not trust gets the same words',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'it says whether trust is in order and, towards a tentacle-pong, whether large payloads pass'),
      otherLog,
      passThrough,
    ],
    tells: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Attempted to read past the end of the stream.",
  }),
  logLine({
    id: 'data.answer-timed-out',
    patterns: TIMED_OUT.map((words) => `after the request began: ${READ}${words}`),
    text: '... after the request began: Unable to read data from the transport connection: Connection timed out.',
    means: 'The request was sent and no answer came in time.',
    causes: [
      { text: 'the process at the other end is hung or overloaded', failure: 'rpc.timeout' },
      { text: 'the packets of this connection are dropped on the way', failure: 'rpc.timeout' },
      { text: 'the handshake never came: a silent peer is reported with the same words', failure: 'tls.silent' },
    ],
    next: (seen) => [diagnose(seen), pong(seen), freeTheService],
    tells: 'both',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Unable to read data from the transport connection: Connection timed out.",
  }),
  logLine({
    id: 'data.stream-cut',
    patterns: ['data stream reading failed'],
    captures: [/actual bytes read: (?<detail>\d{1,19})/i],
    text: 'Data stream reading failed, we read zero bytes from the stream which implies EOF. ... Expected length: ..., Actual bytes read: ...',
    means: 'A file or package stopped in the middle: the connection ended before all bytes had come.',
    causes: [
      { text: 'a device on the way, or the network, cut the transfer', failure: 'rpc.reset' },
      { text: 'the sending process ended', failure: 'rpc.closed' },
    ],
    next: (seen) => [
      diagnose(seen, 'towards a tentacle-pong on the other host it tries large payloads both ways'),
      otherLog,
      {
        who: 'you',
        action: 'Compare "Actual bytes read" of several failures: the same number each time is an inspecting device.',
      },
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Data stream reading failed, we read zero bytes from the stream which implies EOF.Message ID: IFileTransferService::UploadFile[4] / 637d712a, Stream ID: 1b2c, Expected length: 3156, Actual bytes read: 5.',
  }),
  logLine({
    id: 'data.stream-size-differs',
    patterns: ['data stream size mismatch detected'],
    text: 'Data stream size mismatch detected. ... Expected length: ..., Actual length claimed at end: ...',
    means: 'The sender announced one length and sent another.',
    causes: [
      { text: 'the file changed while it was sent' },
      { text: 'the sender wrote less than it said: a fault of an old version' },
      { text: 'bytes were lost inside TLS by a device that ends it', failure: 'rpc.garbled' },
    ],
    next: (seen) => [
      otherLog,
      diagnose(seen, 'it shows whether something on the way ends TLS'),
      { who: 'tentacle-admin', action: 'Upgrade both ends: newer versions say in the log which side wrote less.' },
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Data stream size mismatch detected during send. Message ID: 637d712a, Stream ID: 1b2c, Declared length: 3156, Actual bytes written: 2048.',
  }),
  logLine({
    id: 'data.hash-differs',
    patterns: ['the file corrupted during transfer', 'the file was corrupted during transfer'],
    text: 'The file corrupted during transfer. Expeted hash: ..., got hash: ...',
    means: 'A package arrived with other bytes than were sent (Octopus 2.x).',
    causes: [
      { text: 'a device that ends TLS changes what passes', failure: 'trust.intercepted' },
      { text: 'a disk or memory fault on one of the hosts' },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows whether something on the way ends TLS'),
      { who: 'tentacle-admin', action: 'Check disk space and disk faults on the receiving host; send the file again.' },
    ],
    tells: 'both',
    example: 'The file corrupted during transfer. Expeted hash: 1b2c3d, got hash: 4e5f6a',
  }),
  logLine({
    id: 'rpc.message-damaged',
    patterns: [
      'the archive entry was compressed using an unsupported compression method',
      'found invalid data while decoding',
    ],
    text: 'The archive entry was compressed using an unsupported compression method. / Found invalid data while decoding.',
    means: 'A message of the protocol could not be unpacked: bytes are missing or changed.',
    causes: [
      { text: 'an old version that loses bytes under load or on a slow network', failure: 'rpc.garbled' },
      { text: 'a device that ends TLS and changes what passes', failure: 'trust.intercepted' },
    ],
    next: (seen) => [diagnose(seen, 'it shows whether something on the way ends TLS'), pong(seen), otherLog],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  System.IO.InvalidDataException: The archive entry was compressed using an unsupported compression method.',
  }),
  logLine({
    id: 'rpc.no-such-service-or-method',
    patterns: [
      'service not found: ',
      { oneOf: [' not found'], regex: /\b(?:method|service) [\w.+`]{1,200}::[\w`]{1,120} not found/ },
      'more than one possible match for the requested service method',
      'could not decide which candidate to call out of the following methods',
      'more than one possible match',
    ],
    captures: [
      /service not found: (?<detail>[\w.]{1,100})/i,
      /\b(?:method|service) (?<detail>[\w.+`]{1,200}::[\w`]{1,120}) not found/i,
    ],
    text: 'Service not found: ... / Method ...::... not found / More than one possible match ...',
    means: 'The call arrived and the other end does not know it. Network, TLS and trust are in order.',
    causes: [
      { text: 'server and Tentacle are of versions that do not fit', failure: 'rpc.service-not-found' },
      {
        text: 'an old Tentacle that has no capabilities service: the server asks, logs this, and goes on',
        failure: 'rpc.service-not-found',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows what the other end can do'),
      { who: 'server-admin', action: 'Upgrade the Tentacle (Infrastructure, Deployment Targets, Upgrade Tentacles).' },
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Exceptions.ServiceNotFoundHalibutClientException: Service not found: ICapabilitiesServiceV2',
  }),
  logLine({
    id: 'rpc.out-of-step',
    patterns: ['expected proceed, got', 'expected next or end, got'],
    captures: [/got: (?<detail>[\w/. -]{1,40})/i],
    text: 'Expected PROCEED, got: ... / Expected NEXT or END, got: ...',
    means: 'The two ends lost step with each other in the middle of a connection.',
    causes: [
      { text: 'a fault of an old version; the next connection works' },
      { text: 'a device inside TLS that answers or repeats', failure: 'rpc.garbled' },
      { text: '"got no data": the other end closed a connection that was kept', failure: 'rpc.closed' },
    ],
    next: (seen) => [diagnose(seen, 'it shows whether something on the way ends TLS'), pong(seen), otherLog],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Expected PROCEED, got: NEXT',
  }),
  logLine({
    id: 'wss.closed-without-handshake',
    patterns: ['the remote party closed the websocket connection without completing the close handshake'],
    text: 'The remote party closed the WebSocket connection without completing the close handshake.',
    means: 'The WebSocket connection was cut, not closed.',
    causes: [
      { text: 'a gateway or load balancer cuts WebSockets, often after an idle time' },
      { text: 'the web server on the Octopus Server was restarted' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'it shows what stands on that port'),
      {
        who: 'network-team',
        action: 'Look whether the times between cuts are alike: then it is an idle time-out of a gateway; raise it.',
      },
    ],
    tells: 'network',
    example:
      'System.Net.WebSockets.WebSocketException: The remote party closed the WebSocket connection without completing the close handshake.',
  }),
  logLine({
    id: 'wss.no-web-socket-request',
    patterns: ['as it is not web socket request'],
    captures: [new RegExp(`rejected connection from (?<client>${ADDRESS})`, 'i')],
    text: 'Rejected connection from ... as it is not Web Socket request',
    means: 'Something other than a Tentacle opened the WebSocket address.',
    causes: [
      { text: 'a browser, or a health check of a load balancer: harmless' },
      { text: 'a gateway that does not pass on the WebSocket upgrade' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: `Look whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}: a Tentacle's means a gateway without WebSocket support, any other is harmless.`,
      },
      passThrough,
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://+:443/OctopusComms    27  Rejected connection from 10.1.2.3:51234 as it is not Web Socket request',
  }),
  logLine({
    id: 'grpc.keep-alive-failed',
    patterns: ['keep alive check failed - cancelling subscribers', 'statuscode="deadlineexceeded"', 'deadlineexceeded'],
    text: 'keep alive check failed - cancelling subscribers ... DeadlineExceeded',
    means: 'The gRPC stream of the Kubernetes monitor (port 8443) fell silent and was given up.',
    causes: [
      { text: 'a load balancer closes quiet streams sooner than the check comes (30 s)' },
      { text: 'a load balancer that does not pass HTTP/2' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? GRPC_PORT }, 'it shows what answers on the gRPC port'),
      {
        who: 'network-team',
        action: 'Raise the idle time-out of the load balancer well over 30 s, or lower the interval of the check.',
      },
    ],
    tells: 'network',
    example: '2024-03-05 10:15:20.1234 |  WARN | keep alive check failed - cancelling subscribers',
  }),
  logLine({
    id: 'data.io-aborted',
    patterns: ['the i/o operation has been aborted because of either a thread exit or an application request'],
    text: 'The I/O operation has been aborted because of either a thread exit or an application request',
    means: 'This end itself gave the connection up (Windows): it stopped, or its own time-out ended the wait.',
    causes: [
      { text: 'the service was stopping or the call was cancelled' },
      { text: 'a time-out of this end: the other side did not answer', failure: 'rpc.timeout' },
    ],
    next: (seen) => [diagnose(seen), otherLog],
    tells: 'both',
    example:
      'System.IO.IOException: Unable to read data from the transport connection: The I/O operation has been aborted because of either a thread exit or an application request.',
  }),
  logLine({
    id: 'identity.remote-did-not-identify',
    patterns: ['remote failed to identify itself', 'failed to identify as server to the previously identified remote'],
    text: 'Remote failed to identify itself. / Failed to identify as server to the previously identified remote ...',
    means: 'Somebody finished TLS and went away, or sent something else, before the identities were exchanged.',
    causes: [
      {
        text: 'the other side refused our certificate after TLS, or was stopped',
        failure: 'trust.closed-after-identity',
      },
      { text: 'a scanner or health check' },
    ],
    next: (seen) => [otherLog, diagnose(seen, 'from the other side, if it is an Octopus end'), showThumbprint],
    tells: 'both',
    example: '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  Remote failed to identify itself.',
  }),
];
