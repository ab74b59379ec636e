import type { ConnectionFacts } from '../trace.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, peer, row, span, SURE, UNKNOWN } from './row.js';

/** A neighbour is asked for three times, a second apart; a device that refuses does so within milliseconds. */
const NEIGHBOUR_GIVEN_UP_US = 2_000_000;

/** Every address there is, be it of a name or given as such. */
function isOnlyIpv6({ address, addresses }: ConnectionFacts): boolean {
  const all = addresses ?? (address === undefined ? [] : [address]);
  return all.length > 0 && all.every((one) => one.includes(':'));
}

export const tcpRows = [
  row({
    id: 'tcp.refused',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.code === 'ECONNREFUSED',
    title: 'Connection refused',
    means: ({ symptom, facts }) =>
      `${peer(facts)} refused after ${span(symptom.elapsedUs)}. The host, or something that answers for it, is up, and nothing accepts on that port.`,
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: `On the Tentacle's host, look whether something listens on port ${facts.port}. If not: is the service started, is it a listening Tentacle, is the port right?`,
        windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
        linux: `ss -ltnp 'sport = :${facts.port}'`,
      },
      {
        who: 'network-team',
        action: `If something does listen there, a firewall on the way or on the host rejects: find the rule that refuses TCP ${facts.port}.`,
      },
    ],
    octopusSays: [
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
      'refused the connection. This may mean that the expected listening service is not running.',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'nothing listens on that port: the service is stopped, polls instead, or uses another port',
        "a firewall rejects the connection in the host's name",
      ],
      test: "On the Tentacle's host, connect to the port locally: works there and is refused from here means a firewall.",
    },
    example: { symptom: exampleSymptom('tcp', 'ECONNREFUSED', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.timeout',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(symptom.code) && symptom.shownAt === 'tcp',
    title: 'No answer to the connection attempt',
    means: ({ symptom, facts }) =>
      `${peer(facts)} did not answer within ${span(symptom.elapsedUs)}: neither yes nor no. Something drops the packets, on the way there, on the way back, or at the host.`,
    next: (facts) => [
      {
        who: 'network-team',
        action: `Allow TCP ${facts.port} from this machine to ${facts.address ?? facts.host} in every firewall and cloud security group on the way, and the answers back.`,
      },
      {
        who: 'tentacle-admin',
        action: `Open TCP ${facts.port} in the host's own firewall, check that the address is this host's, and that the service is not hung.`,
        windows: `netsh advfirewall firewall show rule name=all dir=in | findstr /c:"${facts.port}"`,
        linux: 'sudo nft list ruleset; sudo iptables -S; ip address',
      },
      {
        who: 'you',
        action:
          'Run tentacle-pong on that host on another port. If that answers, the host is reachable and this port is blocked.',
      },
    ],
    octopusSays: [
      'The client was unable to establish the initial connection within the timeout 00:01:00.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a firewall or security group drops the packets, in either direction',
        'no machine has that address, behind a router that does not say so',
        'the service is hung and its queue of new connections is full',
      ],
      test: "Capture on the Tentacle's host while pinging: no SYN arrives: dropped before it; SYN and no answer: its firewall or a full queue; an answer that does not come back: the way back.",
    },
    example: { symptom: exampleSymptom('tcp', 'CONNECT_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.no-route-v6',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom, facts }) => symptom.code === 'ENETUNREACH' && isOnlyIpv6(facts),
    title: 'Only an IPv6 address, and no IPv6 route to it',
    means: ({ facts }) =>
      `The way to ${firstHop(facts)} is IPv6 only${facts.addresses === undefined ? '' : ' (the name has no IPv4 address)'}, and there is no IPv6 route to that network from here.`,
    next: (facts) => [
      {
        who: 'dns-owner',
        action: `Give ${facts.proxy?.host ?? facts.host} an IPv4 address (A record) too, or in place of the IPv6 one.`,
      },
      {
        who: 'server-admin',
        action: 'Or give this machine IPv6: an address and a route.',
        windows: 'ipconfig /all & route print -6',
        linux: `ip -6 address; ip -6 route get ${facts.address ?? '::'}`,
      },
    ],
    octopusSays: ['Network is unreachable', 'A socket operation was attempted to an unreachable network'],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tcp', 'ENETUNREACH', { syscall: 'connect', elapsedUs: 1_000 }),
      facts: { ...EXAMPLE_FACTS, address: '2001:db8::10', addresses: ['2001:db8::10'] },
    },
  }),
  row({
    id: 'tcp.no-route',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.code === 'ENETUNREACH',
    title: 'No route to that network',
    means: ({ symptom, facts }) =>
      `${firstHop(facts)} cannot be reached: after ${span(symptom.elapsedUs)} it was said that no route leads to its network (${symptom.code}).`,
    next: (facts) => [
      {
        who: 'server-admin',
        action:
          'Check that the address is the right one, and that this machine has a route to it or a default gateway.',
        windows: `route print & tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}; tracepath -n ${facts.address ?? facts.host}`,
      },
      {
        who: 'network-team',
        action: `If this machine has one, find the router on the way that has no route to ${facts.address ?? facts.host}, or rejects with "network unreachable".`,
      },
    ],
    octopusSays: ['Network is unreachable', 'A socket operation was attempted to an unreachable network'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'this machine has no route to that network',
        'a router or firewall on the way says that it has none (ICMP network unreachable)',
      ],
      test: "This machine's own routes (ip route get ADDRESS, or route print): if there is one, it is a router on the way. tentacle-ping diagnose looks at them.",
    },
    example: {
      symptom: exampleSymptom('tcp', 'ENETUNREACH', { syscall: 'connect', elapsedUs: 1_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'tcp.host-down',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) =>
      ['EHOSTUNREACH', 'EHOSTDOWN'].includes(symptom.code) && symptom.elapsedUs >= NEIGHBOUR_GIVEN_UP_US,
    title: 'No machine answers at that address',
    means: ({ symptom, facts }) =>
      `${firstHop(facts)}: for ${span(symptom.elapsedUs)} the last network on the way was asked which machine has that address, and none answered (${symptom.code}). It is off, unplugged, or has another address.`,
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: 'Look whether the machine is on and connected, and which address it has.',
        windows: 'ipconfig /all',
        linux: 'ip address; ip link',
      },
      {
        who: 'server-admin',
        action:
          'Compare that with the address used here. On the same network, the table of neighbours has the same answer.',
        windows: `arp -a ${facts.address ?? facts.host}`,
        linux: `ip neigh show ${facts.address ?? facts.host}; ip route get ${facts.address ?? facts.host}`,
      },
      { who: 'dns-owner', action: 'If the machine has another address now, correct its record.' },
    ],
    octopusSays: ['No route to host', 'A socket operation was attempted to an unreachable host'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'no machine has that address now: it is off, unplugged, or has another one',
        'a router or firewall on the way rejects, and answers only some of the packets (routers limit such answers)',
      ],
      test: 'Whether the address is of the same network as this machine: then no router is involved. tentacle-ping diagnose looks.',
    },
    example: {
      symptom: exampleSymptom('tcp', 'EHOSTUNREACH', { syscall: 'connect', elapsedUs: 3_070_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'tcp.rejected',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.code === 'EHOSTUNREACH',
    title: 'A device on the way refuses the connection',
    means: ({ symptom, facts }) =>
      `${span(symptom.elapsedUs)} after the first packet for ${firstHop(facts)}, something answered in its place that it cannot be reached (${symptom.code}). For a machine that is merely off that takes about 3 s, unless it was asked for already.`,
    next: (facts) => [
      {
        who: 'network-team',
        action: `Find the rule that rejects TCP ${facts.proxy?.port ?? facts.port} from this machine to ${facts.address ?? facts.host} (ICMP "prohibited" or "host unreachable"), and allow it.`,
      },
      {
        who: 'tentacle-admin',
        action: "It may be the host's own firewall: look at its rules.",
        windows: 'netsh advfirewall firewall show rule name=all dir=in',
        linux: 'sudo nft list ruleset; sudo iptables -S',
      },
      {
        who: 'server-admin',
        action: 'See how far packets come, and which device answers.',
        windows: `tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}; tracepath -n ${facts.address ?? facts.host}`,
      },
    ],
    octopusSays: ['No route to host', 'A socket operation was attempted to an unreachable host'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a firewall, on the way or on the host, that rejects with "prohibited"',
        'a router that knows the address to be unreachable, or a route of this machine that says so',
        'the machine is off, and a packet before this one had made a router ask for it: then the answer came in the middle of that',
      ],
      test: "Again, alone, after ten seconds: an answer after about 3 s means that the machine is off. Another port of the same host: if that is answered, it is a rule for this port. And look at this machine's own route (ip route get ADDRESS).",
    },
    example: {
      symptom: exampleSymptom('tcp', 'EHOSTUNREACH', { syscall: 'connect', elapsedUs: 6_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  row({
    id: 'tcp.unreachable',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['EHOSTDOWN', 'ENETDOWN', 'ENONET'].includes(symptom.code),
    title: 'The network towards that address is down',
    means: ({ symptom, facts }) =>
      `This system says that the way to ${firstHop(facts)} is down (${symptom.code} after ${span(symptom.elapsedUs)}).`,
    next: () => [
      {
        who: 'server-admin',
        action: "Look at this machine's network interfaces: is the one towards that address up?",
        windows: 'netsh interface show interface & ipconfig /all',
        linux: 'ip link; ip address',
      },
    ],
    octopusSays: ['Network is down', 'Host is down', 'A socket operation encountered a dead network'],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('tcp', 'ENETDOWN', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.reset',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['ECONNRESET', 'ECONNABORTED'].includes(symptom.code) && symptom.shownAt === 'tcp',
    title: 'Connection reset while it was being made',
    means: ({ symptom, facts }) =>
      `The connection to ${peer(facts)} was accepted and reset after ${span(symptom.elapsedUs)}, before a byte was sent.`,
    next: (facts) => [
      {
        who: 'network-team',
        action: `Look for an inspecting device or a load balancer that accepts for ${peer(facts)} and then resets.`,
      },
      { who: 'tentacle-admin', action: 'Look whether the service is stopping, or limits who may connect.' },
    ],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a device on the way cut the new connection', 'the process that listens closed it at once'],
      test: 'Run tentacle-pong on that host and port: if the reset stays, it is a device on the way.',
    },
    example: { symptom: exampleSymptom('tcp', 'ECONNRESET', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.other',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.shownAt === 'tcp',
    title: 'The connection could not be made',
    means: ({ symptom, facts }) =>
      `Connecting to ${peer(facts)} ended with ${symptom.code}. Its cause is unknown to this tool.`,
    next: () => [{ who: 'server-admin', action: "Look the code up in this system's documentation." }],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('tcp', 'EPROTO', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
];
