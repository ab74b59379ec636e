import {
  answered,
  atTheProxy,
  byHand,
  exampleAnswer,
  proxyExample,
  refusal,
  theProxy,
  TheProxy,
} from './proxy-sight.js';
import { row, type Sighting } from './row.js';
import { checkHostFirewall, checkListener } from './steps.js';

/** What a proxy reports about its own connection: squid by its error and the system's number, others by Proxy-Status (RFC 9209). */
function reportedError(sighting: Sighting): { squid: string; status: string } {
  const { headers = {} } = refusal(sighting) ?? {};
  const status = /(?:^|[;,\s])error=([a-z_]+)/.exec(headers['proxy-status'] ?? '')?.[1] ?? '';
  return { squid: headers['x-squid-error'] ?? '', status };
}

/** Squid's number is the system's: Linux, BSD, Windows. */
function refusedByTarget(sighting: Sighting): boolean {
  const { squid, status } = reportedError(sighting);
  return /^ERR_CONNECT_FAIL (111|61|10061)$/.test(squid) || status === 'connection_refused';
}

function targetSilent(sighting: Sighting): boolean {
  const { squid, status } = reportedError(sighting);
  return (
    /^ERR_CONNECT_FAIL (110|60|10060)$/.test(squid) ||
    ['connection_timeout', 'connection_read_timeout'].includes(status) ||
    refusal(sighting)?.status === 504
  );
}

/** Squid 5 reports a name that it cannot resolve as "cannot forward"; for an address, that means something else. */
function targetUnknown(sighting: Sighting): boolean {
  const { squid, status } = reportedError(sighting);
  const isName = !/^[\d.]+$|:/.test(sighting.facts.host);
  return (
    squid.startsWith('ERR_DNS_FAIL') ||
    (squid.startsWith('ERR_CANNOT_FORWARD') && isName) ||
    ['dns_error', 'dns_timeout'].includes(status)
  );
}

/** Whether its status means a failure behind it; a 502 counts only together with an error's name. */
function legFailed(sighting: Sighting): boolean {
  const { squid, status } = reportedError(sighting);
  const http = refusal(sighting)?.status ?? 0;
  return [500, 503].includes(http) || (http === 502 && (squid !== '' || status !== ''));
}

/** The proxy works, but its own connection to the target fails. */
export const proxyTargetRows = [
  row({
    id: 'proxy.target-refused',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: refusedByTarget,
    title: 'Target refused the connection from the proxy',
    means: ({ facts }) =>
      `${TheProxy(facts)} works, but ${facts.host}:${facts.port} refused its connection. Seen from the proxy, nothing is listening on that port. Its response: ${answered(facts)}.`,
    next: (facts, ends) => [
      checkListener(facts, ends),
      atTheProxy(`If a process listens there, find the firewall that rejects TCP ${facts.port} from the proxy.`),
    ],
    octopusSays: ['responded with a 503 code - Service Unavailable'],
    retry: true,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        'nothing listens on that port of the target',
        'a firewall between the proxy and the target rejects the connection',
      ],
      test: `On ${there.host}, connect to the port locally. If that works, a firewall rejects it.`,
    }),
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(503, 'Service Unavailable', { headers: { 'x-squid-error': 'ERR_CONNECT_FAIL 111' } }),
    }),
  }),
  row({
    id: 'proxy.target-timeout',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: targetSilent,
    title: 'Target did not answer the proxy',
    means: ({ facts }) =>
      `${TheProxy(facts)} works, but ${facts.host}:${facts.port} did not answer it. Packets between the proxy and the target are being dropped. Its response: ${answered(facts)}.`,
    next: (facts, ends) => [
      atTheProxy(
        `Allow TCP ${facts.port} from the proxy to ${facts.host} in every firewall and cloud security group between them, and the responses back.`,
      ),
      {
        ...checkHostFirewall(facts, ends),
        action: `Allow TCP ${facts.port} from the proxy's address in the firewall of ${ends.there.host}.`,
      },
      { who: ends.there.administrator, action: `Check that ${ends.there.name} is not hung.` },
    ],
    octopusSays: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 504 code - Gateway Timeout',
      'Unable to read data from the transport connection: Connection timed out.',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a firewall drops the packets between the proxy and the target', 'the target is off, or hung'],
      test: 'Test the target without the proxy, from a machine in the same network as the proxy. If that works, only the proxy is blocked.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(503, 'Service Unavailable', { headers: { 'x-squid-error': 'ERR_CONNECT_FAIL 110' } }),
    }),
  }),
  row({
    id: 'proxy.target-not-found',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: targetUnknown,
    title: 'Proxy cannot resolve the name of the target',
    means: ({ facts }) =>
      `${TheProxy(facts)} cannot reach ${facts.host}, most likely because it found no address. With a proxy, the proxy's resolver counts, not this machine's. Its response: ${answered(facts)}.`,
    next: (facts) => [
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
    octopusSays: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 500 code - Internal Server Error',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        "the proxy's resolver does not know the name, or does not respond",
        'the proxy may forward only to another proxy, and none works (squid: never_direct, cache_peer)',
      ],
      test: 'Run the same command with the IP address instead of the name. If that works, the name is the cause.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(500, 'Internal Server Error', { headers: { 'x-squid-error': 'ERR_CANNOT_FORWARD 0' } }),
    }),
  }),
  row({
    id: 'proxy.target-failed',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: legFailed,
    title: 'Proxy could not reach the target',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered CONNECT ${facts.host}:${facts.port} with ${answered(facts)}. The connection to the proxy works; the one from the proxy to the target does not, and the proxy states no reason.`,
    next: (facts, ends) => [
      atTheProxy(`Check the log of ${theProxy(facts)}, and connect from there to ${facts.host}:${facts.port}.`),
      checkListener(facts, ends),
      {
        ...checkHostFirewall(facts, ends),
        action: `Check that the firewall of ${ends.there.host} allows TCP ${facts.port} from the proxy.`,
      },
      byHand(facts),
    ],
    octopusSays: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 500 code - Internal Server Error',
      'responded with a 500 code - Unable to connect',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the target refuses the proxy, or does not answer it',
        "the proxy cannot resolve the target's name",
        'the proxy may forward only to another proxy, and that one fails',
        'the proxy itself is overloaded or misconfigured',
      ],
      test: "On the proxy's host, or one beside it, test the target without a proxy. That shows what the proxy meets.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleAnswer(500, 'Unable to connect') }),
  }),
  row({
    id: 'proxy.bad-gateway',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => refusal(sighting)?.status === 502,
    title: 'Proxy returned 502: no tunnel to that port',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered CONNECT ${facts.host}:${facts.port} with ${answered(facts)}. Microsoft ISA and TMG return 502 for a port outside their tunnel port range (443 and 563 by default). Other proxies return it when the target or the next proxy fails.`,
    next: (facts) => [
      atTheProxy(
        `On ISA or TMG, add port ${facts.port} to the tunnel port range (Q283284). On others, check the log, and connect from there to ${facts.host}:${facts.port}.`,
      ),
      byHand(facts),
    ],
    octopusSays: ['responded with a 502 code - Bad Gateway', 'knowledge based article Q283284'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the port is outside the tunnel port range of ISA or TMG',
        'the target refuses, does not answer, or has a name unknown to the proxy',
        'the next proxy in the path fails',
      ],
      test: 'Test port 443 of the same host through the proxy. Any response other than 502 means that the port range is the cause.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(502, 'Proxy Error ( The specified Secure Sockets Layer (SSL) port is not allowed. )', {
        headers: { via: '1.1 TMG' },
      }),
    }),
  }),
];
