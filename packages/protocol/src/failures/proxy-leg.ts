import { isLeg, proxyExample, rightProxy, TheProxy, theProxy } from './proxy-sight.js';
import { row, SURE, span } from './row.js';

/** The proxy itself is not reached: the same failures as of a peer, which is not at fault here. */
export const proxyLegRows = [
  row({
    id: 'proxy.not-found',
    stage: 'proxy',
    shownAt: ['dns'],
    when: (sighting) => isLeg(sighting) && sighting.symptom.code === 'ENOTFOUND',
    title: 'Host name of the proxy not found',
    means: ({ facts }) =>
      `This machine's resolver knows no address for ${theProxy(facts)}. ${facts.host} was not looked up: that is up to the proxy.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      {
        who: 'dns-owner',
        action: `Add or correct the record for ${facts.proxy?.host ?? 'the proxy'}.`,
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
    title: 'Resolver failed to look up the proxy',
    means: ({ symptom, facts }, { there }) =>
      `The lookup of ${theProxy(facts)} failed after ${span(symptom.elapsedUs)} (${symptom.code}). The resolver is at fault, not the record, the proxy or ${there.name}.`,
    next: (facts, { here }) => [
      {
        who: here.administrator,
        action:
          'Check which resolver this machine uses and whether it responds. Alternatively, configure the proxy by its address.',
        windows: `ipconfig /all & nslookup ${facts.proxy?.host ?? ''}`,
        linux: `cat /etc/resolv.conf; getent ahosts ${facts.proxy?.host ?? ''}`,
      },
      { who: 'dns-owner', action: 'Fix the resolver, or configure this machine to use another one.' },
    ],
    octopusSays: ['Connection to proxy host', 'Resource temporarily unavailable', 'Try again'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['the resolver returned a failure (SERVFAIL or REFUSED)', 'the resolver did not respond'],
      test: "Check the time: a failure is returned within milliseconds, no response takes the resolver's full timeout (seconds).",
    },
    example: proxyExample('dns', 'EAI_AGAIN', {}, { syscall: 'getaddrinfo' }),
  }),
  row({
    id: 'proxy.refused',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) => isLeg(sighting) && sighting.symptom.code === 'ECONNREFUSED',
    title: 'Proxy refuses connections',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} refused the connection after ${span(symptom.elapsedUs)}: nothing is listening on that port. ${facts.host}:${facts.port} was not contacted.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      {
        who: 'network-team',
        action: `Check whether the proxy runs and listens on port ${facts.proxy?.port ?? ''}, and whether a firewall rejects this machine.`,
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
      test: 'On the proxy itself, connect to the port. If that works but is refused from here, a firewall rejects it.',
    },
    example: proxyExample('tcp', 'ECONNREFUSED', {}, { syscall: 'connect' }),
  }),
  row({
    id: 'proxy.timeout',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) => isLeg(sighting) && ['CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(sighting.symptom.code),
    title: 'Connection attempt to the proxy timed out',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} did not answer within ${span(symptom.elapsedUs)}, neither accepting nor refusing. Packets between this machine and the proxy are being dropped. ${facts.host}:${facts.port} was not contacted.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      {
        who: 'network-team',
        action: `Allow TCP ${facts.proxy?.port ?? ''} from this machine to ${facts.address ?? 'the proxy'}, and the responses back. Check that the proxy is up.`,
      },
    ],
    octopusSays: ['The client was unable to establish the initial connection within the timeout 00:01:00.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a firewall drops the packets, in either direction', 'no machine has that address, or it is hung'],
      test: 'Capture packets at the proxy during an attempt. No SYN arrives: dropped before the proxy. A SYN without a response: the proxy.',
    },
    example: proxyExample('tcp', 'CONNECT_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  row({
    id: 'proxy.unreachable',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: (sighting) =>
      isLeg(sighting) && ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].includes(sighting.symptom.code),
    title: 'Proxy is unreachable',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} cannot be reached (${symptom.code} after ${span(symptom.elapsedUs)}). ${facts.host}:${facts.port} was not contacted.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      {
        who: ends.here.administrator,
        action: "Check this machine's route to the proxy.",
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
      test: "Check the code and the time. ENETUNREACH: this machine's own routing. About 3 s: a machine that is off. Within milliseconds: a device that rejects.",
    },
    example: proxyExample('tcp', 'EHOSTUNREACH', {}, { syscall: 'connect' }),
  }),
  row({
    id: 'proxy.connect-failed',
    stage: 'proxy',
    shownAt: ['tcp'],
    when: isLeg,
    title: 'Connection to the proxy failed',
    means: ({ symptom, facts }) =>
      `Connecting to ${theProxy(facts)} ended with ${symptom.code} after ${span(symptom.elapsedUs)}. ${facts.host}:${facts.port} was not contacted.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      {
        who: 'network-team',
        action:
          'Check for a device that accepts for the proxy and then cuts, and whether the proxy limits which clients may connect.',
      },
    ],
    octopusSays: ['Connection to proxy host'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a device in the path cut the new connection', 'the proxy closed it immediately'],
      test: "Check the proxy's own log. If the connection is not in it, it was cut before the proxy.",
    },
    example: proxyExample('tcp', 'ECONNRESET', {}, { syscall: 'connect' }),
  }),
];
