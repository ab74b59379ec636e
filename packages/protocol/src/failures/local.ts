import { STAGES } from '../trace.js';
import { shownText } from '../wire/http-answer.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, row, SURE } from './row.js';

/** Faults of the machine that runs this tool. They come before all stages, so that the network is not blamed for them. */
export const localRows = [
  row({
    id: 'local.exhausted',
    stage: 'local',
    shownAt: ['dns', 'tcp'],
    when: ({ symptom }) => ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].includes(symptom.code),
    title: 'No free sockets on this machine',
    means: ({ symptom }) =>
      `This system could not open another socket (${symptom.code}). Nothing was sent to the network.`,
    next: (_, { here }) => [
      {
        who: here.administrator,
        action: 'Find the process that holds the open connections, or raise its limit.',
        windows: 'netstat -a -n -o -p tcp',
        linux: 'ss -s; ulimit -n',
      },
    ],
    octopusSays: [
      'Too many open files',
      'An operation on a socket could not be performed because the system lacked sufficient buffer space',
    ],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('tcp', 'EMFILE', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'local.no-source-address',
    stage: 'local',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(symptom.code),
    title: 'No local address or port to connect from',
    means: ({ symptom, facts }) =>
      `This system has no address or port from which to connect to ${firstHop(facts)} (${symptom.code}). Nothing was sent.`,
    next: (_, { here }) => [
      {
        who: here.administrator,
        action: 'Check which addresses this machine has, and how many of its ports are in use.',
        windows: 'ipconfig & netstat -a -n -p tcp',
        linux: 'ip address; ss -s',
      },
    ],
    octopusSays: ['The requested address is not valid in its context', 'Cannot assign requested address'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'this machine has no address of that family (IPv6 is turned off)',
        'all local ports toward that peer are in use',
      ],
      test: 'Connect to an address of the other family, IPv4 or IPv6 (tentacle-ping: -4, -6). If that works, the family is missing here. If it does not, count the connections.',
    },
    example: { symptom: exampleSymptom('tcp', 'EADDRNOTAVAIL', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'local.blocked',
    stage: 'local',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['EACCES', 'EPERM'].includes(symptom.code),
    title: 'Connection blocked by this machine',
    means: ({ symptom, facts }) =>
      `This system refused to connect to ${firstHop(facts)} (${symptom.code}). Its own firewall or security software has a rule against it.`,
    next: (facts, { here }) => [
      {
        who: here.administrator,
        action: `Allow outgoing TCP to port ${facts.proxy?.port ?? facts.port} in this machine's own firewall or security software.`,
        windows: 'netsh advfirewall firewall show rule name=all dir=out',
        linux: 'sudo nft list ruleset; sudo iptables -S OUTPUT',
      },
    ],
    octopusSays: [
      'An attempt was made to access a socket in a way forbidden by its access permissions',
      'Permission denied',
    ],
    retry: true,
    certainty: SURE,
    example: { symptom: exampleSymptom('tcp', 'EPERM', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
];

/** Bugs of this tool, and nothing else. */
export const internalRows = [
  row({
    id: 'internal.bug',
    stage: 'internal',
    shownAt: [...STAGES],
    when: ({ symptom }) => symptom.code === 'OWN_BUG',
    title: 'Bug in this tool, not a network fault',
    means: ({ symptom }) =>
      `The tool failed at the ${symptom.shownAt} stage: ${shownText(symptom.bug ?? 'no text')}. This says nothing about the peer.`,
    next: () => [{ who: 'you', action: 'Run again with --json and report the document as a bug in this tool.' }],
    octopusSays: [],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tls', 'OWN_BUG', { bug: 'TypeError: x is not a function' }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
