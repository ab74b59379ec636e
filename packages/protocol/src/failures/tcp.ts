import type { ConnectionFacts } from '../trace.js';
import type { End } from './ends.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, peer, row, span, SURE, UNKNOWN } from './row.js';
import { checkHostFirewall, checkListener, checkPeerHealth, compareWithStandIn, startStandIn } from './steps.js';

/** A neighbor is asked for three times, a second apart; a device that rejects does so within milliseconds. */
const NEIGHBOR_TIMEOUT_US = 2_000_000;

/** Whether every known address is an IPv6 address, be it of a name or given as such. */
function isOnlyIpv6({ address, addresses }: ConnectionFacts): boolean {
  const all = addresses ?? (address === undefined ? [] : [address]);
  return all.length > 0 && all.every((one) => one.includes(':'));
}

/** What to check where no process listens, and the causes of that. */
const NOT_LISTENING: Readonly<Record<End['product'], { check: string; cause: string }>> = {
  tentacle: {
    check: 'check that the service is started, that it is a listening Tentacle, and that the port is correct',
    cause: 'nothing listens on that port: the service is stopped, polls instead, or uses another port',
  },
  server: {
    check:
      'check that the Octopus Server is started and accepts polling Tentacles on this port (10943 by default). Check that this is the right node',
    cause:
      'nothing listens on that port: the Octopus Server is stopped, accepts polling Tentacles on another port, or runs elsewhere',
  },
};

export const tcpRows = [
  row({
    id: 'tcp.refused',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.code === 'ECONNREFUSED',
    title: 'Connection refused',
    means: ({ symptom, facts }) =>
      `${peer(facts)} refused the connection after ${span(symptom.elapsedUs)}. The host (or a device answering for it) is up, but nothing is listening on that port.`,
    next: (facts, ends) => [
      checkListener(facts, ends),
      { who: ends.there.administrator, action: `If no process does, ${NOT_LISTENING[ends.there.product].check}.` },
      {
        who: 'network-team',
        action: `If a process does, find the firewall rule that rejects TCP ${facts.port}, in the path or on the host.`,
      },
    ],
    octopusSays: [
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
      'refused the connection. This may mean that the expected listening service is not running.',
    ],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [NOT_LISTENING[there.product].cause, "a firewall rejects the connection on the host's behalf"],
      test: `On ${there.host}, connect to the port locally. If that works but is refused from here, a firewall rejects it.`,
    }),
    example: { symptom: exampleSymptom('tcp', 'ECONNREFUSED', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.timeout',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(symptom.code) && symptom.shownAt === 'tcp',
    title: 'Connection attempt timed out',
    means: ({ symptom, facts }) =>
      `${peer(facts)} did not answer within ${span(symptom.elapsedUs)}, neither accepting nor refusing. Packets are being dropped: in transit, on the return path, or by the host.`,
    next: (facts, ends) => [
      {
        who: 'network-team',
        action: `Allow TCP ${facts.port} from this machine to ${facts.address ?? facts.host} in every firewall and cloud security group in the path, and the responses back.${ends.there.product === 'server' ? ' A web portal that can be reached (443) proves nothing about this port.' : ''}`,
      },
      checkHostFirewall(facts, ends),
      {
        who: ends.there.administrator,
        action: `Check that the address belongs to ${ends.there.host}, and that ${ends.there.name} is not hung.`,
        windows: 'ipconfig /all',
        linux: 'ip address',
      },
      startStandIn(facts, ends, 'If that works, the host can be reached and this port is blocked.'),
    ],
    octopusSays: [
      'The client was unable to establish the initial connection within the timeout 00:01:00.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        'a firewall or security group drops the packets, in either direction',
        'no machine has that address, and the router in front of it does not report that',
        `${there.name} is hung, and its queue of new connections is full`,
      ],
      test: `Capture packets on ${there.host} during an attempt. No SYN arrives: dropped before the host. A SYN without a response: the host's firewall or a full queue. A response that does not arrive here: the return path.`,
    }),
    example: { symptom: exampleSymptom('tcp', 'CONNECT_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.no-route-v6',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom, facts }) => symptom.code === 'ENETUNREACH' && isOnlyIpv6(facts),
    title: 'Only an IPv6 address, but no IPv6 route',
    means: ({ facts }) =>
      `${firstHop(facts)} has only an IPv6 address${facts.addresses === undefined ? '' : ' (the name has no IPv4 address)'}, and this machine has no IPv6 route to that network.`,
    next: (facts, { here }) => [
      {
        who: 'dns-owner',
        action: `Add an IPv4 address (A record) for ${facts.proxy?.host ?? facts.host}, beside the IPv6 address or instead of it.`,
      },
      {
        who: here.administrator,
        action: 'Alternatively, configure IPv6 on this machine: an address and a route.',
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
      `${firstHop(facts)} cannot be reached: after ${span(symptom.elapsedUs)}, this machine or a router reported "no route to network" (${symptom.code}).`,
    next: (facts, { here }) => [
      {
        who: here.administrator,
        action: 'Check that the address is correct, and that this machine has a route to it or a default gateway.',
        windows: `route print & tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}; tracepath -n ${facts.address ?? facts.host}`,
      },
      {
        who: 'network-team',
        action: `If this machine has a route, find the router in the path that has none to ${facts.address ?? facts.host}, or that rejects with "network unreachable".`,
      },
    ],
    octopusSays: ['Network is unreachable', 'A socket operation was attempted to an unreachable network'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'this machine has no route to that network',
        'a router or firewall in the path reports that it has none (ICMP network unreachable)',
      ],
      test: "Check this machine's own routes (ip route get ADDRESS, or route print; tentacle-ping diagnose does this). If there is a route, a router in the path reported the error.",
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
      ['EHOSTUNREACH', 'EHOSTDOWN'].includes(symptom.code) && symptom.elapsedUs >= NEIGHBOR_TIMEOUT_US,
    title: 'No machine responds at that address',
    means: ({ symptom, facts }) =>
      `For ${span(symptom.elapsedUs)}, the last network in the path was asked which machine has the address of ${firstHop(facts)}, and none answered (${symptom.code}). The machine is off, unplugged, or has another address.`,
    next: (facts, { here, there }) => [
      {
        who: there.administrator,
        action: 'Check that the machine is on and connected, and which address it has.',
        windows: 'ipconfig /all',
        linux: 'ip address; ip link',
      },
      {
        who: here.administrator,
        action:
          'Compare that with the address used here. On the same network, the neighbor table shows the same answer.',
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
        'a router or firewall in the path rejects, and answers only some of the packets (routers limit such replies)',
      ],
      test: 'Check whether the address is on the same network as this machine (tentacle-ping diagnose does this). If it is, no router is involved.',
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
    title: 'A device in the path rejected the connection',
    means: ({ symptom, facts }) =>
      `${span(symptom.elapsedUs)} after the first packet for ${firstHop(facts)}, a device reported that it cannot be reached (${symptom.code}). For a machine that is only off, this takes about 3 s, unless another packet had asked for it before.`,
    next: (facts, { here, there }) => [
      {
        who: 'network-team',
        action: `Find the rule that rejects TCP ${facts.proxy?.port ?? facts.port} from this machine to ${facts.address ?? facts.host} (ICMP "prohibited" or "host unreachable"), and allow the connection.`,
      },
      {
        who: there.administrator,
        action: "Check the rules of the host's own firewall, which may be the one that rejects.",
        windows: 'netsh advfirewall firewall show rule name=all dir=in',
        linux: 'sudo nft list ruleset; sudo iptables -S',
      },
      {
        who: here.administrator,
        action: 'Check how far packets get, and which device answers.',
        windows: `tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}; tracepath -n ${facts.address ?? facts.host}`,
      },
    ],
    octopusSays: ['No route to host', 'A socket operation was attempted to an unreachable host'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a firewall, in the path or on the host, that rejects with "prohibited"',
        'a router that knows the address to be unreachable, or a reject route on this machine',
        'a machine that is off, where an earlier packet had already made a router ask for it, so that its report came sooner',
      ],
      test: "Repeat a single attempt after 10 s: a report after about 3 s means that the machine is off. Try another port of the same host: if it answers, a rule blocks this port. Check this machine's own route (ip route get ADDRESS).",
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
    title: 'Network toward that address is down',
    means: ({ symptom, facts }) =>
      `This system reports that the path to ${firstHop(facts)} is down (${symptom.code} after ${span(symptom.elapsedUs)}).`,
    next: (_, { here }) => [
      {
        who: here.administrator,
        action: "Check this machine's network interfaces: is the one toward that address up?",
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
    title: 'Connection reset while being established',
    means: ({ symptom, facts }) =>
      `The connection to ${peer(facts)} was accepted, then reset after ${span(symptom.elapsedUs)}, before a byte was sent.`,
    next: (facts, ends) => [
      {
        who: 'network-team',
        action: `Check for an inspecting device or a load balancer that accepts for ${peer(facts)} and then resets.`,
      },
      checkPeerHealth(ends),
      {
        who: ends.there.administrator,
        action: `Check whether ${ends.there.name} limits which clients may connect.`,
      },
      compareWithStandIn(facts, ends),
    ],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: ['a device in the path cut the new connection', 'the listening process closed it immediately'],
      test: `Run ${there.standIn.name} on ${there.host}, on the same port, in place of ${there.name}. If the reset remains, a device in the path causes it.`,
    }),
    example: { symptom: exampleSymptom('tcp', 'ECONNRESET', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'tcp.other',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.shownAt === 'tcp',
    title: 'Connection attempt failed',
    means: ({ symptom, facts }) =>
      `Connecting to ${peer(facts)} ended with ${symptom.code}. The cause is unknown to this tool.`,
    next: (_, { here }) => [{ who: here.administrator, action: "Look up the code in this system's documentation." }],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('tcp', 'EPROTO', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
];
