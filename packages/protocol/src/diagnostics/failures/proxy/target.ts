import {
  responseSummary,
  proxyStep,
  tryManually,
  exampleProxyResponse,
  proxyExample,
  rejection,
  proxyName,
  ProxyName,
} from './shared.js';
import { defineFailure, type Observation } from '../../failure-definition.js';
import { checkHostFirewall, checkListener } from '../steps.js';

/** What a proxy reports about its own connection: squid by its error and the system's number, others by Proxy-Status (RFC 9209). */
function reportedError(observation: Observation): { squid: string; status: string } {
  const { headers = {} } = rejection(observation) ?? {};
  const status = /(?:^|[;,\s])error=([a-z_]+)/.exec(headers['proxy-status'] ?? '')?.[1] ?? '';
  return { squid: headers['x-squid-error'] ?? '', status };
}

/** Squid's number is the system's: Linux, BSD, Windows. */
function refusedByTarget(observation: Observation): boolean {
  const { squid, status } = reportedError(observation);
  return /^ERR_CONNECT_FAIL (111|61|10061)$/.test(squid) || status === 'connection_refused';
}

function targetSilent(observation: Observation): boolean {
  const { squid, status } = reportedError(observation);
  return (
    /^ERR_CONNECT_FAIL (110|60|10060)$/.test(squid) ||
    ['connection_timeout', 'connection_read_timeout'].includes(status) ||
    rejection(observation)?.status === 504
  );
}

/** Squid 5 reports a name that it cannot resolve as "cannot forward"; for an address, that means something else. */
function targetUnknown(observation: Observation): boolean {
  const { squid, status } = reportedError(observation);
  const isName = !/^[\d.]+$|:/.test(observation.facts.host);
  return (
    squid.startsWith('ERR_DNS_FAIL') ||
    (squid.startsWith('ERR_CANNOT_FORWARD') && isName) ||
    ['dns_error', 'dns_timeout'].includes(status)
  );
}

/** Whether its status means a failure behind it; a 502 counts only together with an error's name. */
function legFailed(observation: Observation): boolean {
  const { squid, status } = reportedError(observation);
  const http = rejection(observation)?.status ?? 0;
  return [500, 503].includes(http) || (http === 502 && (squid !== '' || status !== ''));
}

/** The proxy works, but its own connection to the target fails. */
export const proxyTargetFailures = [
  defineFailure({
    id: 'proxy.target-refused',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: refusedByTarget,
    title: 'Target refused the connection from the proxy',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} works, but ${facts.host}:${facts.port} refused its connection. Its response: ${responseSummary(facts)}.`,
    remediation: (facts, ends) => [
      checkListener(facts, ends),
      proxyStep(`If a process listens there, find the firewall that rejects TCP ${facts.port} from the proxy.`),
    ],
    octopusLogMessages: ['responded with a 503 code - Service Unavailable'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'nothing listens on that port of the target',
        'a firewall between the proxy and the target rejects the connection',
      ],
      howToTell: `On ${there.host}, connect to the port locally. If that works, a firewall rejects it.`,
    }),
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(503, 'Service Unavailable', {
        headers: { 'x-squid-error': 'ERR_CONNECT_FAIL 111' },
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.target-timeout',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: targetSilent,
    title: 'Target did not answer the proxy',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} works, but ${facts.host}:${facts.port} did not answer it. Its response: ${responseSummary(facts)}.`,
    remediation: (facts, ends) => [
      proxyStep(
        `Allow TCP ${facts.port} from the proxy to ${facts.host} in every firewall and cloud security group between them, and the responses back.`,
      ),
      {
        ...checkHostFirewall(facts, ends),
        action: `Allow TCP ${facts.port} from the proxy's address in the firewall of ${ends.there.host}.`,
      },
      { who: ends.there.administrator, action: `Check that ${ends.there.name} is not hung.` },
    ],
    octopusLogMessages: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 504 code - Gateway Timeout',
      'Unable to read data from the transport connection: Connection timed out.',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['a firewall drops the packets between the proxy and the target', 'the target is off, or hung'],
      howToTell:
        'Test the target without the proxy, from a machine in the same network as the proxy. If that works, only the proxy is blocked.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(503, 'Service Unavailable', {
        headers: { 'x-squid-error': 'ERR_CONNECT_FAIL 110' },
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.target-not-found',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: targetUnknown,
    title: 'Proxy cannot resolve the name of the target',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} cannot reach ${facts.host}, most likely because it found no address. With a proxy, the proxy's resolver looks up the name, not this machine's. Its response: ${responseSummary(facts)}.`,
    remediation: (facts) => [
      {
        who: 'dns-owner',
        action: `Add ${facts.host} to the resolver that the proxy uses. Check the spelling and the DNS suffix.`,
      },
      {
        who: 'you',
        action:
          'Run the same command with the IP address instead of the name. If that works, only the name is at fault.',
      },
    ],
    octopusLogMessages: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 500 code - Internal Server Error',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        "the proxy's resolver does not know the name, or does not respond",
        'the proxy may forward only to another proxy, and none works (squid: never_direct, cache_peer)',
      ],
      howToTell: 'Run the same command with the IP address instead of the name. If that works, the name is the cause.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(500, 'Internal Server Error', {
        headers: { 'x-squid-error': 'ERR_CANNOT_FORWARD 0' },
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.target-failed',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: legFailed,
    title: 'Proxy could not reach the target',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} answered CONNECT ${facts.host}:${facts.port} with ${responseSummary(facts)}. The connection to the proxy works, but the one from the proxy to the target does not. The proxy states no reason.`,
    remediation: (facts, ends) => [
      proxyStep(`Check the log of ${proxyName(facts)}, and connect from the proxy to ${facts.host}:${facts.port}.`),
      checkListener(facts, ends),
      {
        ...checkHostFirewall(facts, ends),
        action: `Check that the firewall of ${ends.there.host} allows TCP ${facts.port} from the proxy.`,
      },
      tryManually(facts),
    ],
    octopusLogMessages: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 500 code - Internal Server Error',
      'responded with a 500 code - Unable to connect',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the target refuses the proxy, or does not answer it',
        "the proxy cannot resolve the target's name",
        'the proxy may forward only to another proxy, and that one fails',
        'the proxy itself is overloaded or misconfigured',
      ],
      howToTell:
        "On the proxy's host, or one beside it, test the target without a proxy. That shows which error the proxy meets.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleProxyResponse(500, 'Unable to connect') }),
  }),
  defineFailure({
    id: 'proxy.bad-gateway',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: (observation) => rejection(observation)?.status === 502,
    title: 'Proxy returned 502: no tunnel to that port',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} answered CONNECT ${facts.host}:${facts.port} with ${responseSummary(facts)}. Microsoft ISA and TMG return 502 for a port outside their tunnel port range (443 and 563 by default). Other proxies return it when the target or the next proxy fails.`,
    remediation: (facts) => [
      proxyStep(
        `On ISA or TMG, add port ${facts.port} to the tunnel port range (Q283284). On others, check the log, and connect from there to ${facts.host}:${facts.port}.`,
      ),
      tryManually(facts),
    ],
    octopusLogMessages: ['responded with a 502 code - Bad Gateway', 'knowledge based article Q283284'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the port is outside the tunnel port range of ISA or TMG',
        'the target refuses, does not answer, or has a name unknown to the proxy',
        'the next proxy in the path fails',
      ],
      howToTell:
        'Test port 443 of the same host through the proxy. Any response other than 502 means that the port range is the cause.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(
        502,
        'Proxy Error ( The specified Secure Sockets Layer (SSL) port is not allowed. )',
        {
          headers: { via: '1.1 TMG' },
        },
      ),
    }),
  }),
];
