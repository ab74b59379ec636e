import { defineMessage } from './known-message.js';
import { ADDRESS } from './captured-fields.js';
import { diagnose, diagnoseServer, openPort, otherLog, pong, POLLING_PORT, target, whoListens } from './steps.js';
import type { CapturedFields } from './captured-fields.js';
import type { Step } from '../step.js';

const lookUp = (seen: CapturedFields): Step => ({
  who: 'server-admin',
  action: 'Look up the name on the machine that logged this message. Check which resolver it uses.',
  windows: `nslookup ${seen.host ?? 'NAME'}\nipconfig /all`,
  linux: `getent ahosts ${seen.host ?? 'NAME'}; cat /etc/resolv.conf`,
});

const route = (seen: CapturedFields): Step => ({
  who: 'server-admin',
  action: 'Check the route from this machine to that address.',
  windows: `route print\ntracert -d ${seen.host ?? 'ADDRESS'}`,
  linux: `ip route get ${seen.host ?? 'ADDRESS'}; tracepath -n ${seen.host ?? 'ADDRESS'}`,
});

const dnsOwner = (action: string): Step => ({ who: 'dns-owner', action });

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
    ],
    captures: [
      /could not be resolved: '(?<host>[a-z0-9_][a-z0-9._-]{0,252})'/i,
      /no such host is known\.? \((?<host>[a-z0-9_][a-z0-9._-]{0,252}):(?<port>\d{1,5})\)/i,
    ],
    text: "An error occurred when sending a request to 'https://.../', before the request could begin: No such host is known (Linux: Name or service not known; macOS: nodename nor servname provided, or not known)",
    means: "This machine's resolver has no address for the name. No packet was sent.",
    causes: [
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
        action: 'Ping the IP address instead of the name. If that works, only the name is at fault.',
        windows: `tentacle-ping ADDRESS:${seen.port ?? '10933'} --count 5`,
        linux: `tentacle-ping ADDRESS:${seen.port ?? '10933'} --count 5`,
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
      'because the target machine actively refused it',
      'connection refused',
      'refused the connection...this may mean that the expected listening service is not running',
      'socketexception (10061)',
      'socketexception (111)',
      'econnrefused',
    ],
    text: '... before the request could begin: No connection could be made because the target machine actively refused it (Linux: Connection refused) / The remote host at ... refused the connection. This may mean that the expected listening service is not running.',
    means:
      'The host, or a firewall answering for it, refused the connection. No service accepts connections on that port from this client.',
    causes: [
      { text: 'the service is stopped, or listens on another port', failure: 'tcp.refused' },
      { text: 'the Tentacle is in polling mode and does not listen (noListen)', failure: 'tcp.refused' },
      { text: 'a firewall rejects the connection on behalf of the host', failure: 'tcp.refused' },
    ],
    next: (seen) => [whoListens(seen), diagnose(seen), openPort(seen)],
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
    id: 'tcp.did-not-respond',
    patterns: ['connected party did not properly respond after a period of time', 'socketexception (10060)'],
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
      otherLog,
    ],
    decidedBy: 'network',
    example:
      '2014-03-11 15:16:47.6010  ERROR  System.Net.Sockets.SocketException (0x80004005): A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond 172.24.69.100:10933',
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
        who: 'server-admin',
        action: "Check this machine's network interfaces.",
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
      { who: 'server-admin', action: 'Use a name or an IPv4 address, or upgrade.' },
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
        who: 'server-admin',
        action: "Count this machine's connections, and find the process that holds them.",
        windows: 'netstat -a -n -o -p tcp',
        linux: 'ss -s\nss -tnp',
      },
      diagnose(seen, 'It reports whether the port still accepts connections.', 'from the other end'),
      { who: 'server-admin', action: 'Upgrade: newer versions wait longer between attempts.' },
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234 ERROR  listen://[::]:10943/    27  Accepting a connection has failed 4 times in a row. Waiting 10ms before attempting to accept another connection. For a detailed troubleshooting guide go to https://g.octopushq.com/TentacleTroubleshooting',
  }),
  defineMessage({
    id: 'tcp.close-wait',
    patterns: ['close_wait', 'close-wait'],
    captures: [new RegExp(`\\s(?<client>${ADDRESS}):\\d{1,5}\\s{1,20}CLOSE.WAIT`, 'i')],
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
        action: `Capture traffic of the port on the foreign address${seen.client === undefined ? '' : ` (${seen.client})`}. Check which device sends the reset, and that host's firewall.`,
        windows: `Wireshark, filter: tcp.port == ${POLLING_PORT}`,
        linux: `sudo tcpdump -n 'tcp port ${POLLING_PORT}'`,
      },
      diagnoseServer(seen, 'It reports the stage at which the connection is cut.', 'from that address'),
    ],
    decidedBy: 'both',
    example: '  TCP    10.0.0.5:10943         10.1.2.3:51234         CLOSE_WAIT      4508',
  }),
  defineMessage({
    id: 'tcp.registration-check-failed',
    patterns: ['checking that server communications are open failed with message'],
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
      {
        who: 'tentacle-admin',
        action:
          'Set the proxy before registering (Kubernetes agent: the helm values agent.pollingProxy.host and port).',
        windows: 'Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128',
        linux: 'Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128',
      },
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
      { who: 'server-admin', action: `Check the address: ${target(seen, POLLING_PORT)}.` },
    ],
    decidedBy: 'network',
    example:
      'The service listening on https://octopus.example:10943/ does not appear to be an Octopus Server. The response code was: Accepted. The response was: <html>',
  }),
];
