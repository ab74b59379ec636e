import { STAGES } from '../../trace.js';
import { sanitizeText } from '../../http/http-response.js';
import { CONCLUSIVE, conclusiveUnless, defineFailure, EXAMPLE_FACTS, exampleSignature } from '../failure-definition.js';
import { firstHopName } from '../wording.js';

/** Faults of the machine that runs this tool. They come before all stages, so that the network is not blamed for them. */
export const localFailures = [
  defineFailure({
    id: 'local.exhausted',
    stage: 'local',
    shownAt: ['dns', 'tcp'],
    matches: ({ signature }) => ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].includes(signature.code),
    title: 'No free sockets on this machine',
    explanation: ({ signature }) =>
      `This machine could not open another socket (${signature.code}). Nothing was sent to the network.`,
    remediation: (_, { here }) => [
      {
        who: here.administrator,
        action: 'Find the process that holds the open connections, or raise its limit.',
        windows: 'netstat -a -n -o -p tcp',
        linux: 'ss -s\nulimit -n',
      },
    ],
    octopusLogMessages: [
      'Too many open files',
      'An operation on a socket could not be performed because the system lacked sufficient buffer space',
    ],
    octopusRetries: true,
    diagnosis: conclusiveUnless('security software on this machine returns that code in place of its own'),
    example: { signature: exampleSignature('tcp', 'EMFILE', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'local.no-source-address',
    stage: 'local',
    shownAt: ['tcp'],
    // Windows reports EADDRNOTAVAIL for 0.0.0.0 too, which is the fault of the name.
    matches: ({ signature, facts }) =>
      ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(signature.code) && facts.thisMachine !== 'loopback',
    title: 'No local address or port to connect from',
    explanation: ({ signature, facts }) =>
      `This machine has no address or port from which to connect to ${firstHopName(facts)} (${signature.code}). Nothing was sent.`,
    remediation: (_, { here }) => [
      {
        who: here.administrator,
        action: 'Check which addresses this machine has, and how many of its ports are in use.',
        windows: 'ipconfig\nnetstat -a -n -p tcp',
        linux: 'ip address\nss -s',
      },
    ],
    octopusLogMessages: ['The requested address is not valid in its context', 'Cannot assign requested address'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'this machine has no address of that family (IPv6 is turned off)',
        'all local ports toward that peer are in use',
      ],
      howToTell:
        'Connect to an address of the other family, IPv4 or IPv6 (tentacle-ping: -4, -6). If that works, this machine lacks the first family. If it does not, count the connections.',
    },
    example: { signature: exampleSignature('tcp', 'EADDRNOTAVAIL', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'local.blocked',
    stage: 'local',
    shownAt: ['tcp'],
    matches: ({ signature }) => ['EACCES', 'EPERM'].includes(signature.code),
    title: 'Connection blocked by this machine',
    explanation: ({ signature, facts }) =>
      `This machine refused to connect to ${firstHopName(facts)} (${signature.code}). Nothing was sent.`,
    remediation: (facts, { here }) => [
      {
        who: here.administrator,
        action: `Allow outgoing TCP to port ${facts.proxy?.port ?? facts.port} in this machine's own firewall or security software.`,
        windows: 'Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True',
        linux: 'sudo nft list ruleset\nsudo iptables -S OUTPUT',
      },
      {
        who: here.administrator,
        action: 'Check the route. It shows a prohibited destination, or a broadcast address.',
        windows: `Find-NetRoute -RemoteIPAddress ${facts.address ?? 'ADDRESS'}`,
        linux: `ip route get ${facts.address ?? 'ADDRESS'}`,
      },
    ],
    octopusLogMessages: [
      'An attempt was made to access a socket in a way forbidden by its access permissions',
      'Permission denied',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        "this machine's firewall or security software forbids the connection, or a policy of its system (SELinux, a sandbox)",
        'a route of this machine prohibits that destination',
        'the address is the broadcast address of a network, not that of a machine',
      ],
      howToTell:
        'Check the route: it shows the last two. If it is an ordinary one, the firewall, security software or a policy has the rule.',
    },
    example: { signature: exampleSignature('tcp', 'EPERM', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
];

/** Bugs of this tool, and nothing else. */
export const internalFailures = [
  defineFailure({
    id: 'internal.bug',
    stage: 'internal',
    shownAt: [...STAGES],
    matches: ({ signature }) => signature.code === 'OWN_BUG',
    title: 'Bug in this tool, not a network fault',
    explanation: ({ signature }) =>
      `This tool failed at the ${signature.shownAt} stage: ${sanitizeText(signature.bug ?? 'no text')}. This says nothing about the peer.`,
    remediation: () => [{ who: 'you', action: 'Run again with --json and report the document as a bug in this tool.' }],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: CONCLUSIVE,
    example: {
      signature: exampleSignature('tls', 'OWN_BUG', { bug: 'TypeError: x is not a function' }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
