import { STAGES } from '../trace.js';
import { shownText } from '../wire/http-answer.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, row, SURE } from './row.js';

/** Faults of the machine that pings. They are looked at before the stages: the network is innocent of them. */
export const localRows = [
  row({
    id: 'local.exhausted',
    stage: 'local',
    shownAt: ['dns', 'tcp'],
    when: ({ symptom }) => ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].includes(symptom.code),
    title: 'This machine has no sockets left',
    means: ({ symptom }) =>
      `This system gave no further socket (${symptom.code}). Nothing was sent; the network was not asked.`,
    next: () => [
      {
        who: 'server-admin',
        action: 'Find the process that holds so many connections, or raise its limit.',
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
    title: 'This machine has no address or port to connect from',
    means: ({ symptom, facts }) =>
      `This system has nothing to connect to ${firstHop(facts)} from (${symptom.code}). Nothing was sent.`,
    next: () => [
      {
        who: 'server-admin',
        action: 'Look which addresses this machine has, and how many of its ports are in use.',
        windows: 'ipconfig & netstat -a -n -p tcp',
        linux: 'ip address; ss -s',
      },
    ],
    octopusSays: ['The requested address is not valid in its context', 'Cannot assign requested address'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['no address of that family (IPv6 switched off)', 'all local ports towards that peer are in use'],
      test: 'Try -4 and -6: if one of them works, it is the family; if neither does, count the connections.',
    },
    example: { symptom: exampleSymptom('tcp', 'EADDRNOTAVAIL', { syscall: 'connect' }), facts: EXAMPLE_FACTS },
  }),
  row({
    id: 'local.blocked',
    stage: 'local',
    shownAt: ['tcp'],
    when: ({ symptom }) => ['EACCES', 'EPERM'].includes(symptom.code),
    title: 'This machine itself forbids the connection',
    means: ({ symptom, facts }) =>
      `This system refused to connect to ${firstHop(facts)} (${symptom.code}): a rule of its own firewall or security software.`,
    next: (facts) => [
      {
        who: 'server-admin',
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

/** Our own bugs, and nothing else. */
export const internalRows = [
  row({
    id: 'internal.bug',
    stage: 'internal',
    shownAt: [...STAGES],
    when: ({ symptom }) => symptom.code === 'OWN_BUG',
    title: 'A fault of this tool, not of the network',
    means: ({ symptom }) =>
      `The tool failed at the ${symptom.shownAt} stage: ${shownText(symptom.bug ?? 'no text')}. It says nothing about the peer.`,
    next: () => [{ who: 'you', action: 'Run again with --json and report the document as a bug of the tool.' }],
    octopusSays: [],
    retry: false,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tls', 'OWN_BUG', { bug: 'TypeError: x is not a function' }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
