import { isLeg, proxyExample, rightProxy, TheProxy, theProxy } from './proxy-sight.js';
import { row, SURE, span } from './row.js';

/** The proxy itself is not reached: the same failures as of a peer, which is innocent here. */
export const proxyLegRows = [
  row({
    id: 'proxy.not-found',
    stage: 'proxy',
    shownAt: ['dns'],
    when: (sighting) => isLeg(sighting) && sighting.symptom.code === 'ENOTFOUND',
    title: 'The name of the proxy does not exist',
    means: ({ facts }) =>
      `The resolver of this machine knows no address for ${theProxy(facts)}. Nothing was asked about ${facts.host}: that name is the proxy's to look up.`,
    next: (facts) => [
      rightProxy(facts),
      {
        who: 'dns-owner',
        action: `Add or correct the record of ${facts.proxy?.host ?? 'the proxy'}.`,
        windows: `nslookup ${facts.proxy?.host ?? ''} & ipconfig /all`,
        linux: `getent ahosts ${facts.proxy?.host ?? ''}; cat /etc/resolv.conf`,
      },
    ],
    octopusSays: ['Connection to proxy host', 'No such host is known', 'Name or service not known'],
    retry: true,
    certainty: SURE,
    example: proxyExample('dns', 'ENOTFOUND', {}, { syscall: 'getaddrinfo' }),
  }),
  row({
    id: 'proxy.dns-failed',
    stage: 'proxy',
    shownAt: ['dns'],
    when: isLeg,
    title: 'The resolver failed, so the proxy could not be looked for',
    means: ({ symptom, facts }) =>
      `The look-up of ${theProxy(facts)} failed after ${span(symptom.elapsedUs)} (${symptom.code}). That is the resolver, not the record, and neither the proxy nor the Tentacle.`,
    next: (facts) => [
      {
        who: 'server-admin',
        action: 'Look which resolver this machine asks and whether it answers; or name the proxy by its address.',
        windows: `ipconfig /all & nslookup ${facts.proxy?.host ?? ''}`,
        linux: `cat /etc/resolv.conf; getent ahosts ${facts.proxy?.host ?? ''}`,
      },
      { who: 'dns-owner', action: 'Mend the resolver, or tell this machine to ask another one.' },
    ],
    octopusSays: ['Connection to proxy host', 'Resource temporarily unavailable', 'Try again'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['the resolver answered with a failure (SERVFAIL or REFUSED)', 'the resolver did not answer at all'],
      test: "The time: a failure comes within milliseconds, silence takes the resolver's whole time-out (seconds).",
    },
    example: proxyExample('dns', 'EAI_AGAIN', {}, { syscall: 'getaddrinfo' }),
  }),
  row({
    id: 'proxy.refused',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) => isLeg(sighting) && sighting.symptom.code === 'ECONNREFUSED',
    title: 'The proxy refuses connections',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} refused after ${span(symptom.elapsedUs)}: nothing accepts on that port. Nobody was asked about ${facts.host}:${facts.port} yet.`,
    next: (facts) => [
      rightProxy(facts),
      {
        who: 'network-team',
        action: `Look whether the proxy runs and listens on port ${facts.proxy?.port ?? ''}, and whether a firewall rejects this machine.`,
      },
    ],
    octopusSays: [
      'Connection to proxy host',
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['the proxy is stopped, or listens on another port', 'a firewall rejects connections to the proxy'],
      test: 'Connect to the port on the proxy itself: works there and is refused from here means a firewall.',
    },
    example: proxyExample('tcp', 'ECONNREFUSED', {}, { syscall: 'connect' }),
  }),
  row({
    id: 'proxy.timeout',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) => isLeg(sighting) && ['CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(sighting.symptom.code),
    title: 'No answer from the proxy to the connection attempt',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} did not answer within ${span(symptom.elapsedUs)}: neither yes nor no. Something drops the packets between this machine and the proxy; ${facts.host}:${facts.port} was not asked.`,
    next: (facts) => [
      rightProxy(facts),
      {
        who: 'network-team',
        action: `Allow TCP ${facts.proxy?.port ?? ''} from this machine to ${facts.address ?? 'the proxy'}, and the answers back; see that the proxy is up.`,
      },
    ],
    octopusSays: ['The client was unable to establish the initial connection within the timeout 00:01:00.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a firewall drops the packets, in either direction', 'no machine has that address, or it is hung'],
      test: 'Capture at the proxy while pinging: no SYN arrives means dropped before it; a SYN without an answer means the proxy.',
    },
    example: proxyExample('tcp', 'CONNECT_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  row({
    id: 'proxy.unreachable',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) =>
      isLeg(sighting) && ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].includes(sighting.symptom.code),
    title: 'No way to the proxy',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} cannot be reached (${symptom.code} after ${span(symptom.elapsedUs)}). ${facts.host}:${facts.port} was not asked.`,
    next: (facts) => [
      rightProxy(facts),
      {
        who: 'server-admin',
        action: 'Look which way this machine takes to the proxy.',
        windows: `route print & tracert -d ${facts.address ?? ''}`,
        linux: `ip route get ${facts.address ?? ''}; tracepath -n ${facts.address ?? ''}`,
      },
    ],
    octopusSays: [
      'Connection to proxy host',
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
    example: proxyExample('tcp', 'EHOSTUNREACH', {}, { syscall: 'connect' }),
  }),
  row({
    id: 'proxy.connect-failed',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: isLeg,
    title: 'The connection to the proxy could not be made',
    means: ({ symptom, facts }) =>
      `Connecting to ${theProxy(facts)} ended with ${symptom.code} after ${span(symptom.elapsedUs)}. ${facts.host}:${facts.port} was not asked.`,
    next: (facts) => [
      rightProxy(facts),
      {
        who: 'network-team',
        action: 'Look for a device that accepts for the proxy and cuts, and whether the proxy limits who may connect.',
      },
    ],
    octopusSays: ['Connection to proxy host'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a device on the way cut the new connection', 'the proxy closed it at once'],
      test: "The proxy's own log: no trace of the connection means that it was cut before it.",
    },
    example: proxyExample('tcp', 'ECONNRESET', {}, { syscall: 'connect' }),
  }),
];
