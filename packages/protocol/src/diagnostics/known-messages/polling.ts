import { sameCommand, SERVER_LOG, TENTACLE_LOG, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { ADDRESS } from './captured-fields.js';
import { defineMessage, type MessageFacts } from './known-message.js';
import { POLLING_PORT, readOtherLog, diagnoseServer, passThrough } from './steps.js';

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

/** Calls to a polling Tentacle that it does not collect or answer. */
export const pollingMessages = [
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
] as const;
