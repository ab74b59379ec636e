import type { Facts } from '../trail.js';
import { EXAMPLE_FACTS, exampleSymptom, row, type Step, SURE, span, UNKNOWN } from './row.js';

/** Before the look-up there is no address. */
const BEFORE_DNS: Facts = { host: EXAMPLE_FACTS.host, port: EXAMPLE_FACTS.port, timeoutUs: EXAMPLE_FACTS.timeoutUs };

const tryTheAddress: Step = {
  who: 'you',
  action: 'Run the same ping with the IP address in place of the name. If that works, only the name is at fault.',
};

export const dnsRows = [
  row({
    id: 'dns.not-found',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) => symptom.code === 'ENOTFOUND',
    title: 'The name does not exist',
    means: ({ facts }) =>
      `The resolver of this machine answered that it knows no address for ${facts.host}. No packet was sent to the peer.`,
    next: (facts) => [
      {
        who: 'server-admin',
        action: 'Check the spelling, the DNS suffix, and which resolver this machine asks.',
        windows: `nslookup ${facts.host} & ipconfig /all`,
        linux: `getent ahosts ${facts.host}; cat /etc/resolv.conf`,
      },
      tryTheAddress,
      {
        who: 'dns-owner',
        action: `Add or correct the record of ${facts.host} in the zone that this machine's resolver serves.`,
      },
    ],
    octopusSays: ['No such host is known', 'Name or service not known', 'nodename nor servname provided, or not known'],
    retry: false,
    certainty: SURE,
    example: { symptom: exampleSymptom('dns', 'ENOTFOUND', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
  row({
    id: 'dns.failed',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) => ['EAI_AGAIN', 'DNS_TIMEOUT', 'ESERVFAIL', 'EREFUSED', 'ETIMEOUT'].includes(symptom.code),
    title: 'The resolver failed, so nothing is known about the name',
    means: ({ symptom, facts }) =>
      `The look-up of ${facts.host} failed after ${span(symptom.elapsedUs)}. That is the resolver, not the record.`,
    next: (facts) => [
      {
        who: 'server-admin',
        action: 'Look which resolver this machine asks and whether it answers for other names.',
        windows: `ipconfig /all & nslookup ${facts.host}`,
        linux: `cat /etc/resolv.conf; getent ahosts ${facts.host}`,
      },
      tryTheAddress,
      { who: 'dns-owner', action: 'Mend the resolver, or tell this machine to ask another one.' },
    ],
    octopusSays: ['Resource temporarily unavailable', 'Try again'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['the resolver answered with a failure (SERVFAIL or REFUSED)', 'the resolver did not answer at all'],
      test: "The time: a failure comes within milliseconds, silence takes the resolver's whole time-out (seconds).",
    },
    example: { symptom: exampleSymptom('dns', 'EAI_AGAIN', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
  row({
    id: 'dns.partial',
    stage: 'dns',
    shownAt: ['tcp'],
    when: ({ symptom }) => symptom.code === 'SOME_ADDRESSES_FAIL',
    title: 'Some addresses of the name do not answer',
    means: ({ facts }) =>
      `${facts.host} has the addresses ${facts.addresses?.join(', ') ?? ''}, and of these ${facts.deadAddresses?.join(', ') ?? ''} accept no connection. Octopus tries them in the system's order, each with its whole time-out of 60 s; a browser goes on to the next within a second and hides this.`,
    next: (facts) => [
      {
        who: 'dns-owner',
        action: `Remove ${facts.deadAddresses?.join(', ') ?? 'the dead addresses'} from the name, or correct them.`,
      },
      {
        who: 'network-team',
        action: `Or make ${facts.deadAddresses?.join(', ') ?? 'them'} reachable on TCP ${facts.port}.`,
      },
    ],
    octopusSays: ['The client was unable to establish the initial connection within the timeout 00:01:00.'],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('tcp', 'SOME_ADDRESSES_FAIL'),
      facts: { ...BEFORE_DNS, addresses: ['2001:db8::10', '192.0.2.10'], deadAddresses: ['2001:db8::10'] },
    },
  }),
  row({
    id: 'dns.other',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) => symptom.shownAt === 'dns',
    title: 'The name could not be looked up',
    means: ({ symptom, facts }) =>
      `Looking up ${facts.host} ended with ${symptom.code}. Its cause is unknown to this tool.`,
    next: () => [tryTheAddress],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: { symptom: exampleSymptom('dns', 'EAI_FAIL', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
];
