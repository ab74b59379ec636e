import { logLine } from './log-line.js';
import { diagnose, diagnoseServer, TENTACLE_PORT } from './steps.js';

export const localLogLines = [
  logLine({
    id: 'local.port-already-in-use',
    patterns: [
      'a required communications port is already in use',
      'only one usage of each socket address',
      'address already in use',
      'the http server failed to start because the port is in use',
      'socketexception (98)',
      'socketexception (10048)',
    ],
    captures: [/(?:0\.0\.0\.0|\[::\]):(?<port>\d{1,5})/],
    text: 'A required communications port is already in use. / Only one usage of each socket address (protocol/network address/port) is normally permitted (Linux: Address already in use)',
    means: 'The service wanted to listen and somebody else has the port. It does not listen.',
    causes: [
      { text: 'another instance, or another program' },
      {
        text: 'a PowerShell or Calamari that outlived the Tentacle and holds the inherited socket (fixed in 3.3.23 and 8.1.62)',
      },
      { text: 'a restart within 1 to 2 minutes (versions 8.0.0 to 8.1.61)' },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action:
          'See which process holds the port; end it, or restart the machine. (tentacle-pong on that port names it too.)',
        windows: `netstat -a -n -o -b -p tcp | findstr :${seen.port ?? TENTACLE_PORT}`,
        linux: `ss -ltnp 'sport = :${seen.port ?? TENTACLE_PORT}'`,
      },
    ],
    tells: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1 FATAL  System.Net.Sockets.SocketException (10048): Only one usage of each socket address (protocol/network address/port) is normally permitted.',
  }),
  logLine({
    id: 'local.no-squid',
    patterns: [
      'but no squid is configured for it; skipping',
      'but no squid is configured',
      'but its configuration is incomplete; skipping',
    ],
    text: 'Configured to listen to server ... but no SQUID is configured for it; skipping. (newer: Configured to connect to server ..., but its configuration is incomplete; skipping.)',
    means:
      'A setting for polling was left over or is half made; this server is neither polled nor, with noListen, listened for.',
    causes: [
      { text: 'installed anew from polling to listening with noListen still set', failure: 'tcp.refused' },
      { text: 'the registration was not finished' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'See its settings; let it listen again, or register it anew.',
        windows: 'Tentacle show-configuration & Tentacle configure --noListen=False',
        linux: 'Tentacle show-configuration; Tentacle configure --noListen=False',
      },
    ],
    tells: 'host',
    example:
      '2016-12-05 13:45:45.8920      1  WARN  Configured to listen to server https://octopus.example/ but no SQUID is configured for it; skipping.',
  }),
  logLine({
    id: 'local.sockets-exhausted',
    patterns: [
      'too many open files',
      'the system lacked sufficient buffer space',
      'no buffer space available',
      'socketexception (10055)',
      'socketexception (24)',
    ],
    text: 'Too many open files / An operation on a socket could not be performed because the system lacked sufficient buffer space or because a queue was full',
    means: 'This machine has no sockets, ports or handles left. The network is not at fault.',
    causes: [{ text: 'a process holds very many connections, or a limit is low', failure: 'local.exhausted' }],
    next: () => [
      {
        who: 'server-admin',
        action: 'Find the process that holds so many connections, or raise its limit.',
        windows: 'netstat -a -n -o -p tcp',
        linux: 'ss -s; ulimit -n',
      },
    ],
    tells: 'host',
    example: 'System.Net.Sockets.SocketException (24): Too many open files',
  }),
  logLine({
    id: 'local.no-address-to-use',
    patterns: [
      'cannot assign requested address',
      'the requested address is not valid in its context',
      'socketexception (10049)',
      'socketexception (99)',
    ],
    text: 'Cannot assign requested address / The requested address is not valid in its context',
    means: 'This machine does not have the address that it was to use, or no port left to connect from.',
    causes: [
      { text: 'the address to listen on is not one of this machine (listenIpAddress)' },
      { text: 'no address of that family, or all local ports in use', failure: 'local.no-source-address' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare the addresses of this machine with the setting.',
        windows: 'ipconfig & Tentacle show-configuration',
        linux: 'ip address; Tentacle show-configuration',
      },
    ],
    tells: 'host',
    example: 'System.Net.Sockets.SocketException (99): Cannot assign requested address',
  }),
  logLine({
    id: 'local.access-forbidden',
    patterns: [
      'an attempt was made to access a socket in a way forbidden by its access permissions',
      'socketexception (10013)',
      'socketexception (13): permission denied',
      'before the request could begin: permission denied',
    ],
    text: 'An attempt was made to access a socket in a way forbidden by its access permissions',
    means: 'This machine itself forbids it: the packet never left, or the port may not be opened.',
    causes: [
      { text: 'outgoing: the firewall or security software of this machine', failure: 'local.blocked' },
      { text: 'listening: the port is reserved (Windows: excluded port range) or below 1024 without the right' },
    ],
    next: (seen) => [
      diagnose(seen),
      {
        who: 'server-admin',
        action: 'Look for the rule or the reserved range.',
        windows: 'netsh advfirewall firewall show rule name=all dir=out & netsh int ipv4 show excludedportrange tcp',
        linux: 'sudo nft list ruleset; sudo iptables -S OUTPUT',
      },
    ],
    tells: 'host',
    example:
      'System.Net.Sockets.SocketException (10013): An attempt was made to access a socket in a way forbidden by its access permissions.',
  }),
  logLine({
    id: 'local.no-cluster-directory',
    patterns: ['but no cluster shared directory has been configured'],
    text: 'Multi-node support for polling tentacles is enabled, but no cluster shared directory has been configured.',
    means: 'The cluster cannot hand requests for polling Tentacles from one node to the other.',
    causes: [{ text: 'a setting of the cluster is missing' }],
    next: (seen) => [
      {
        who: 'server-admin',
        action: 'Set the shared directory on every node.',
        windows: 'Octopus.Server path --clusterShared=\\\\FILESERVER\\Octopus',
        linux: 'Octopus.Server path --clusterShared=/mnt/octopus',
      },
      diagnoseServer(seen, 'each node by its own address'),
    ],
    tells: 'host',
    example:
      '2024-03-05 10:15:20.1234  WARN  Multi-node support for polling tentacles is enabled, but no cluster shared directory has been configured.',
  }),
  logLine({
    id: 'local.slow-start',
    patterns: [
      {
        oneOf: ['help', 'slow start', 'crl check'],
        regex:
          /tentacle(?:\.exe)? help.{0,20}(?:>|takes|slow|second)|slow start.{0,60}(?:tentacle|crl)|crl check without internet/,
      },
    ],
    text: '(Slow start: "Tentacle.exe help" takes more than 1 s)',
    means:
      'Windows tries to fetch revocation lists for signed programs and waits, because the machine has no Internet.',
    causes: [{ text: 'check of revocation lists (CRL) without Internet' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'Measure it; if it is more than 1 s, switch the check off for the account of the service, or let it reach the CRL.',
        windows: 'powershell Measure-Command { Tentacle.exe help }',
      },
    ],
    tells: 'host',
    example: 'Slow start of the Tentacle: Tentacle.exe help > 1 s',
  }),
];
