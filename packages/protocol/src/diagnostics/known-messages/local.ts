import { defineMessage } from './known-message.js';
import { listenerCommand, octopusServerCommand, tentacleCommand } from '../product-commands.js';
import { diagnose, diagnoseServer, portIn, TENTACLE_PORT } from './steps.js';

export const localMessages = [
  defineMessage({
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
    means: 'The service tried to listen, but another process already uses the port. The service is not listening.',
    causes: [
      { text: 'another instance, or another program' },
      {
        text: 'a PowerShell or Calamari process that outlived the Tentacle and holds the inherited socket (Windows; fixed in 3.3.23)',
      },
      { text: 'a restart within 1 to 2 minutes (Windows, versions 8.0.0 to 8.1.61; fixed in 8.1.62)' },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action:
          'Find the process that uses the port: another instance, another program, or a powershell or Calamari process. (tentacle-pong on that port also names the process.)',
        ...listenerCommand(portIn(seen) ?? TENTACLE_PORT),
      },
      {
        who: 'tentacle-admin',
        action:
          'End that process, or restart the machine; then start the Tentacle. If it is a program that has to stay, let the Tentacle listen on another port, and enter that port in Octopus.',
        ...tentacleCommand('service --start'),
      },
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1 FATAL  System.Net.Sockets.SocketException (10048): Only one usage of each socket address (protocol/network address/port) is normally permitted.',
  }),
  defineMessage({
    id: 'local.no-squid',
    patterns: [
      'but no squid is configured for it; skipping',
      'but no squid is configured',
      'but its configuration is incomplete; skipping',
    ],
    text: 'Configured to listen to server ... but no SQUID is configured for it; skipping. (newer: Configured to connect to server ..., but its configuration is incomplete; skipping.)',
    means:
      'A polling setting is left over or incomplete. The Tentacle does not poll this server and, with noListen set, does not listen for it either.',
    causes: [
      { text: 'reinstalled from polling to listening with noListen still set', failure: 'tcp.refused' },
      { text: 'the registration was not completed' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check its settings: which servers it trusts, which it polls, and noListen.',
        ...tentacleCommand('show-configuration'),
      },
      {
        who: 'tentacle-admin',
        action: 'If it has to listen, switch listening on and restart it. If it has to poll, register it again.',
        ...tentacleCommand('configure --noListen=False', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example:
      '2016-12-05 13:45:45.8920      1  WARN  Configured to listen to server https://octopus.example/ but no SQUID is configured for it; skipping.',
  }),
  defineMessage({
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
    causes: [
      { text: 'a process holds a very large number of connections, or a limit is too low', failure: 'local.exhausted' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Find the process that holds the connections, or raise its limit.',
        windows:
          'Get-NetTCPConnection | Group-Object OwningProcess -NoElement | Sort-Object Count -Descending | Select-Object -First 5',
        linux: 'ss -s\nulimit -n',
      },
    ],
    decidedBy: 'host',
    example: 'System.Net.Sockets.SocketException (24): Too many open files',
  }),
  defineMessage({
    id: 'local.no-address-to-use',
    patterns: [
      'cannot assign requested address',
      'the requested address is not valid in its context',
      'socketexception (10049)',
      'socketexception (99)',
    ],
    text: 'Cannot assign requested address / The requested address is not valid in its context',
    means: 'The configured address does not belong to this machine, or no local port is free to connect from.',
    causes: [
      { text: 'the listening address does not belong to this machine (listenIpAddress)' },
      { text: 'no address of that family, or all local ports are in use', failure: 'local.no-source-address' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: "Compare this machine's addresses with the setting.",
        windows: `ipconfig\n${tentacleCommand('show-configuration').windows}`,
        linux: `ip address\n${tentacleCommand('show-configuration').linux}`,
      },
    ],
    decidedBy: 'host',
    example: 'System.Net.Sockets.SocketException (99): Cannot assign requested address',
  }),
  defineMessage({
    id: 'local.access-forbidden',
    patterns: [
      'an attempt was made to access a socket in a way forbidden by its access permissions',
      'socketexception (10013)',
      'forbidden by its access permissions...dobind',
      'forbidden by its access permissions...tcplistener.start',
      { oneOf: ['avc: denied { name_'], regex: /avc: denied \{ name_(?:bind|connect) \}/ },
      'socketexception (13): permission denied',
      'before the request could begin: permission denied',
    ],
    captures: [
      /(?<detail>dobind|tcplistener\.start|name_bind|name_connect)/i,
      /permissions\.? ?(?<detail>\[?[0-9a-f.:]{7,45}\]?:\d)/i,
    ],
    text: 'An attempt was made to access a socket in a way forbidden by its access permissions / avc: denied { name_bind }',
    means: 'This machine itself blocked the operation: the packet was not sent, or the port may not be opened.',
    causes: ({ detail = '' }) => {
      const outgoing = [
        { text: "outgoing: this machine's firewall or security software (Linux: SELinux)", failure: 'local.blocked' },
      ] as const;
      const listening = [
        {
          text: 'listening: the port is reserved (Windows: excluded port range), or below 1024 without the required right (Linux: or not allowed by SELinux)',
        },
      ] as const;
      if (/bind|listener/i.test(detail)) return listening;
      return /connect|\d$/i.test(detail) ? outgoing : [...outgoing, ...listening];
    },
    next: (seen) => [
      diagnose(seen),
      {
        who: 'server-admin',
        action: 'Look for an enabled rule that blocks outgoing connections, and for a reserved port range.',
        windows:
          'Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True\nnetsh int ipv4 show excludedportrange tcp',
        linux:
          'sudo nft list ruleset\nsudo iptables -S OUTPUT\nsudo ausearch -m avc -ts recent\nsudo semanage port -l | grep 109',
      },
    ],
    decidedBy: 'host',
    example:
      'System.Net.Sockets.SocketException (10013): An attempt was made to access a socket in a way forbidden by its access permissions.',
  }),
  defineMessage({
    id: 'local.no-cluster-directory',
    patterns: ['but no cluster shared directory has been configured'],
    text: 'Multi-node support for polling tentacles is enabled, but no cluster shared directory has been configured.',
    means:
      'The nodes share polling Tentacles (a Redis connection string is set, Server 2026.4.6909 or later) but have no directory for the files of the requests.',
    causes: [{ text: 'the cluster shared directory was never set, or not on this node' }],
    next: (seen) => [
      {
        who: 'server-admin',
        action:
          'Set the shared directory on every node, then restart each. (executionsClusterShared keeps the files of requests apart from the rest; in a Linux container, CLUSTER_SHARED_MODE and a mount of /clusterShared do the same.)',
        ...octopusServerCommand('path --clusterShared=\\\\FILESERVER\\Octopus', 'service --restart'),
      },
      {
        who: 'server-admin',
        action: 'Check each node at its own address: all three values have to be true.',
        windows: 'Invoke-RestMethod https://NODE/api/serverstatus/redis',
        linux: 'curl https://NODE/api/serverstatus/redis',
      },
      diagnoseServer(seen, 'Without Redis, a Tentacle polls each node at its own address: test each of them.'),
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234  WARN  Multi-node support for polling tentacles is enabled, but no cluster shared directory has been configured.',
  }),
  defineMessage({
    id: 'local.slow-start',
    patterns: [
      {
        oneOf: ['.exe help', 'tentacle help', 'slow start', 'crl check'],
        regex:
          /(?:tentacle|octopus\.server)(?:\.exe)? help.{0,20}(?:>|takes|slow|second)|slow start.{0,60}(?:tentacle|crl)|crl check without internet/,
      },
    ],
    text: '(Slow start: "Tentacle.exe help" takes more than 1 s)',
    means:
      'Windows tries to download revocation lists for signed programs and waits, because the machine has no Internet access.',
    causes: [{ text: 'certificate revocation check (CRL) without Internet access' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          "Measure the start time. If it exceeds 1 s, disable the check for the service's account, or allow access to the CRL. (For a polling Tentacle, measure Octopus.Server.exe on the server too.)",
        windows: `Measure-Command { ${tentacleCommand('help').windows} }`,
      },
    ],
    decidedBy: 'host',
    example: 'Slow start of the Tentacle: Tentacle.exe help > 1 s',
  }),
];
