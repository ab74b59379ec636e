import { isProxyLeg, proxyExample, checkProxyAddress, ProxyName, proxyName } from './shared.js';
import { conclusiveUnless, defineFailure } from '../../failure-definition.js';
import { NAME_OR_RESOLVER, SHORTEST_RESOLVER_WAIT_US } from '../dns.js';
import { durationText } from '../../wording.js';

/** The proxy itself is not reached: the same failures as of a peer, which is not at fault here. */
export const proxyConnectFailures = [
  defineFailure({
    id: 'proxy.not-found',
    stage: 'proxy',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: (observation) => isProxyLeg(observation) && observation.signature.code === 'ENOTFOUND',
    title: 'Host name of the proxy not found',
    explanation: ({ facts }) =>
      `This machine's resolver knows no address for ${proxyName(facts)}. ${facts.host} was not looked up, because the proxy does that.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      {
        who: 'dns-owner',
        action: `Add or correct the record for ${facts.proxy?.host ?? 'the proxy'}.`,
        windows: `nslookup ${facts.proxy?.host ?? ''}\nipconfig /all`,
        linux: `getent ahosts ${facts.proxy?.host ?? ''}\ncat /etc/resolv.conf`,
      },
    ],
    octopusLogMessages: ['Connection to proxy host', 'No such host is known', 'Name or service not known'],
    octopusRetries: true,
    // Windows returns this code also where no resolver responds, and then only after its time limit.
    diagnosis: (_ends, { signature }) =>
      signature.elapsedUs < SHORTEST_RESOLVER_WAIT_US
        ? conclusiveUnless('this machine has no network at all, for which Windows returns the same code')
        : NAME_OR_RESOLVER,
    example: proxyExample('dns', 'ENOTFOUND', {}, { syscall: 'getaddrinfo' }),
  }),
  defineFailure({
    id: 'proxy.dns-failed',
    stage: 'proxy',
    wholeAddress: 'name',
    shownAt: ['dns'],
    matches: isProxyLeg,
    title: 'Resolver failed to look up the proxy',
    explanation: ({ signature, facts }, { there }) =>
      `The lookup of ${proxyName(facts)} failed after ${durationText(signature.elapsedUs)} (${signature.code}). The resolver is at fault, not the record, the proxy or ${there.name}.`,
    remediation: (facts, { here }) => [
      {
        who: here.administrator,
        action:
          'Check which resolver this machine uses and whether it responds. Alternatively, configure the proxy by its address.',
        windows: `ipconfig /all\nnslookup ${facts.proxy?.host ?? ''}`,
        linux: `cat /etc/resolv.conf\ngetent ahosts ${facts.proxy?.host ?? ''}`,
      },
      { who: 'dns-owner', action: 'Fix the resolver, or configure this machine to use another one.' },
    ],
    octopusLogMessages: ['Connection to proxy host', 'Resource temporarily unavailable', 'Try again'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['the resolver returned a failure (SERVFAIL or REFUSED)', 'the resolver did not respond'],
      howToTell:
        "Check the time. A failure is returned within milliseconds; a missing response takes the resolver's full timeout (seconds).",
    },
    example: proxyExample('dns', 'EAI_AGAIN', {}, { syscall: 'getaddrinfo' }),
  }),
  defineFailure({
    id: 'proxy.refused',
    stage: 'proxy',
    wholeAddress: 'refused',
    shownAt: ['tcp'],
    matches: (observation) => isProxyLeg(observation) && observation.signature.code === 'ECONNREFUSED',
    title: 'Proxy refuses connections',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} refused the connection after ${durationText(signature.elapsedUs)}. ${facts.host}:${facts.port} was not contacted.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      {
        who: 'network-team',
        action: `Check whether the proxy runs and listens on port ${facts.proxy?.port ?? ''}, and whether a firewall rejects this machine.`,
      },
    ],
    octopusLogMessages: [
      'Connection to proxy host',
      'No connection could be made because the target machine actively refused it',
      'Connection refused',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['the proxy is stopped, or listens on another port', 'a firewall rejects connections to the proxy'],
      howToTell:
        'On the proxy itself, connect to the port. If that works but is refused from here, a firewall rejects it.',
    },
    example: proxyExample('tcp', 'ECONNREFUSED', {}, { syscall: 'connect' }),
  }),
  defineFailure({
    id: 'proxy.timeout',
    stage: 'proxy',
    wholeAddress: 'dropped',
    shownAt: ['tcp'],
    matches: (observation) =>
      isProxyLeg(observation) && ['CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(observation.signature.code),
    title: 'Connection attempt to the proxy timed out',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} did not answer within ${durationText(signature.elapsedUs)}, neither accepting nor refusing. Packets to the proxy, or from it, are lost. ${facts.host}:${facts.port} was not contacted.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      {
        who: 'network-team',
        action: `Allow TCP ${facts.proxy?.port ?? ''} from this machine to ${facts.address ?? 'the proxy'}, and the responses back. Check that the proxy is up.`,
      },
    ],
    octopusLogMessages: ['The client was unable to establish the initial connection within the timeout 00:01:00.'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['a firewall drops the packets, in either direction', 'no machine has that address, or it is hung'],
      howToTell:
        'Capture packets at the proxy during an attempt. If no SYN arrives, it is dropped before the proxy. If a SYN gets no response, the proxy is at fault.',
    },
    example: proxyExample('tcp', 'CONNECT_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  defineFailure({
    id: 'proxy.unreachable',
    stage: 'proxy',
    wholeAddress: 'unreachable',
    shownAt: ['tcp'],
    matches: (observation) =>
      isProxyLeg(observation) &&
      ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'].includes(observation.signature.code),
    title: 'Proxy is unreachable',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} cannot be reached (${signature.code} after ${durationText(signature.elapsedUs)}). ${facts.host}:${facts.port} was not contacted.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      {
        who: ends.here.administrator,
        action: "Check this machine's route to the proxy.",
        windows: `route print\ntracert -d ${facts.address ?? ''}`,
        linux: `ip route get ${facts.address ?? ''}\ntracepath -n ${facts.address ?? ''}`,
      },
    ],
    octopusLogMessages: [
      'Connection to proxy host',
      'No route to host',
      'Network is unreachable',
      'A socket operation was attempted to an unreachable host',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['no route leads there, or no machine has that address', 'a firewall rejects with "prohibited"'],
      howToTell:
        "Check the code and the time. ENETUNREACH means this machine's own routing. About 3 s mean a machine that is off. Milliseconds mean a device that rejects.",
    },
    example: proxyExample('tcp', 'EHOSTUNREACH', {}, { syscall: 'connect' }),
  }),
  defineFailure({
    id: 'proxy.connect-failed',
    stage: 'proxy',
    shownAt: ['tcp'],
    matches: isProxyLeg,
    title: 'Connection to the proxy failed',
    explanation: ({ signature, facts }) =>
      `Connecting to ${proxyName(facts)} ended with ${signature.code} after ${durationText(signature.elapsedUs)}. ${facts.host}:${facts.port} was not contacted.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      {
        who: 'network-team',
        action:
          'Check for a device that accepts connections for the proxy and then cuts them, and whether the proxy limits which clients may connect.',
      },
    ],
    octopusLogMessages: ['Connection to proxy host'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['a device in between cut the new connection', 'the proxy closed it immediately'],
      howToTell: "Check the proxy's own log. If the connection is not in it, it was cut before the proxy.",
    },
    example: proxyExample('tcp', 'ECONNRESET', {}, { syscall: 'connect' }),
  }),
];
