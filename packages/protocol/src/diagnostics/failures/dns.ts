import type { ConnectionFacts } from '../../trace.js';
import type { Ends } from '../ends.js';
import {
  conclusiveUnless,
  defineFailure,
  type Diagnosis,
  EXAMPLE_FACTS,
  exampleSignature,
  UNKNOWN,
} from '../failure-definition.js';
import { sameCommand } from '../product-commands.js';
import { durationText, hostAndPort } from '../wording.js';
import { type Step } from '../step.js';

/** The facts before the lookup, without an address. */
const BEFORE_DNS: ConnectionFacts = {
  host: EXAMPLE_FACTS.host,
  port: EXAMPLE_FACTS.port,
  timeoutUs: EXAMPLE_FACTS.timeoutUs,
};

const tryAddress: Step = {
  who: 'you',
  action: 'Run the same command with the IP address instead of the name. If that works, only the name is at fault.',
};

function checkResolvers({ host }: ConnectionFacts, { here }: Ends): Step {
  return {
    who: here.administrator,
    action: 'Check which resolvers this machine uses. Query each one separately, for this name and for another.',
    windows: `ipconfig /all\nnslookup ${host}`,
    linux: `cat /etc/resolv.conf\ngetent ahosts ${host}`,
  };
}

const fixResolver: Step = {
  who: 'dns-owner',
  action: 'Fix the resolver, or configure this machine to use another one.',
};

/** glibc and Windows allow a resolver at least one second; the last tenth of that is left for inexact clocks. */
export const SHORTEST_RESOLVER_WAIT_US = 900_000;

/** A name that was not found, but only after as long as a resolver is waited for. */
export const NAME_OR_RESOLVER: Diagnosis = {
  kind: 'ambiguous',
  causes: [
    'no record has that name: it is misspelled, or its zone is served elsewhere',
    'no resolver responds, for which Windows returns the same code',
  ],
  howToTell:
    'Query each resolver separately (nslookup NAME RESOLVER). One that responds shows whether the name exists.',
};

/** What kind of address of this machine it is, as a clause. */
function describeOwnAddress({ address, thisMachine }: ConnectionFacts): string {
  if (thisMachine === 'own-address') return 'which is an address of this machine';
  return address === '0.0.0.0' || address === '::'
    ? 'which is the address of no host and leads to this machine'
    : 'which is a loopback address and leads to this machine';
}

/** What this machine did with the connection, as a clause. */
function describeLocalFailure(code: string): string {
  return code === 'ECONNREFUSED' ? 'nothing listens' : `the connection failed (${code})`;
}

export const dnsFailures = [
  defineFailure({
    id: 'dns.not-found',
    stage: 'dns',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: ({ signature }) => signature.code === 'ENOTFOUND',
    title: 'Host name not found',
    explanation: ({ facts }) =>
      `This machine's resolver answered that it knows no address for ${facts.host}. No packet was sent to the peer.`,
    remediation: (facts, { here }) => [
      {
        who: here.administrator,
        action: 'Check the spelling, the DNS suffix, and which resolver this machine uses.',
        windows: `nslookup ${facts.host}\nipconfig /all`,
        linux: `getent ahosts ${facts.host}\ncat /etc/resolv.conf`,
      },
      tryAddress,
      {
        who: 'dns-owner',
        action: `Add or correct the record for ${facts.host} in the zone that this machine's resolver serves.`,
      },
    ],
    octopusLogMessages: [
      'No such host is known',
      'Name or service not known',
      'nodename nor servname provided, or not known',
    ],
    octopusRetries: false,
    // Windows returns this code also where no resolver responds, and then only after its time limit.
    diagnosis: (_ends, { signature }) =>
      signature.elapsedUs < SHORTEST_RESOLVER_WAIT_US
        ? conclusiveUnless('this machine has no network at all, for which Windows returns the same code')
        : NAME_OR_RESOLVER,
    example: { signature: exampleSignature('dns', 'ENOTFOUND', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
  defineFailure({
    id: 'dns.servfail',
    stage: 'dns',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: ({ signature }) =>
      ['ESERVFAIL', 'EREFUSED'].includes(signature.code) ||
      (signature.code === 'EAI_AGAIN' && signature.elapsedUs < SHORTEST_RESOLVER_WAIT_US),
    title: 'Resolver failed immediately',
    explanation: ({ signature, facts }) =>
      `The lookup of ${facts.host} failed after ${durationText(signature.elapsedUs)}, too soon for a resolver that does not respond. The resolver failed, so nothing is known about the name. Its record may be correct.`,
    remediation: (facts, ends) => [checkResolvers(facts, ends), tryAddress, fixResolver],
    octopusLogMessages: ['Resource temporarily unavailable', 'Try again'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        "the resolver returned a failure of its own (SERVFAIL): the zone's servers or DNSSEC validation failed",
        'the resolver refuses queries from this machine (REFUSED)',
        'no resolver runs at the configured address, or no route leads to it',
      ],
      howToTell:
        'Query each resolver separately (nslookup NAME RESOLVER; tentacle-ping diagnose does this). The code of its response shows the cause.',
    },
    example: {
      signature: exampleSignature('dns', 'EAI_AGAIN', { syscall: 'getaddrinfo', elapsedUs: 12_000 }),
      facts: BEFORE_DNS,
    },
  }),
  defineFailure({
    id: 'dns.timeout',
    stage: 'dns',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: ({ signature }) => ['EAI_AGAIN', 'DNS_TIMEOUT', 'ETIMEOUT'].includes(signature.code),
    title: 'Name lookup timed out',
    explanation: ({ signature, facts }) =>
      `The lookup of ${facts.host} returned no result within ${durationText(signature.elapsedUs)}, ${signature.code === 'DNS_TIMEOUT' ? 'the entire time allowed' : 'after which this machine stopped trying'}. Nothing is known about the name, and no packet was sent to the peer.`,
    remediation: (facts, ends) => [
      checkResolvers(facts, ends),
      tryAddress,
      {
        who: 'network-team',
        action: 'Allow UDP and TCP port 53 from this machine to its resolvers, and the responses back.',
      },
      fixResolver,
    ],
    octopusLogMessages: ['Resource temporarily unavailable', 'No such host is known', 'Try again'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the resolver does not respond: it is down, its address is wrong, or a firewall drops port 53',
        'the resolver responds too late, or with a failure after waiting for other servers itself',
      ],
      howToTell:
        'Query each resolver separately (nslookup NAME RESOLVER; tentacle-ping diagnose does this). The one that does not respond is at fault.',
    },
    example: {
      signature: exampleSignature('dns', 'EAI_AGAIN', { syscall: 'getaddrinfo', elapsedUs: 4_010_000 }),
      facts: BEFORE_DNS,
    },
  }),
  defineFailure({
    id: 'dns.failed',
    stage: 'dns',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: ({ signature }) => signature.code === 'EAI_FAIL',
    title: 'Resolver cannot process the query',
    explanation: ({ signature, facts }) =>
      `The resolver returned a permanent error for ${facts.host} (${signature.code}); a retry does not help. The resolver is at fault, or what answers in its place; nothing is known about the record.`,
    remediation: (facts, ends) => [checkResolvers(facts, ends), tryAddress, fixResolver],
    octopusLogMessages: [
      'Non-recoverable failure in name resolution',
      'A non-recoverable error occurred during a database lookup',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the resolver returned FORMERR, NOTIMP or another permanent error',
        'a filter, or a service that is not a resolver, answers on port 53',
      ],
      howToTell:
        'Query the resolver for a name that certainly exists (nslookup octopus.com RESOLVER). If that works, only this zone is at fault.',
    },
    example: { signature: exampleSignature('dns', 'EAI_FAIL', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
  defineFailure({
    id: 'dns.local-address',
    stage: 'dns',
    shownAt: ['tcp'],
    matches: ({ signature, facts }) =>
      signature.shownAt === 'tcp' && (facts.thisMachine === 'loopback' || facts.thisMachine === 'own-address'),
    title: 'The name leads to this machine',
    explanation: ({ signature, facts }) =>
      `${facts.host} resolves to ${facts.address ?? 'an address'}, ${describeOwnAddress(facts)}. So this machine itself was tried, and ${describeLocalFailure(signature.code)} on port ${facts.port}. No packet left it: nothing is known about the peer.`,
    remediation: (facts, ends) => [
      {
        who: ends.here.administrator,
        action: `Look for ${facts.host} in the hosts file of this machine, and correct or remove the entry.`,
        windows: `Select-String -Path "$env:SystemRoot\\System32\\drivers\\etc\\hosts" -SimpleMatch '${facts.host}'`,
        linux: `grep -n -F '${facts.host}' /etc/hosts`,
      },
      {
        who: 'you',
        action: 'Query the resolvers directly, without the hosts file. The step "name" shows what each one returns.',
        ...sameCommand(`tentacle-ping diagnose ${hostAndPort(facts)}`),
      },
      {
        who: 'dns-owner',
        action: `If a resolver returns ${facts.address ?? 'this address'}, correct the record of ${facts.host}, or exempt the name from the DNS filter.`,
      },
      tryAddress,
    ],
    octopusLogMessages: [
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
    ],
    octopusRetries: true,
    diagnosis: (ends, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        'the hosts file of this machine has an entry for the name',
        ...(facts.thisMachine === 'loopback'
          ? ['a DNS filter blocks the name: it returns such an address in place of the real one']
          : []),
        'the record in DNS is wrong',
        ...(facts.thisMachine === 'own-address'
          ? [`the name is right: ${ends.there.name} should run on this machine, and does not accept connections here`]
          : []),
      ],
      howToTell:
        'Compare the hosts file with the response of each resolver (tentacle-ping diagnose does this). If the resolvers return another address, the hosts file is at fault; otherwise the resolver or the record.',
    }),
    example: {
      signature: exampleSignature('tcp', 'ECONNREFUSED', { syscall: 'connect', elapsedUs: 1_000 }),
      facts: { ...BEFORE_DNS, addresses: ['0.0.0.0'], address: '0.0.0.0', thisMachine: 'loopback' },
    },
  }),
  defineFailure({
    id: 'dns.partial',
    stage: 'dns',
    shownAt: ['tcp'],
    matches: ({ signature }) => signature.code === 'SOME_ADDRESSES_FAIL',
    title: 'Some addresses of the name do not respond',
    explanation: ({ facts: { host, addresses = [], deadAddresses = [] } }) =>
      `${host} has the addresses ${addresses.join(', ')}. Of these, ${deadAddresses.join(', ')} did not answer. ${deadAddresses.includes(addresses[0] ?? '') ? 'It comes first here' : 'Resolvers change the order, so it may come first next time'}: then Octopus on Linux waits all of its 60 s for it and never tries the next one. Octopus on Windows goes on after about 21 s. A browser goes on within a second, which hides the fault.`,
    remediation: (facts) => [
      {
        who: 'dns-owner',
        action: `Remove ${facts.deadAddresses?.join(', ') ?? 'these addresses'} from the name, or correct the records.`,
      },
      {
        who: 'network-team',
        action: `Alternatively, make ${facts.deadAddresses?.join(', ') ?? 'them'} reachable on TCP ${facts.port}.`,
      },
      {
        who: 'you',
        action: 'Test each address again afterwards.',
        ...sameCommand(`tentacle-ping ${hostAndPort(facts)} --all-addresses`),
      },
    ],
    octopusLogMessages: ['The client was unable to establish the initial connection within the timeout 00:01:00.'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('these addresses were unreachable only at the time of the test'),
    example: {
      signature: exampleSignature('tcp', 'SOME_ADDRESSES_FAIL'),
      facts: { ...BEFORE_DNS, addresses: ['192.0.2.20', '192.0.2.10'], deadAddresses: ['192.0.2.20'] },
    },
  }),
  defineFailure({
    id: 'dns.other',
    stage: 'dns',
    shownAt: ['dns'],
    matches: ({ signature }) => signature.shownAt === 'dns',
    title: 'Name lookup failed',
    explanation: ({ signature, facts }) =>
      `The lookup of ${facts.host} ended with ${signature.code}. This tool does not know the cause.`,
    remediation: () => [tryAddress],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('dns', 'EAI_SYSTEM', { syscall: 'getaddrinfo' }), facts: BEFORE_DNS },
  }),
];
