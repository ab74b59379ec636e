import { EXAMPLE_FACTS, exampleSymptom, peer, row, span, UNKNOWN } from './row.js';

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
    id: 'tcp.unreachable',
    stage: 'tcp',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].includes(symptom.code),
    title: 'No way to that address',
    means: ({ symptom, facts }) => {
      const where = `${peer(facts)} cannot be reached (${symptom.code} after ${span(symptom.elapsedUs)})`;
      if (symptom.code === 'ENETUNREACH') return `${where}: this machine has no route to that network.`;
      // ARP gives up after three tries, one second apart.
      if (symptom.elapsedUs > 2_000_000) return `${where}: no machine with that address answers on the local network.`;
      return `${where}: a device said so at once, which routers do without a route and firewalls by rule.`;
    },
    next: (facts) => [
      {
        who: 'server-admin',
        action: 'Check that the address is the right one, and which way this machine takes to it.',
        windows: `route print & tracert -d ${facts.address ?? facts.host}`,
        linux: `ip route get ${facts.address ?? facts.host}; tracepath -n ${facts.address ?? facts.host}`,
      },
      {
        who: 'network-team',
        action: `Find the device that answers "unreachable" for ${facts.address ?? facts.host}, or why the host is off its network.`,
      },
    ],
    octopusSays: [
      'No route to host',
      'Network is unreachable',
      'A socket operation was attempted to an unreachable host',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['no route, or no machine at that address', 'a firewall that rejects with "prohibited"'],
      test: "The time and the code: ENETUNREACH is this machine's own routing; about 3 s is a machine that is off; within milliseconds is a device that refuses.",
    },
    example: { symptom: exampleSymptom('tcp', 'EHOSTUNREACH', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
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
