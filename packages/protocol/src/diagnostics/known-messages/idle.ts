import { sameCommand } from '../product-commands.js';
import { ADDRESS, HOST, PORT } from './captured-fields.js';
import { READ, TIMED_OUT } from './transport-texts.js';
import { defineMessage } from './known-message.js';
import { diagnose, target, whereItConnects, idleProbe, ignore } from './steps.js';

const CLIENT = new RegExp(`(?:client|exception): (?<client>${ADDRESS})`, 'i');

/** Connections on which no message arrived for some time. */
export const idleMessages = [
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
] as const;
