import type { ConnectionFacts } from '../../trace.js';
import type { End } from '../ends.js';
import {
  EXAMPLE_FACTS,
  exampleSignature,
  defineFailure,
  type FailureDefinition,
  type Observation,
  conclusiveUnless,
  UNKNOWN,
} from '../failure-definition.js';
import {
  correctRecord,
  describeOtherAddresses,
  describeRange,
  isNeighborSearch,
  isSilent,
  NEIGHBOR_SEARCH_US,
  testEachAddress,
} from './addresses.js';
import { firstHopName, peerName, durationText } from '../wording.js';
import { checkHostFirewall, checkListener, checkPeerHealth, compareWithStandIn, startStandIn } from './steps.js';
import { checkFullListener, fullListenerCauses, fullListenerTest } from './full-listener.js';

/** Whether every known address is an IPv6 address, be it of a name or given as such. */
function isOnlyIpv6({ address, addresses }: ConnectionFacts): boolean {
  const all = addresses ?? (address === undefined ? [] : [address]);
  return all.length > 0 && all.every((one) => one.includes(':'));
}

function isLinkLocalWithoutZone({ address = '' }: ConnectionFacts): boolean {
  return /^fe[89ab][\da-f]:[^%]*$/i.test(address);
}

/** Whether a device reported this address as unreachable at once in this many earlier attempts of the run. */
function hasEarlierReports({ address, earlierReports }: ConnectionFacts, count: number): boolean {
  return earlierReports !== undefined && earlierReports.address === address && earlierReports.count >= count;
}

/**
 * Whether the failure is a rejection whose report was late or suppressed, because routers limit how many reports they
 * send. One report at once, then one after 3 s, is also how a machine that is off looks: the first one may be the end of a
 * search that an earlier packet had started. Two reports at once in a row are not.
 */
function isLimitedReport({ signature, facts }: Observation): boolean {
  if (isSilent(signature.code)) return hasEarlierReports(facts, 1);
  return signature.code === 'EHOSTUNREACH' && (!isNeighborSearch(signature.elapsedUs) || hasEarlierReports(facts, 2));
}

/** When the device reported the address as unreachable, and what that means, as sentences. */
function describeReport({ signature, facts }: Observation): string {
  const { elapsedUs, code } = signature;
  const { earlierReports } = facts;
  const after = durationText(elapsedUs);
  const isLate = isSilent(code) || elapsedUs >= NEIGHBOR_SEARCH_US.min;
  if (isLate && earlierReports !== undefined)
    return `${firstHopName(facts)} ${isSilent(code) ? `did not answer within ${after}` : `was reported as unreachable after ${after}`}. Earlier in this run, a device reported that after ${durationText(earlierReports.fastestUs)}. Routers limit how many such reports they send, so the fastest one counts.`;
  const report = `${after} after the first packet for ${firstHopName(facts)}, a device reported that the address cannot be reached (${code}).`;
  return elapsedUs > NEIGHBOR_SEARCH_US.max
    ? `${report} A search for a missing machine takes about 3 s, and a rejection none. Routers limit how many reports they send, so this time shows neither.`
    : `${report} If the machine were only off, the report would take about 3 s, unless an earlier packet had started the search.`;
}

/** What to check where no process listens, and the causes of that. */
const NOT_LISTENING: Readonly<Record<End['service'], { check: string; cause: string }>> = {
  tentacle: {
    check: 'check that the service is started, that it is a listening Tentacle, and that the port is correct',
    cause: 'nothing listens on that port: the service is stopped, polls instead, or uses another port',
  },
  polling: {
    check:
      'check that the Octopus Server is started and accepts polling Tentacles on this port (10943 by default). Check that this is the right node',
    cause:
      'nothing listens on that port: the Octopus Server is stopped, accepts polling Tentacles on another port, or runs elsewhere',
  },
  web: {
    check:
      'check that the Octopus Server is started. Check that its web bindings (Octopus Server Manager), or those of the load balancer in front of it, contain this port',
    cause:
      'nothing listens on that port: the Octopus Server or the load balancer in front of it is stopped, or uses another port',
  },
};

const rows = [
  defineFailure({
    id: 'tcp.refused',
    stage: 'tcp',
    wholeAddress: 'refused',
    shownAt: ['tcp'],
    matches: ({ signature }) => signature.code === 'ECONNREFUSED',
    title: 'Connection refused',
    explanation: ({ signature, facts }) =>
      facts.thisMachine === 'as-named'
        ? `This machine refused the connection to ${peerName(facts)} after ${durationText(signature.elapsedUs)}.`
        : `${peerName(facts)} refused the connection after ${durationText(signature.elapsedUs)}. The host is up, or a device that answers for it.`,
    remediation: (facts, ends) => [
      checkListener(facts, ends),
      { who: ends.there.administrator, action: `If no process does, ${NOT_LISTENING[ends.there.service].check}.` },
      {
        who: 'network-team',
        action: `If a process does, find the firewall rule that rejects TCP ${facts.port}, on the path or on the host.`,
      },
    ],
    octopusLogMessages: [
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
      'refused the connection. This may mean that the expected listening service is not running.',
    ],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [NOT_LISTENING[there.service].cause, "a firewall rejects the connection on the host's behalf"],
      howToTell: `On ${there.host}, connect to the port locally. If that works but is refused from here, a firewall rejects it.`,
    }),
    example: { signature: exampleSignature('tcp', 'ECONNREFUSED', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tcp.timeout',
    stage: 'tcp',
    wholeAddress: 'dropped',
    shownAt: ['tcp'],
    matches: ({ signature, facts }) =>
      isSilent(signature.code) && signature.shownAt === 'tcp' && !isLimitedReport({ signature, facts }),
    title: 'Connection attempt timed out',
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} did not answer within ${durationText(signature.elapsedUs)}, neither accepting nor refusing. Packets are being dropped: in transit, on the return path, or by the host.`,
    remediation: (facts, ends) => [
      {
        who: 'network-team',
        action: `Allow TCP ${facts.port} from this machine to ${facts.address ?? facts.host} in every firewall and cloud security group on the path, and the responses back.${ends.there.service === 'polling' ? ' That the web portal can be reached (443) proves nothing about this port.' : ''}`,
      },
      checkHostFirewall(facts, ends),
      {
        who: ends.there.administrator,
        action: `Check that ${facts.address ?? facts.host} is an address of ${ends.there.host}.`,
        windows: 'ipconfig /all',
        linux: 'ip address',
      },
      {
        who: ends.there.administrator,
        action: `Check that ${ends.there.name} is running and not hung.`,
        ...ends.there.serviceStatus,
      },
      startStandIn(facts, ends, 'If that works, the host can be reached and this port is blocked.'),
    ],
    octopusLogMessages: [
      'The client was unable to establish the initial connection within the timeout 00:01:00.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a firewall or security group drops the packets, in either direction',
        'no machine has that address, and the router in front of it does not report that',
        `${there.name} is hung, and its queue of new connections is full`,
      ],
      howToTell: `Capture packets on ${there.host} during an attempt. If no SYN arrives, it is dropped before the host. If a SYN gets no response, the host's firewall or a full queue drops it. If a response is sent but does not arrive here, the return path drops it.`,
    }),
    example: { signature: exampleSignature('tcp', 'CONNECT_TIMEOUT', { elapsedUs: 10_000_000 }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tcp.link-local',
    stage: 'tcp',
    shownAt: ['tcp'],
    matches: ({ signature, facts }) =>
      ['EINVAL', 'ENETUNREACH', 'EHOSTUNREACH'].includes(signature.code) && isLinkLocalWithoutZone(facts),
    title: 'Link-local address without a network interface',
    explanation: ({ signature, facts }) =>
      `${facts.address ?? facts.host} is a link-local IPv6 address. Every interface has such a network, and the address does not contain the interface (${signature.code}). Nothing was sent. A name cannot contain it either, so such an address does not belong in DNS.`,
    remediation: (facts, { here }) => [
      { who: 'dns-owner', action: `Replace the record of ${facts.host} with a routable address.` },
      {
        who: here.administrator,
        action: 'If both machines are on one network segment, use the address with the interface, as in fe80::1%eth0.',
        windows: 'Get-NetIPAddress -AddressFamily IPv6',
        linux: 'ip -6 address',
      },
    ],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: conclusiveUnless('this machine has no IPv6 at all, for which it returns the same code'),
    example: {
      signature: exampleSignature('tcp', 'EINVAL', { syscall: 'connect' }),
      facts: { ...EXAMPLE_FACTS, address: 'fe80::10', addresses: ['fe80::10'] },
    },
  }),
  defineFailure({
    id: 'tcp.no-route-v6',
    stage: 'tcp',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: ({ signature, facts }) => signature.code === 'ENETUNREACH' && isOnlyIpv6(facts),
    title: 'Only an IPv6 address, but no IPv6 route',
    explanation: ({ facts }) =>
      `${firstHopName(facts)} has only an IPv6 address${facts.addresses === undefined ? '' : ' (the name has no IPv4 address)'}. This machine or a router reported that it has no IPv6 route to that network.`,
    remediation: (facts, { here }) => [
      {
        who: 'dns-owner',
        action: `Add an IPv4 address (A record) for ${facts.proxy?.host ?? facts.host}, beside the IPv6 address or instead of it.`,
      },
      {
        who: here.administrator,
        action: 'Alternatively, configure IPv6 on this machine: an address and a route.',
        windows: 'ipconfig /all\nroute print -6',
        linux: `ip -6 address\nip -6 route get ${facts.address ?? '::'}`,
      },
    ],
    octopusLogMessages: ['Network is unreachable', 'A socket operation was attempted to an unreachable network'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'this machine has no IPv6 route to that network',
        'a router on the path reports that it has none (ICMPv6 "no route to destination")',
      ],
      howToTell:
        "Check this machine's own routes (ip -6 route get ADDRESS, or route print -6). If there is a route, a router on the path reported the error.",
    },
    example: {
      signature: exampleSignature('tcp', 'ENETUNREACH', { syscall: 'connect', elapsedUs: 1_000 }),
      facts: { ...EXAMPLE_FACTS, address: '2001:db8::10', addresses: ['2001:db8::10'] },
    },
  }),
  defineFailure({
    id: 'tcp.no-route',
    stage: 'tcp',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: ({ signature }) => signature.code === 'ENETUNREACH',
    title: 'No route to that network',
    explanation: ({ signature, facts }) =>
      `${firstHopName(facts)} cannot be reached: after ${durationText(signature.elapsedUs)}, this machine or a router reported "no route to network" (${signature.code}).`,
    remediation: (facts, { here }) => [
      {
        who: here.administrator,
        action: 'Check that the address is correct, and that this machine has a route to it or a default gateway.',
        windows: `route print\ntracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}\ntracepath -n ${facts.address ?? facts.host}`,
      },
      {
        who: 'network-team',
        action: `If this machine has a route, find the router on the path that has none to ${facts.address ?? facts.host}, or that rejects with "network unreachable".`,
      },
    ],
    octopusLogMessages: ['Network is unreachable', 'A socket operation was attempted to an unreachable network'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'this machine has no route to that network',
        'a router or firewall on the path reports that it has none (ICMP network unreachable)',
      ],
      howToTell:
        "Check this machine's own routes (ip route get ADDRESS, or route print; tentacle-ping diagnose does this). If there is a route, a router on the path reported the error.",
    },
    example: {
      signature: exampleSignature('tcp', 'ENETUNREACH', { syscall: 'connect', elapsedUs: 1_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'tcp.host-down',
    stage: 'tcp',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: ({ signature, facts }) =>
      (signature.code === 'EHOSTDOWN' && signature.elapsedUs >= NEIGHBOR_SEARCH_US.min) ||
      (signature.code === 'EHOSTUNREACH' && !isLimitedReport({ signature, facts })),
    title: 'No machine responds at that address',
    explanation: ({ signature, facts }) =>
      `For ${durationText(signature.elapsedUs)}, the last network on the path was asked which machine has the address of ${firstHopName(facts)}. None answered (${signature.code}). A missing machine is reported after such a time.`,
    remediation: (facts, { here, there }) => [
      {
        who: there.administrator,
        action: 'Check that the machine is on and connected, and which address it has.',
        windows: 'ipconfig /all',
        linux: 'ip address\nip link',
      },
      {
        who: here.administrator,
        action:
          'Compare that with the address used here. On the same network, the neighbor table shows the same answer.',
        windows: `arp -a ${facts.address ?? facts.host}`,
        linux: `ip neigh show ${facts.address ?? facts.host}\nip route get ${facts.address ?? facts.host}`,
      },
      { who: 'dns-owner', action: 'If the machine has another address now, correct its record.' },
    ],
    octopusLogMessages: ['No route to host', 'A socket operation was attempted to an unreachable host'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'no machine has that address now: it is off, unplugged, or has another one',
        'a router or firewall on the path rejects, but answers only some of the packets (routers limit such replies)',
      ],
      howToTell:
        'Check whether the address is on the same network as this machine (tentacle-ping diagnose does this). If it is, no router is involved.',
    },
    example: {
      signature: exampleSignature('tcp', 'EHOSTUNREACH', { syscall: 'connect', elapsedUs: 3_070_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'tcp.rejected',
    stage: 'tcp',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: (observation) => observation.signature.code === 'EHOSTUNREACH' || isLimitedReport(observation),
    title: 'The address was reported as unreachable',
    explanation: describeReport,
    remediation: (facts, { here, there }) => [
      {
        who: 'network-team',
        action: `Find the rule that rejects TCP ${facts.proxy?.port ?? facts.port} from this machine to ${facts.address ?? facts.host} (ICMP "prohibited" or "host unreachable"), and allow the connection.`,
      },
      {
        who: there.administrator,
        action: "Check whether a rule of the host's own firewall rejects the connection.",
        windows: 'netsh advfirewall firewall show rule name=all dir=in',
        linux: 'sudo nft list ruleset\nsudo iptables -S',
      },
      {
        who: here.administrator,
        action: 'Check how far packets get, and which device answers.',
        windows: `tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}\ntracepath -n ${facts.address ?? facts.host}`,
      },
    ],
    octopusLogMessages: ['No route to host', 'A socket operation was attempted to an unreachable host'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a firewall, on the path or on the host, rejects with "prohibited"',
        'a router knows the address to be unreachable, or this machine has a reject route',
        'the machine is off, and the report came early or late: an earlier packet had started the search, or the router limits its reports',
      ],
      howToTell:
        "Repeat a single attempt after 10 s: a report after about 3 s means that the machine is off. Try another port of the same host: if it answers, a rule blocks this port. Check this machine's own route (ip route get ADDRESS).",
    },
    example: {
      signature: exampleSignature('tcp', 'EHOSTUNREACH', { syscall: 'connect', elapsedUs: 6_000 }),
      facts: EXAMPLE_FACTS,
    },
  }),
  defineFailure({
    id: 'tcp.unreachable',
    stage: 'tcp',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: ({ signature }) => ['EHOSTDOWN', 'ENETDOWN', 'ENONET'].includes(signature.code),
    title: 'Network toward that address is down',
    explanation: ({ signature, facts }) =>
      `This machine reports that the path to ${firstHopName(facts)} is down (${signature.code} after ${durationText(signature.elapsedUs)}).`,
    remediation: (_, { here }) => [
      {
        who: here.administrator,
        action: 'Check whether the network interface toward that address is up.',
        windows: 'netsh interface show interface\nipconfig /all',
        linux: 'ip link\nip address',
      },
    ],
    octopusLogMessages: ['Network is down', 'Host is down', 'A socket operation encountered a dead network'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('the network driver returns that code for another reason'),
    example: { signature: exampleSignature('tcp', 'ENETDOWN', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tcp.reset',
    stage: 'tcp',
    shownAt: ['tcp'],
    matches: ({ signature }) => ['ECONNRESET', 'ECONNABORTED'].includes(signature.code) && signature.shownAt === 'tcp',
    title: 'Connection reset while being established',
    explanation: ({ signature, facts }) =>
      `The connection to ${peerName(facts)} was accepted, then reset after ${durationText(signature.elapsedUs)}, before a byte was sent.`,
    remediation: (facts, ends) => [
      {
        who: 'network-team',
        action: `Check for an inspecting device or a load balancer that accepts connections for ${peerName(facts)} and then resets them.`,
      },
      checkPeerHealth(ends),
      {
        who: ends.there.administrator,
        action: `Check whether ${ends.there.name} limits which clients may connect.`,
      },
      ...checkFullListener(facts, ends),
      compareWithStandIn(facts, ends),
    ],
    octopusLogMessages: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        'a device in between cut the new connection',
        'the listening process closed it immediately',
        ...fullListenerCauses(facts, ends),
      ],
      howToTell: `Run ${ends.there.standIn.name} on ${ends.there.host} in place of ${ends.there.name}${ends.there.isListener ? ', on the same port' : ''}. If the reset remains, a device in between causes it.${fullListenerTest(facts, ends)}`,
    }),
    example: { signature: exampleSignature('tcp', 'ECONNRESET', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  defineFailure({
    id: 'tcp.other',
    stage: 'tcp',
    shownAt: ['tcp'],
    matches: ({ signature }) => signature.shownAt === 'tcp',
    title: 'Connection attempt failed',
    explanation: ({ signature, facts }) =>
      `Connecting to ${peerName(facts)} ended with ${signature.code}. This tool does not know the cause.`,
    remediation: (_, { here }) => [
      { who: here.administrator, action: "Look up the code in this system's documentation." },
    ],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('tcp', 'EPROTO', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
];

/** The row, with what is known about the address and the other addresses of the name. */
function withAddresses<Id extends string>(row: FailureDefinition<Id>): FailureDefinition<Id> {
  return {
    ...row,
    explanation: (observation, ends) =>
      `${row.explanation(observation, ends)}${describeRange(observation.facts)}${describeOtherAddresses(observation.facts)}`,
    remediation: (facts, ends) => [...row.remediation(facts, ends), ...correctRecord(facts), ...testEachAddress(facts)],
  };
}

/** Failures of the TCP connection. */
export const tcpFailures = rows.map((row) => withAddresses(row));
