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

/** What a proxy says of its own leg: squid by its error and the system's number, others by RFC 9209's Proxy-Status. */
function toldError(sighting: Sighting): { squid: string; status: string } {
  const { headers = {} } = refusal(sighting) ?? {};
  const status = /(?:^|[;,\s])error=([a-z_]+)/.exec(headers['proxy-status'] ?? '')?.[1] ?? '';
  return { squid: headers['x-squid-error'] ?? '', status };
}

/** Squid's number is the system's: Linux, BSD, Windows. */
function refusedByTarget(sighting: Sighting): boolean {
  const { squid, status } = toldError(sighting);
  return /^ERR_CONNECT_FAIL (111|61|10061)$/.test(squid) || status === 'connection_refused';
}

function targetSilent(sighting: Sighting): boolean {
  const { squid, status } = toldError(sighting);
  return (
    /^ERR_CONNECT_FAIL (110|60|10060)$/.test(squid) ||
    ['connection_timeout', 'connection_read_timeout'].includes(status) ||
    refusal(sighting)?.status === 504
  );
}

/** Squid 5 says of a name that it cannot resolve that it cannot forward; of an address that means something else. */
function targetUnknown(sighting: Sighting): boolean {
  const { squid, status } = toldError(sighting);
  const isName = !/^[\d.]+$|:/.test(sighting.facts.host);
  return (
    squid.startsWith('ERR_DNS_FAIL') ||
    (squid.startsWith('ERR_CANNOT_FORWARD') && isName) ||
    ['dns_error', 'dns_timeout'].includes(status)
  );
}

/** Its status says that something behind it failed; with a 502 it must have named an error too. */
function legFailed(sighting: Sighting): boolean {
  const { squid, status } = toldError(sighting);
  const http = refusal(sighting)?.status ?? 0;
  return [500, 503].includes(http) || (http === 502 && (squid !== '' || status !== ''));
}

/** The proxy is fine, and its own leg to the target fails. */
export const proxyTargetRows = [
  row({
    id: 'proxy.target-refused',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: refusedByTarget,
    title: 'The proxy was refused by the target',
    means: ({ facts }) =>
      `${TheProxy(facts)} is fine: it tried ${facts.host}:${facts.port} and was refused. Nothing accepts on that port, seen from the proxy. Its answer: ${answered(facts)}.`,
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: `On the Tentacle's host, look whether something listens on port ${facts.port}.`,
        windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
        linux: `ss -ltnp 'sport = :${facts.port}'`,
      },
      atTheProxy(`If something does listen there, find the firewall that rejects TCP ${facts.port} from the proxy.`),
    ],
    octopusSays: ['responded with a 503 code - Service Unavailable'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['nothing listens on that port of the target', 'a firewall between proxy and target rejects'],
      test: "On the Tentacle's host, connect to the port locally: works there means a firewall.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(503, 'Service Unavailable', { headers: { 'x-squid-error': 'ERR_CONNECT_FAIL 111' } }),
    }),
  }),
  row({
    id: 'proxy.target-timeout',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: targetSilent,
    title: 'The proxy got no answer from the target',
    means: ({ facts }) =>
      `${TheProxy(facts)} is fine: it tried ${facts.host}:${facts.port} and got no answer. Something drops the packets between the proxy and the target. Its answer: ${answered(facts)}.`,
    next: (facts) => [
      atTheProxy(
        `Allow TCP ${facts.port} from the proxy to ${facts.host} in every firewall and cloud security group between them, and the answers back.`,
      ),
      {
        who: 'tentacle-admin',
        action: `Open TCP ${facts.port} in the host's own firewall for the proxy's address, and see that the service is not hung.`,
      },
    ],
    octopusSays: [
      'responded with a 503 code - Service Unavailable',
      'responded with a 504 code - Gateway Timeout',
      'Unable to read data from the transport connection: Connection timed out.',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a firewall drops the packets between proxy and target', 'the target is off, or hung'],
      test: 'Ping the target from a machine in the same network as the proxy, without it: works there means that only the proxy is kept out.',
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
    title: "The proxy cannot resolve the target's name",
    means: ({ facts }) =>
      `${TheProxy(facts)} found no way to ${facts.host}, most likely for want of an address. Through a proxy it is the proxy's resolver that counts, not this machine's. Its answer: ${answered(facts)}.`,
    next: (facts) => [
      {
        who: 'dns-owner',
        action: `Make ${facts.host} known to the resolver that the proxy asks; check the spelling and the DNS suffix.`,
      },
      {
        who: 'you',
        action: 'Run the same ping with the IP address in place of the name. If that works, only the name is at fault.',
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
        "the proxy's resolver does not know the name, or does not answer",
        'the proxy may only go on through another proxy and has none that works (squid: never_direct, cache_peer)',
      ],
      test: 'Run the same ping with the IP address in place of the name: if that works, it is the name.',
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
    title: 'The proxy could not reach the target',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered ${answered(facts)} to CONNECT ${facts.host}:${facts.port}. The leg to the proxy works; the one behind it does not, and it does not say why.`,
    next: (facts) => [
      atTheProxy(`Look into the log of ${theProxy(facts)}, and connect from there to ${facts.host}:${facts.port}.`),
      {
        who: 'tentacle-admin',
        action: `Look whether something listens on port ${facts.port}, and whether the host's firewall lets the proxy in.`,
        windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
        linux: `ss -ltnp 'sport = :${facts.port}'`,
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
        'the target refuses, or does not answer, the proxy',
        "the proxy cannot resolve the target's name",
        'the proxy may only go on through another proxy, and that one fails',
        'the proxy itself is overloaded or wrongly set up',
      ],
      test: "On the proxy's host, or one beside it, ping the target without a proxy: that shows what the proxy meets.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleAnswer(500, 'Unable to connect') }),
  }),
  row({
    id: 'proxy.bad-gateway',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => refusal(sighting)?.status === 502,
    title: 'The proxy answered 502: no tunnel to that port',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered ${answered(facts)} to CONNECT ${facts.host}:${facts.port}. Microsoft's ISA and TMG say so of a port outside their tunnel range (443 and 563 unless changed); other proxies, of a target or a next proxy that fails.`,
    next: (facts) => [
      atTheProxy(
        `On ISA or TMG, add port ${facts.port} to the tunnel port range (Q283284). On others, look into the log, and connect from there to ${facts.host}:${facts.port}.`,
      ),
      byHand(facts),
    ],
    octopusSays: ['responded with a 502 code - Bad Gateway', 'knowledge based article Q283284'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        "the port is outside an ISA's or TMG's tunnel port range",
        'the target refuses, does not answer, or is not known by its name to the proxy',
        'the next proxy on the way fails',
      ],
      test: 'Ping port 443 of the same host through the proxy: another answer than 502 means the port range.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(502, 'Proxy Error ( The specified Secure Sockets Layer (SSL) port is not allowed. )', {
        headers: { via: '1.1 TMG' },
      }),
    }),
  }),
];
