import type { ConnectionFacts } from '../trace.js';
import { EXAMPLE_FACTS, exampleSymptom, row, type Step, SURE, span, UNKNOWN } from './row.js';

/** Before the look-up there is no address. */
const BEFORE_DNS: ConnectionFacts = {
  host: EXAMPLE_FACTS.host,
  port: EXAMPLE_FACTS.port,
  timeoutUs: EXAMPLE_FACTS.timeoutUs,
};

const tryTheAddress: Step = {
  who: 'you',
  action: 'Run the same again with the IP address in place of the name. If that works, only the name is at fault.',
};

function lookAtResolver({ host }: ConnectionFacts): Step {
  return {
    who: 'server-admin',
    action: 'Look which resolvers this machine asks, and ask each of them alone for this name and for another.',
    windows: `ipconfig /all & nslookup ${host}`,
    linux: `cat /etc/resolv.conf; getent ahosts ${host}`,
  };
}

const mendTheResolver: Step = {
  who: 'dns-owner',
  action: 'Mend the resolver, or tell this machine to ask another one.',
};

/** glibc and Windows give a resolver at least one second; a tenth of that is left for clocks that are not exact. */
const SHORTEST_RESOLVER_WAIT_US = 900_000;

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
    id: 'dns.servfail',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) =>
      ['ESERVFAIL', 'EREFUSED'].includes(symptom.code) ||
      (symptom.code === 'EAI_AGAIN' && symptom.elapsedUs < SHORTEST_RESOLVER_WAIT_US),
    title: 'The resolver failed at once, so nothing is known about the name',
    means: ({ symptom, facts }) =>
      `The look-up of ${facts.host} failed after ${span(symptom.elapsedUs)}: too soon for a resolver that does not answer. The resolver failed, not the name; its record may be right.`,
    next: (facts) => [lookAtResolver(facts), tryTheAddress, mendTheResolver],
    octopusSays: ['Resource temporarily unavailable', 'Try again'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the resolver answered with a failure of its own (SERVFAIL): the servers of the zone fail, or DNSSEC does',
        'the resolver refuses this machine (REFUSED)',
        'no resolver runs at the configured address, or there is no way to it',
      ],
      test: "Ask each resolver alone (nslookup NAME RESOLVER; tentacle-ping diagnose does): its answer's code says which.",
    },
    example: {
      symptom: exampleSymptom('dns', 'EAI_AGAIN', { syscall: 'getaddrinfo', elapsedUs: 12_000 }),
      facts: BEFORE_DNS,
    },
  }),
  row({
    id: 'dns.timeout',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) => ['EAI_AGAIN', 'DNS_TIMEOUT', 'ETIMEOUT'].includes(symptom.code),
    title: 'No answer about the name in time',
    means: ({ symptom, facts }) =>
      `Looking up ${facts.host} came to nothing in ${span(symptom.elapsedUs)}${symptom.code === 'DNS_TIMEOUT' ? ', all the time there was' : ', when this system gave up'}. Nothing is known about the name, and no packet was sent to the peer.`,
    next: (facts) => [
      lookAtResolver(facts),
      tryTheAddress,
      {
        who: 'network-team',
        action: 'Allow UDP and TCP port 53 from this machine to its resolvers, and the answers back.',
      },
      mendTheResolver,
    ],
    octopusSays: ['Resource temporarily unavailable', 'No such host is known', 'Try again'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the resolver does not answer: it is down, its address is wrong, or a firewall drops port 53',
        'the resolver answers too late, or with a failure after waiting for others itself',
      ],
      test: 'Ask each resolver alone (nslookup NAME RESOLVER; tentacle-ping diagnose does): the one that is silent is the fault.',
    },
    example: {
      symptom: exampleSymptom('dns', 'EAI_AGAIN', { syscall: 'getaddrinfo', elapsedUs: 4_010_000 }),
      facts: BEFORE_DNS,
    },
  }),
  row({
    id: 'dns.failed',
    stage: 'dns',
    shownAt: ['dns'],
    when: ({ symptom }) => symptom.code === 'EAI_FAIL',
    title: 'The resolver cannot handle the question',
    means: ({ symptom, facts }) =>
      `The resolver answered the question for ${facts.host} with an error that asking again does not mend (${symptom.code}): it did not understand the question, or does not do such a thing. That is the resolver, not the record.`,
    next: (facts) => [lookAtResolver(facts), tryTheAddress, mendTheResolver],
    octopusSays: [
      'Non-recoverable failure in name resolution',
      'A non-recoverable error occurred during a database lookup',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the resolver answered FORMERR, NOTIMP or another code that says no for good',
        'something that is not a resolver, or a filter, answers on port 53',
      ],
      test: 'Ask the resolver for a name that surely exists (nslookup octopus.com RESOLVER): if that works, only this zone is at fault.',
    },
    example: { symptom: exampleSymptom('dns', 'EAI_FAIL', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
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
    example: { symptom: exampleSymptom('dns', 'EAI_SYSTEM', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
];
