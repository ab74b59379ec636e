import { sameCommand, SERVER_LOG, TENTACLE_LOG, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { ADDRESS, HOST, PORT } from './captured-fields.js';
import { defineMessage, type MessageFacts } from './known-message.js';
import {
  diagnose,
  POLLING_PORT,
  readOtherLog,
  target,
  whereItConnects,
  diagnoseServer,
  restartIfHung,
  GRPC_PORT,
  idleProbe,
  ignore,
  passThrough,
  pong,
  showThumbprint,
} from './steps.js';

const CLIENT = new RegExp(`(?:client|exception): (?<client>${ADDRESS})`, 'i');

/** Wordings of Windows, Linux and old libraries for a read or write that timed out. */
const TIMED_OUT = [
  'connection timed out',
  'operation timed out',
  'connected party did not properly respond after a period of time',
] as const;

const READ = 'unable to read data from the transport connection: ...';
const WRITE = 'unable to write data to the transport connection: ...';

/** Sets the number of connections of a polling Tentacle, as its version allows. */
function setPollingConnections({ origin }: MessageFacts, action: string, count: number): readonly Step[] {
  if (origin?.isContainer === true)
    return [
      {
        who: 'tentacle-admin',
        action: `${action} A Kubernetes agent has a helm value for it.`,
        ...sameCommand(
          `helm upgrade RELEASE oci://registry-1.docker.io/octopusdeploy/kubernetes-agent -n NAMESPACE --reset-then-reuse-values --set agent.pollingConnectionCount=${count}`,
        ),
      },
    ];
  return [
    {
      who: 'tentacle-admin',
      action: `${action} With Tentacle 9.2.4154 or later, use this command.`,
      ...tentacleCommand(`set-polling-connection-count --pollingConnectionCount ${count}`, 'service --restart'),
    },
    {
      who: 'tentacle-admin',
      action: `With Tentacle 8.1.1332 to 9.2.4153, set the environment variable TentaclePollingConnectionCount of its service to ${count}, and restart it. A Kubernetes agent has the helm value agent.pollingConnectionCount.`,
    },
  ];
}

/** The ends of a message that only the server writes, about a polling Tentacle. */
const OF_POLLED_SERVER = { product: 'server', mode: 'polling', direction: 'incoming' } as const;

function asPolledServer(seen: MessageFacts): MessageFacts {
  return { ...seen, origin: { ...seen.origin, ...OF_POLLED_SERVER } };
}

export const rpcDataIdlePollMessages = [
  defineMessage({
    id: 'poll.request-not-collected',
    patterns: ['the polling endpoint did not collect the request within the allowed time'],
    captures: [/within the allowed time \((?<detail>[\d:.]{5,16})\)/i],
    text: 'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    means:
      'The server queued a request for a polling Tentacle, but no Tentacle collected it. The server cannot see why.',
    causes: [
      { text: 'the Tentacle is down or cannot connect: name, firewall, proxy, TLS', failure: 'tcp.timeout' },
      { text: 'it connects but is rejected: its thumbprint is not trusted', failure: 'trust.closed-after-identity' },
      {
        text: 'it polls a node other than the one that queued the request (unless the nodes share a queue through Redis, Server 2026.4.6909 or later)',
      },
      { text: 'it is busy: it has one connection, and a long call occupies it' },
      { text: 'its service was not restarted after the registration, and runs with the settings from before' },
      {
        text: 'its address leads to a listening Tentacle instead of the server: it appears healthy but receives no work',
        failure: 'poll.wrong-role',
      },
    ],
    next: (seen) => [
      diagnoseServer(
        seen,
        'If every stage works there, the Tentacle is stopped, busy, polls elsewhere, or is rejected after TLS.',
      ),
      {
        who: 'tentacle-admin',
        action:
          'Check whether the Tentacle is running, and what its log shows for that time. "Halibut client exception" there names what fails.',
        windows: `Get-Service 'OctopusDeploy*'\n${TENTACLE_LOG.windows}`,
        linux: `systemctl status Tentacle\n${TENTACLE_LOG.linux}`,
      },
      {
        who: 'tentacle-admin',
        action:
          'Check which servers it polls. With several nodes it has to poll each one at its own address, unless they share a queue through Redis (Server 2026.4.6909 or later).',
        ...tentacleCommand('show-configuration'),
      },
      {
        who: 'server-admin',
        action: 'Check on each node whether they share a queue through Redis.',
        windows:
          "Invoke-RestMethod https://OCTOPUS-SERVER/api/serverstatus/redis -Headers @{ 'X-Octopus-ApiKey' = 'API-KEY' }",
        linux: "curl -H 'X-Octopus-ApiKey: API-KEY' https://OCTOPUS-SERVER/api/serverstatus/redis",
      },
      ...setPollingConnections(
        seen,
        'If the Tentacle is busy with long scripts, raise its number of polling connections: five, or one per core.',
        5,
      ),
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
  }),
  defineMessage({
    id: 'poll.cancelled-after-collection',
    patterns: ['the polling endpoint collected it but the request was cancelled before the polling endpoint responded'],
    text: 'A request was sent to a polling endpoint, the polling endpoint collected it but the request was cancelled before the polling endpoint responded.',
    means: 'The Tentacle collected the request, but the server gave up before the response arrived.',
    causes: [
      { text: 'the task was canceled or timed out' },
      { text: 'the connection dropped while the request or the response was in transit', failure: 'rpc.reset' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: 'Check whether the task was canceled at that time. If it was not, the connection dropped.',
      },
      diagnoseServer(seen, 'It reports whether larger transfers succeed.'),
      readOtherLog(asPolledServer(seen)),
    ],
    decidedBy: 'both',
    example:
      'System.TimeoutException: A request was sent to a polling endpoint, the polling endpoint collected it but the request was cancelled before the polling endpoint responded.',
  }),
  defineMessage({
    id: 'poll.response-time-out',
    patterns: ['polling response timeout', 'pollingrequestmaximummessageprocessingtimeout'],
    text: '(Polling Response Timeout: a deployment with a big file fails at its start)',
    means:
      'Octopus Server before 2024.1.8781 counts the transfer time against the time in which a polling Tentacle has to respond.',
    causes: [{ text: 'a big file or package over a slow link, with an older server' }],
    next: (seen) => [
      diagnoseServer(seen, 'To measure the speed of the link, run it against a tentacle-pong in place of the server.'),
      {
        who: 'server-admin',
        action:
          'Upgrade to 2024.1.8781 or later, or raise the Polling Response Timeout (in the machine policy; before 2019.1 in Octopus.Server.exe.config).',
      },
    ],
    decidedBy: 'both',
    example: 'Polling Response Timeout fails a slow start (big file)',
  }),
  defineMessage({
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
    means: 'One subscription has as many connections as the server allows. The server closes each further connection.',
    causes: [
      { text: 'the Tentacle opens more connections than the limit', failure: 'poll.connection-limit' },
      { text: 'several machines share the subscription (a clone)', failure: 'poll.shared-subscription' },
      { text: 'connections that were dropped in transit are still open for the server' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action:
          "Count that address's connections on the server, and check whether they come from more than one address.",
        windows: `Get-NetTCPConnection -LocalPort ${seen.port ?? POLLING_PORT} -State Established | Group-Object RemoteAddress`,
        linux: `ss -tn 'sport = :${seen.port ?? POLLING_PORT}'`,
      },
      ...setPollingConnections(seen, 'If they come from one Tentacle, lower its number of polling connections.', 1),
    ],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  A polling client at [::ffff:10.1.2.3]:51234 has exceeded the maximum number of active connections (32) for subscription poll://3rcj8mdqk2ht5wzv0a1b/. New connections will be rejected',
  }),
  defineMessage({
    id: 'poll.registered-unreachable',
    patterns: [
      {
        oneOf: ['registers "successfully"', 'registers successfully', 'registered successfully though'],
        regex: /regist\w{1,12} "?successfully"?.{0,40}(?:though|but|although).{0,80}(?:10943|unreachable|intercepted)/,
      },
    ],
    text: '(polling Tentacle registers "successfully" though 10943 is unreachable or intercepted; its health check then fails)',
    means:
      'Registration uses the web port. Its check of the communications port accepts any response with status 200 or 400, including one from an intercepting proxy.',
    causes: [
      {
        text: "the communications port was blocked later, or is blocked for the service's account only (the registration commands themselves check it)",
        failure: 'tcp.timeout',
      },
      { text: 'a device in between terminates TLS', failure: 'trust.intercepted' },
    ],
    next: (seen) => [diagnoseServer(seen), passThrough],
    decidedBy: 'network',
    example:
      'The polling Tentacle registers "successfully" though 10943 is unreachable or intercepted; health check then fails',
  }),
  defineMessage({
    id: 'poll.node-offline',
    patterns: [
      'did not send a heartbeat for long enough, and so the node is now assumed to be offline',
      'the request was abandoned, possibly because the node processing the request shutdown',
      'was cancelled because the queue is shutting down',
      'error occured when reading data from the queue',
    ],
    text: 'The node processing the request did not send a heartbeat for long enough, and so the node is now assumed to be offline. / The request was abandoned, possibly because the node ...',
    means:
      'In a cluster, the node that was talking to the Tentacle, or the Redis between the nodes, became unavailable during the call. The path to the Tentacle is not the problem.',
    causes: [
      { text: 'a node of the Octopus cluster stopped, restarted or hung' },
      { text: 'Redis was restarted, lost its data, or cannot be reached from a node' },
    ],
    next: () => [
      { who: 'server-admin', action: 'Check the nodes (Configuration, Nodes) and Redis at that time.' },
      {
        who: 'server-admin',
        action: 'Read the log of the node that processed the request, at that time.',
        ...SERVER_LOG,
      },
    ],
    decidedBy: 'both',
    example:
      'The node processing the request did not send a heartbeat for long enough, and so the node is now assumed to be offline.',
  }),
  defineMessage({
    id: 'idle.normal-close',
    patterns: [
      'error when handling request from client...the readasync operation was cancelled',
      'error when handling request from client...failed to respond',
      'socket io exception...failed to respond',
      'failed to respond...expectnextorend',
      'failed to respond...processclientrequests',
    ],
    captures: [CLIENT],
    text: 'Unhandled error when handling request from client: ... The ReadAsync operation was cancelled. (older: ... failed to respond)',
    means:
      'The listening end closed a connection that was idle (for one minute; in old versions for 10 minutes) and logged that as an error. The next call opens a new connection.',
    causes: [
      { text: 'normal: no work for this Tentacle' },
      {
        text: 'if calls fail at the same time: packets of that connection are dropped in transit',
        failure: 'rpc.timeout',
      },
    ],
    next: (seen) => [
      ignore,
      {
        who: 'you',
        action: `If calls do fail, check ${whereItConnects(seen)} whether a connection still works after 50 s without traffic.`,
        ...sameCommand(`tentacle-ping ${target(seen)} --reuse --interval 50s --count 5`),
      },
    ],
    decidedBy: 'network',
    isUsual: true,
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10933/    27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:45564 System.OperationCanceledException: The ReadAsync operation was cancelled.',
  }),
  defineMessage({
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
      'A client connected to this listener and left before the TLS handshake was complete. Libraries from September 2026 on no longer log that as an error.',
    causes: [
      { text: 'a health check of a load balancer or monitoring system that only opens the port: harmless' },
      { text: 'a tentacle-ping or tentacle-pong test that stops before TLS: harmless' },
      { text: 'a real peer that cannot use this certificate or these TLS settings', failure: 'tls.closed' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Find out whose address it is${seen.client === undefined ? '' : ` (${seen.client})`}. If it is a load balancer at regular intervals, it is a probe; if it is an Octopus end, it has a TLS problem.`,
      },
      diagnose(
        seen,
        'If it is not an Octopus end, skip this step.',
        `on the machine with that address${seen.client === undefined ? '' : ` (${seen.client})`}`,
      ),
      ignore,
    ],
    decidedBy: 'both',
    isUsual: true,
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10943/    27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:45564 System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream.',
  }),
  defineMessage({
    id: 'idle.read-timed-out',
    patterns: TIMED_OUT.map((words) => `before the request could begin: ${READ}${words}`),
    text: 'An error occurred when sending a request to ..., before the request could begin: Unable to read data from the transport connection: Connection timed out.',
    means:
      'The connection was open, but the other side did not respond in time. The cause depends on when that was: after an idle period, at once, or after 15 s.',
    causes: [
      {
        text: 'after an idle period: a load balancer, NAT or firewall dropped the idle connection (AWS NLB: 350 s, while Octopus kept it for 10 minutes)',
        failure: 'idle.silent',
      },
      {
        text: 'after 15 s through a proxy: the proxy accepts the connection and never replies to CONNECT',
        failure: 'proxy.silent',
      },
      {
        text: 'on each new connection: large packets are lost in transit (MTU), or the process behind the port is hung',
        failure: 'tls.silent',
      },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'If it fails at once, the cause is the proxy, the MTU or a hung process; if it works, the cause is the idle period.',
      ),
      idleProbe(seen),
      {
        who: 'network-team',
        action:
          'Raise the idle timeout of load balancers, NAT and firewalls above 15 s. That is the interval of TCP keep-alives (on by default from Tentacle 8.1.62 and Server 2024.1). For older versions, raise it above 10 minutes.',
      },
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Unable to read data from the transport connection: Connection timed out.",
  }),
  defineMessage({
    id: 'idle.host-timed-out',
    patterns: ['the connection to the host at ... timed out. there may be problems with the network'],
    captures: [new RegExp(`to the host at (?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i')],
    text: 'The connection to the host at ... timed out. There may be problems with the network. The connection will be retried.',
    means: 'A connection in use stopped carrying data. Octopus retries by itself.',
    causes: [
      { text: 'the network in between was interrupted, or a device dropped the connection', failure: 'rpc.timeout' },
      { text: 'the other machine was switched off, or its process hung', failure: 'rpc.timeout' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: `Run tentacle-ping ${whereItConnects(seen)} until the failure occurs again. Its report states how often it occurs and at which stage.`,
        ...sameCommand(`tentacle-ping ${target(seen)} --reuse --deadline 1h --quiet`),
      },
      idleProbe(seen),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  https://octopus.example:10943/    27  The connection to the host at https://octopus.example:10943/ timed out. There may be problems with the network. The connection will be retried.',
  }),
  defineMessage({
    id: 'idle.long-hang',
    patterns: [
      '10-minute hang, then failure',
      '10 minute hang, then failure',
      '(10-minute hang',
      'hangs for 10 minutes',
      'hung for 10 minutes',
    ],
    text: '(10-minute hang, then failure)',
    means:
      'The other side disappeared without closing the connection (power, cable, a dropped flow), and this end was not notified.',
    causes: [
      { text: 'the other machine lost power or network: no FIN is sent', failure: 'rpc.timeout' },
      { text: 'a device dropped the flow silently', failure: 'idle.silent' },
    ],
    next: (seen) => [
      idleProbe(seen),
      {
        who: 'server-admin',
        action:
          'Upgrade both ends to 2024.1 (Tentacle 8.1.62) or later: TCP keep-alives and shorter timeouts end the wait.',
      },
    ],
    decidedBy: 'network',
    example: '10-minute hang, then failure',
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
];
