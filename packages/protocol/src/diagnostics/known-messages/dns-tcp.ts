import { octopusServerCommand, sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { ADDRESS, HOST, PORT } from './captured-fields.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import {
  diagnose,
  diagnoseServer,
  listenerIn,
  openPort,
  POLLING_PORT,
  pong,
  portIn,
  readOtherLog,
  target,
  whereItConnects,
  whoListens,
  writerAdmin,
} from './steps.js';

const lookUp = (seen: MessageFacts): Step => ({
  who: writerAdmin(seen),
  action: `Look up the name ${whereItConnects(seen)}. Check which resolver it uses.`,
  windows: `nslookup ${seen.host ?? 'NAME'}\nipconfig /all`,
  linux: `getent ahosts ${seen.host ?? 'NAME'}\ncat /etc/resolv.conf`,
});

const route = (seen: MessageFacts): Step => ({
  who: writerAdmin(seen),
  action: `Check the route to that address ${whereItConnects(seen)}.`,
  windows: `route print\ntracert -d ${seen.host ?? 'ADDRESS'}`,
  linux: `ip route get ${seen.host ?? 'ADDRESS'}\ntracepath -n ${seen.host ?? 'ADDRESS'}`,
});

/** Names that only machines of one network know, by their form. */
const LOCAL_NAMES: readonly (readonly [form: RegExp, kind: string])[] = [
  [
    /^[0-9a-f]{12}$/i,
    'the name is the id of a container, which only its own Docker network knows: register it with a public host name',
  ],
  [
    /\.(?:internal|internal\.cloudapp\.net|local|localdomain|svc|cluster\.local|lan|home\.arpa)$/i,
    'the name is one of an internal network or cluster, which other resolvers do not know: register a public name',
  ],
];

function namesOfOneNetwork({ host = '' }: MessageFacts): readonly Cause[] {
  return LOCAL_NAMES.filter(([form]) => form.test(host)).map(([, text]) => ({ text, failure: 'dns.not-found' }));
}

/** Why a host refuses connections, by the software that should listen there. */
function refusalCauses(seen: MessageFacts): readonly Cause[] {
  const causes = refusalCausesByListener(seen);
  if (!/^(?:localhost|127\.|\[::1\])/i.test(seen.host ?? '')) return causes;
  const [product, port] = [listenerIn(seen)?.name ?? 'the service', portIn(seen) ?? 'that port'];
  return [
    {
      text: `the address in the settings is the machine itself (${seen.host ?? ''}), where ${product} does not listen on ${port}: use the name of the other machine`,
      failure: 'dns.local-address',
    },
    ...causes,
  ];
}

function refusalCausesByListener(seen: MessageFacts): readonly Cause[] {
  const product = listenerIn(seen)?.product;
  const port = portIn(seen);
  const firewall = { text: 'a firewall rejects the connection on behalf of the host', failure: 'tcp.refused' } as const;
  if (seen.origin?.carries === 'rest')
    return [
      { text: "Octopus's web portal is stopped, or listens on another port or name", failure: 'tcp.refused' },
      firewall,
    ];
  const tentacle = [
    { text: 'the Tentacle service is stopped, or listens on another port', failure: 'tcp.refused' },
    { text: 'the Tentacle is in polling mode and does not listen (noListen)', failure: 'tcp.refused' },
  ] as const;
  const server = [
    {
      text: `Octopus Server is stopped, or its polling port (commsListenPort) is not ${port ?? 'this one'}`,
      failure: 'tcp.refused',
    },
    { text: 'a load balancer in front of the server has no node for this port', failure: 'tcp.refused' },
  ] as const;
  if (product === 'tentacle') return [...tentacle, firewall];
  if (product === 'server') return [...server, firewall];
  return [
    { text: 'the service is stopped, or listens on another port', failure: 'tcp.refused' },
    { text: 'the address is that of a polling Tentacle, which does not listen (noListen)', failure: 'tcp.refused' },
    firewall,
  ];
}

/** Shows the port on which the end that should listen is configured to. */
function checkListenPort(seen: MessageFacts): readonly Step[] {
  const listener = listenerIn(seen);
  if (listener === undefined || seen.origin?.carries === 'rest') return [];
  const port = portIn(seen) ?? 'PORT';
  if (listener.product === 'server')
    return [
      {
        who: listener.administrator,
        action: `Check that the server's polling port (commsListenPort) is ${port}.`,
        ...octopusServerCommand('show-configuration'),
      },
    ];
  return [
    {
      who: listener.administrator,
      action: `Check that the Tentacle listens (noListen is false), on port ${port}.`,
      ...tentacleCommand('show-configuration'),
    },
  ];
}

/** Where a Tentacle that registers, or an agent, gets its proxy. Host and port go together: one alone erases the other. */
function setPollingProxy({ origin }: MessageFacts): Step {
  if (origin?.isContainer === true)
    return {
      who: 'tentacle-admin',
      action:
        'If a proxy is required, set it in the helm values of the agent: agent.pollingProxy.host, port, username and password. Set agent.serverCommsAddresses to the address that the proxy allows.',
      ...sameCommand(
        'helm upgrade RELEASE oci://registry-1.docker.io/octopusdeploy/kubernetes-agent -n NAMESPACE --reset-then-reuse-values --set agent.pollingProxy.host=PROXY --set agent.pollingProxy.port=3128',
      ),
    };
  return {
    who: 'tentacle-admin',
    action:
      'If a proxy is required, set it before registering. A Kubernetes agent has helm values for it: agent.pollingProxy.host and port.',
    ...tentacleCommand('polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128', 'service --restart'),
  };
}

const dnsOwner = (action: string): Step => ({ who: 'dns-owner', action });

/** The words of Windows for no reply, with an address behind them: also where the second half is in another language. */
const CONNECT_WITH_ADDRESS =
  /did not properly respond[^0-9>]{0,250}(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[[0-9a-f:.%]{2,60}\]|\([a-z0-9._-]{1,253}):\d{1,5}/;

export const dnsTcpMessages = [
  defineMessage({
    id: 'dns.no-such-host',
    patterns: [
      'no such host is known',
      'name or service not known',
      'nodename nor servname provided, or not known',
      'no such device or address',
      'name does not resolve',
      'the remote name could not be resolved',
      'while attempting to dns resolve the host name',
      'socketexception (11001)',
      'getaddrinfo enotfound',
      'unknownhostexception',
      'err_name_not_resolved',
      'dns_probe_finished_',
      'could not resolve hostname',
      { oneOf: ['no such host'], regex: /lookup [^ ]{1,253}(?: on [^ ]{1,60})?: no such host/ },
    ],
    captures: [
      /lookup (?<host>[a-z0-9_][a-z0-9._-]{0,252})(?: on \S{1,60})?: no such host/i,
      /unknownhostexception: (?<host>[a-z0-9_][a-z0-9._-]{0,252})/i,
      /could not be resolved ?: '(?<host>[a-z0-9_][a-z0-9._-]{0,252})'/i,
      /no such host is known\.? \((?<host>[a-z0-9_][a-z0-9._-]{0,252}):(?<port>\d{1,5})\)/i,
    ],
    text: "An error occurred when sending a request to 'https://.../', before the request could begin: No such host is known (Linux: Name or service not known; macOS: nodename nor servname provided, or not known)",
    means: "This machine's resolver has no address for the name. No packet was sent.",
    causes: (seen) => [
      ...namesOfOneNetwork(seen),
      { text: 'the name is misspelled or does not exist', failure: 'dns.not-found' },
      {
        text: 'this machine uses another resolver or DNS suffix than machines where the name works',
        failure: 'dns.not-found',
      },
    ],
    next: (seen) => [
      lookUp(seen),
      {
        who: 'you',
        action: `Ping the IP address instead of the name ${whereItConnects(seen)}. If that works, only the name is at fault.`,
        ...sameCommand(`tentacle-ping ADDRESS:${portIn(seen) ?? 'PORT'} --count 5`),
      },
      dnsOwner('Add or correct the record in the zone that this resolver serves.'),
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: No such host is known.",
  }),
  defineMessage({
    id: 'dns.name-without-address',
    patterns: ['the requested name is valid, but no data of the requested type was found', 'socketexception (11004)'],
    text: 'The requested name is valid, but no data of the requested type was found',
    means: 'The name exists but has no address of the requested type.',
    causes: [
      { text: 'the record has only an IPv6 address, or only an IPv4 address', failure: 'dns.not-found' },
      { text: 'the name is an alias whose target does not exist', failure: 'dns.not-found' },
    ],
    next: (seen) => [lookUp(seen), diagnose(seen), dnsOwner('Correct the record.')],
    decidedBy: 'network',
    example:
      'System.Net.Sockets.SocketException: The requested name is valid, but no data of the requested type was found',
  }),
  defineMessage({
    id: 'dns.temporarily-unavailable',
    patterns: [
      'resource temporarily unavailable',
      'temporary failure in name resolution',
      'this is usually a temporary error during hostname resolution',
      'a non-recoverable error occurred during a database lookup',
      'non-recoverable failure in name resolution',
      'before the request could begin: try again',
      'socketexception (11002)',
      'socketexception (11003)',
    ],
    text: '... before the request could begin: Resource temporarily unavailable',
    means:
      'The resolver failed, so it is unknown whether the name exists. The problem is the resolver, not the record.',
    causes: [
      { text: 'the resolver replied with SERVFAIL or REFUSED', failure: 'dns.servfail' },
      { text: 'the resolver did not reply', failure: 'dns.timeout' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports the duration of the lookup: milliseconds mean a reply, seconds mean none.'),
      lookUp(seen),
      dnsOwner('Repair the resolver, or let this machine use another one.'),
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Resource temporarily unavailable",
  }),
  defineMessage({
    id: 'tcp.actively-refused',
    patterns: [
      'actively refused',
      'connection refused',
      'refused the connection...this may mean that the expected listening service is not running',
      { oneOf: ['refused the connection'], regex: /remote host at (?:https|wss):\/\/.{1,260} refused the connection/ },
      'socketexception (10061)',
      'socketexception (111)',
      'econnrefused',
      'err_connection_refused',
    ],
    captures: [new RegExp(`dial tcp (?<host>${HOST}):(?<port>${PORT}): `, 'i')],
    text: '... before the request could begin: No connection could be made because the target machine actively refused it (Linux: Connection refused) / The remote host at ... refused the connection. This may mean that the expected listening service is not running.',
    means:
      'The host, or a firewall answering for it, refused the connection. No service accepts connections on that port from this client.',
    causes: refusalCauses,
    next: (seen) => [whoListens(seen), ...checkListenPort(seen), diagnose(seen), openPort(seen)],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: No connection could be made because the target machine actively refused it.",
  }),
  defineMessage({
    id: 'tcp.initial-connection-time-out',
    patterns: [
      'the client was unable to establish the initial connection within',
      'before the request could begin: connection timed out',
      'before the request could begin: operation timed out',
      'socketexception (110)',
    ],
    captures: [/within (?:the timeout )?(?<detail>\d\d:\d\d:\d\d)/i],
    text: 'The client was unable to establish the initial connection within the timeout 00:01:00.',
    means: 'The connection attempt received no reply, neither an acceptance nor a refusal.',
    causes: [
      { text: 'a firewall or cloud security group drops the packets, in either direction', failure: 'tcp.timeout' },
      {
        text: "the name's first address is an IPv6 address that does not work; a browser hides that, Octopus does not",
        failure: 'dns.partial',
      },
      { text: 'the process is hung and its queue of new connections is full', failure: 'tcp.timeout' },
    ],
    next: (seen) => [diagnose(seen, 'It tries each address of the name separately.'), openPort(seen), pong(seen)],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: The client was unable to establish the initial connection within the timeout 00:01:00.",
  }),
  defineMessage({
    id: 'tcp.connect-timed-out',
    patterns: [
      ...['tcpclient.connect', 'socket.connect', 'connectwithtimeout', 'doconnect', 'connectcore'].map(
        (method) => `connected host has failed to respond...${method}`,
      ),
      // .NET adds the address to the message of a connection attempt, never to that of an established connection.
      { oneOf: ['did not properly respond'], regex: CONNECT_WITH_ADDRESS },
      'connectex: a connection attempt failed',
      { oneOf: ['i/o timeout'], regex: /dial tcp [^ ]{1,60}: i\/o timeout/ },
      // Connection attempts of Java, Node.js, browsers and common tools.
      'connectexception: connection timed out',
      'sockettimeoutexception: connect timed out',
      'connect etimedout',
      'err_connection_timed_out',
      {
        oneOf: ['connection timed out', 'operation timed out'],
        regex:
          /\b(?:connect|connecting|connection) to .{1,200}(?:failed|port \d{1,5}).{0,20}: (?:connection|operation) timed out|failed to connect to [^ ]{1,253}: (?:connection|operation) timed out/,
      },
    ],
    captures: [
      new RegExp(`dial tcp (?<host>\\[?[0-9a-f.:]{2,45}\\]?):(?<port>\\d{1,5}): `, 'i'),
      new RegExp(`connect to (?<host>${HOST}) (?:\\([^)]{1,60}\\) )?port (?<port>${PORT})`, 'i'),
      new RegExp(`connect etimedout (?<host>${HOST}):(?<port>${PORT})`, 'i'),
      new RegExp(`failed to connect to (?<host>${HOST}): `, 'i'),
    ],
    text: 'A connection attempt failed because the connected party did not properly respond ... at System.Net.Sockets.TcpClient.Connect(...)',
    means:
      'The connection attempt received no reply, neither an acceptance nor a refusal. (The message or its stack trace shows that it was connecting.)',
    causes: [
      { text: 'a firewall or cloud security group drops the packets, in either direction', failure: 'tcp.timeout' },
      { text: 'the host is off, or the address is an old one', failure: 'tcp.timeout' },
      { text: 'packets are lost on the path, if other attempts succeed' },
    ],
    next: (seen) => [
      diagnose(seen, 'It tries each address of the name several times, and reports how many attempts get no reply.'),
      openPort(seen),
      pong(seen),
    ],
    decidedBy: 'network',
    example:
      'System.Net.Sockets.SocketException (0x80004005): A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond 192.0.2.100:10933 at System.Net.Sockets.TcpClient.Connect(String hostname, Int32 port)',
  }),
  defineMessage({
    id: 'tcp.did-not-respond',
    patterns: [
      'connected party did not properly respond',
      'connected host has failed to respond',
      'socketexception (10060)',
    ],
    text: 'A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond',
    means:
      'Windows uses this message for two cases: no reply while connecting, or no data on an established connection.',
    causes: [
      { text: 'while connecting: a firewall drops the packets, or the host is off', failure: 'tcp.timeout' },
      {
        text: 'on an established connection: the other side or the network stopped responding',
        failure: 'rpc.timeout',
      },
      { text: 'on an idle connection (library before 2.4.13): normal, once every 10 minutes' },
    ],
    next: (seen) => [
      diagnose(
        seen,
        'If it fails while connecting, the first cause applies. If every stage works, the connection was already established.',
      ),
      openPort(seen),
      readOtherLog(seen),
    ],
    decidedBy: 'network',
    example:
      '2014-03-11 15:16:47.6010  ERROR  System.Net.Sockets.SocketException (0x80004005): A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond',
  }),
  defineMessage({
    id: 'tcp.host-not-reached',
    patterns: [
      'no route to host',
      'a socket operation was attempted to an unreachable host',
      'socketexception (113)',
      'socketexception (10065)',
    ],
    text: 'No route to host',
    means:
      'A device reported that it cannot or will not forward to that host, or no machine on the local network has that address.',
    causes: [
      { text: 'a firewall rejects with "prohibited" (reply within milliseconds)', failure: 'tcp.rejected' },
      { text: 'the machine is off, or has another address (reply after about 3 s)', failure: 'tcp.host-down' },
    ],
    next: (seen) => [
      diagnose(seen, 'The time until the reply separates a firewall from a machine that is off.'),
      route(seen),
      openPort(seen),
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: No route to host",
  }),
  defineMessage({
    id: 'tcp.network-not-reached',
    patterns: [
      'network is unreachable',
      'a socket operation was attempted to an unreachable network',
      'socketexception (101)',
      'socketexception (10051)',
    ],
    text: 'Network is unreachable',
    means: 'This machine has no route to that network. Nothing was sent.',
    causes: [
      { text: 'the name has only an IPv6 address and this machine has no IPv6 route', failure: 'tcp.no-route-v6' },
      { text: 'a route or gateway is missing', failure: 'tcp.no-route' },
    ],
    next: (seen) => [diagnose(seen, 'It tries each address of the name separately.'), route(seen)],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Network is unreachable",
  }),
  defineMessage({
    id: 'tcp.network-down',
    patterns: [
      'network is down',
      'host is down',
      'a socket operation encountered a dead network',
      'socketexception (10050)',
      'socketexception (100)',
    ],
    text: 'Network is down / A socket operation encountered a dead network',
    means: "This machine's network interface for that address is down. Nothing was sent.",
    causes: [{ text: 'a disconnected cable, virtual switch or VPN', failure: 'tcp.unreachable' }],
    next: (seen) => [
      {
        who: writerAdmin(seen),
        action: `Check the network interfaces ${whereItConnects(seen)}.`,
        windows: 'netsh interface show interface\nipconfig /all',
        linux: 'ip link\nip address',
      },
      route(seen),
    ],
    decidedBy: 'network',
    example: 'System.Net.Sockets.SocketException (100): Network is down',
  }),
  defineMessage({
    id: 'tcp.wrong-address-family',
    patterns: [
      'an address incompatible with the requested protocol was used',
      'address family not supported by protocol',
      'socketexception (10047)',
    ],
    text: 'An address incompatible with the requested protocol was used',
    means: 'An old library that supports only IPv4 received an IPv6 address.',
    causes: [
      { text: 'Octopus or Tentacle before 3.1.7, and an IPv6 address', failure: 'local.no-source-address' },
      { text: 'IPv6 is disabled on this machine', failure: 'local.no-source-address' },
    ],
    next: (seen) => [
      diagnose(seen, 'Run it once with -4 and once with -6, and compare.'),
      { who: writerAdmin(seen), action: 'Use a name or an IPv4 address, or upgrade.' },
    ],
    decidedBy: 'network',
    example:
      'System.Net.Sockets.SocketException (0x80004005): An address incompatible with the requested protocol was used [2001:db8::10]:10933',
  }),
  defineMessage({
    id: 'tcp.no-ipv6-here',
    patterns: ['when ipv6 is not available', 'ipv6 is not available on this'],
    text: '(Tentacle crashes or cannot connect when IPv6 is not available)',
    means: 'An old version opens a dual-stack socket and fails where IPv6 is disabled.',
    causes: [{ text: 'an old Tentacle on a machine without IPv6', failure: 'local.no-source-address' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check whether IPv6 is disabled. If it is, upgrade the Tentacle or enable IPv6.',
        windows: 'Get-NetAdapterBinding -ComponentID ms_tcpip6',
        linux: 'sysctl net.ipv6.conf.all.disable_ipv6\nip -6 address',
      },
    ],
    decidedBy: 'host',
    example: 'Tentacle crashes at start when IPv6 is not available',
  }),
  defineMessage({
    id: 'tcp.accept-failed',
    patterns: [
      'error accepting tcp client',
      'accepting a connection has failed ... times in a row',
      'error accepting web socket client',
    ],
    captures: [/has failed (?<detail>\d{1,9}) times in a row/i],
    text: 'Error accepting TCP client: ... / Accepting a connection has failed ... times in a row. Waiting ...',
    means: 'The listener failed to accept connections that had already arrived.',
    causes: [
      { text: 'this machine has no sockets or handles left', failure: 'local.exhausted' },
      { text: 'a burst of reconnects: many Tentacles reconnecting at the same time' },
    ],
    next: (seen) => [
      {
        who: writerAdmin(seen),
        action: 'Count the connections of the machine that logged this message, by the process that holds them.',
        windows:
          'Get-NetTCPConnection | Group-Object OwningProcess | Sort-Object Count -Descending | Select-Object -First 5 Count, Name',
        linux: 'ss -s\nsudo ss -tnp',
      },
      diagnose(seen, 'It reports whether the port still accepts connections.'),
      { who: writerAdmin(seen), action: 'Upgrade: newer versions wait longer between attempts.' },
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  Accepting a connection has failed 4 times in a row. Waiting 10ms before attempting to accept another connection. For a detailed troubleshooting guide go to https://g.octopushq.com/TentacleTroubleshooting',
  }),
  defineMessage({
    id: 'tcp.close-wait',
    patterns: ['close_wait', 'close-wait'],
    captures: [new RegExp(`:(?<port>\\d{1,5})\\s{1,20}(?<client>${ADDRESS}):\\d{1,5}\\s{1,20}CLOSE.WAIT`, 'i')],
    text: '(netstat lists CLOSE_WAIT connections from one foreign address, opened and closed at once)',
    means: 'The foreign side closed connections that this process still holds open.',
    causes: [
      { text: 'a firewall on the other host resets connections as soon as they open', failure: 'tcp.reset' },
      { text: 'a health check or scanner', failure: 'tls.closed' },
      { text: 'the process here is hung' },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: `Capture traffic of the port on the foreign address${seen.client === undefined ? '' : ` (${seen.client})`}, on Windows with Wireshark (filter: tcp.port == ${portIn(seen) ?? POLLING_PORT}). Check which device sends the reset, and that host's firewall.`,
        linux: `sudo tcpdump -n 'tcp port ${portIn(seen) ?? POLLING_PORT}'`,
      },
      diagnoseServer(seen, 'It reports the stage at which the connection is cut.', 'from that address'),
    ],
    decidedBy: 'both',
    example: '  TCP    10.0.0.5:10943         10.1.2.3:51234         CLOSE_WAIT      4508',
  }),
  defineMessage({
    id: 'tcp.registration-check-failed',
    patterns: [
      'checking that server communications are open failed with message',
      {
        // The log line has been lost; the stack trace shows that it is not a request to the web address.
        oneOf: ['octopusserverchecker'],
        regex: /the operation (?:has )?timed out.{0,2000}octopusserverchecker/,
      },
    ],
    captures: [/failed with message (?<detail>.{1,80}?)(?:\.\.| after \d)/i],
    text: 'Checking that server communications are open failed with message ... Retrying (1/5) in 00:00:00.7500',
    means: "During registration, the Tentacle could not reach the server's communications port.",
    causes: [
      { text: 'a firewall drops packets to the port', failure: 'tcp.timeout' },
      { text: 'a proxy is required but not (yet) set; Kubernetes agents register before it is set' },
    ],
    next: (seen) => [
      diagnoseServer(seen, 'Run it without and with --proxy.', 'from the machine or pod that registers'),
      openPort({ ...seen, port: seen.port ?? POLLING_PORT }),
      setPollingProxy(seen),
    ],
    decidedBy: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed with message The operation has timed out.. Retrying (1/5) in 00:00:00.7500',
  }),
  defineMessage({
    id: 'page.not-an-octopus-server',
    patterns: ['does not appear to be an octopus server'],
    captures: [/the response code was: (?<detail>\w{1,40})/i],
    text: 'The service listening on ... does not appear to be an Octopus Server. The response code was: ...',
    means:
      'A web service replied, but it is not Octopus. (Statuses such as 404 and 407 are logged as "The remote server returned an error" instead.)',
    causes: [
      { text: 'another web server on that port (10943 or 443)', failure: 'identity.http' },
      { text: 'a missing path prefix' },
      { text: 'a proxy or portal replies instead', failure: 'identity.http' },
    ],
    next: (seen) => [
      diagnoseServer(seen, 'It shows the page, its title and Server header.'),
      {
        who: 'tentacle-admin',
        action: `Check the address to which the Tentacle registers: ${target(seen, POLLING_PORT)}.`,
      },
    ],
    decidedBy: 'network',
    example:
      'The service listening on https://octopus.example:10943/ does not appear to be an Octopus Server. The response code was: Accepted. The response was: <html>',
  }),
];
