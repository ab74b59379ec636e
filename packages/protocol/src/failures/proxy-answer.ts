import {
  answered,
  atTheProxy,
  byHand,
  exampleAnswer,
  proxyExample,
  refusal,
  rightProxy,
  theProxy,
  TheProxy,
} from './proxy-sight.js';
import { byteCount, row, type Sighting, SURE, span } from './row.js';
import { looksLikeTls, whatAnswers } from './what-answers.js';

/** Statuses of a web server that does not open tunnels: about the method, its form or its version. */
const NO_CONNECT = [400, 404, 405, 501, 505];

function notHttp({ symptom }: Sighting): boolean {
  return symptom.code === 'PROXY_NOT_HTTP';
}

function speaks({ symptom }: Sighting): string | undefined {
  return whatAnswers(symptom.received)?.protocol;
}

/** What Octopus does without a response that ends in an empty line: its log shows neither case as it is. */
const OCTOPUS_SPINS =
  'Octopus itself logs nothing about this. If the connection is closed, it loops forever at full load of one core; if it stays open, it times out after 15 s.';

/** A response where the proxy should be, but no tunnel. */
export const proxyAnswerRows = [
  row({
    id: 'proxy.redirect',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => [301, 302, 303, 307, 308].includes(refusal(sighting)?.status ?? 0),
    title: 'Proxy redirects to a web page instead of a tunnel',
    means: ({ facts }) =>
      `${TheProxy(facts)} returned ${answered(facts)} and redirects to ${facts.proxy?.answer?.headers['location'] ?? 'no address'}: a login page or a captive portal. A browser would show it; Octopus cannot.`,
    next: (facts, ends) => [
      atTheProxy(
        `Exempt this machine's CONNECT to ${facts.host}:${facts.port} from the login page or portal, or let it authenticate with Basic.`,
      ),
      rightProxy(facts, ends),
    ],
    octopusSays: ['responded with a 302 code - Found'],
    retry: true,
    certainty: SURE,
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(302, 'Found', { headers: { location: 'http://portal.example/login' } }),
    }),
  }),
  row({
    id: 'proxy.not-a-proxy',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => NO_CONNECT.includes(refusal(sighting)?.status ?? 0),
    title: 'A web server answered CONNECT, not a forward proxy',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered CONNECT with ${answered(facts)}. A web server or a reverse proxy responds like this; a forward proxy opens the tunnel or states the reason for refusing.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      atTheProxy(`If it is a forward proxy, allow the method CONNECT to ${facts.host}:${facts.port}.`),
      byHand(facts),
    ],
    octopusSays: [
      'responded with a 400 code - Bad Request',
      'responded with a 404 code - Not Found',
      'responded with a 405 code - Not Allowed',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a web server or reverse proxy at that address, not a forward proxy',
        'a forward proxy on which CONNECT is turned off',
      ],
      test: 'Request a plain page through it (curl --proxy with an http URL). A forward proxy fetches the page; a web server returns a page of its own or an error.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(405, 'Not Allowed', { headers: { server: 'nginx' } }),
    }),
  }),
  row({
    id: 'proxy.socks',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => notHttp(sighting) && speaks(sighting) === 'SOCKS',
    title: 'Proxy speaks SOCKS, which Octopus does not support',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} returned ${whatAnswers(symptom.received)?.detail ?? ''}. Octopus supports HTTP proxies only. ${OCTOPUS_SPINS}`,
    next: (facts, ends) => [
      atTheProxy(
        'Provide the port on which the proxy speaks HTTP, or set up an HTTP proxy that opens tunnels with CONNECT.',
      ),
      rightProxy(facts, ends),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: SURE,
    example: proxyExample('proxy', 'PROXY_NOT_HTTP', {}, { received: Buffer.of(5, 0xff), receivedBytes: 2 }),
  }),
  row({
    id: 'proxy.tls',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => notHttp(sighting) && looksLikeTls(sighting.symptom.received),
    title: 'Proxy expects TLS, but Octopus speaks plain HTTP to it',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered the plain CONNECT with TLS. It is a proxy that expects TLS from its clients, or not a proxy at all. ${OCTOPUS_SPINS}`,
    next: (facts, ends) => [
      atTheProxy('Provide the port on which the proxy accepts plain HTTP.'),
      rightProxy(facts, ends),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: SURE,
    example: proxyExample(
      'proxy',
      'PROXY_NOT_HTTP',
      {},
      { received: Buffer.from('15030100020246', 'hex'), receivedBytes: 7 },
    ),
  }),
  row({
    id: 'proxy.not-http',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: notHttp,
    title: 'The service at the proxy address does not speak HTTP',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} answered CONNECT with ${whatAnswers(symptom.received)?.detail ?? 'nothing'}. It is not an HTTP proxy. ${OCTOPUS_SPINS}`,
    next: (facts, ends) => [rightProxy(facts, ends), byHand(facts)],
    octopusSays: [
      'No HTTP response received from proxy destination.',
      'An invalid response code was received from proxy destination.',
      'failed to return a recognized HTTP response code',
      'Unable to read data from the transport connection: Connection timed out.',
    ],
    retry: true,
    certainty: SURE,
    example: proxyExample(
      'proxy',
      'PROXY_NOT_HTTP',
      {},
      { received: Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), receivedBytes: 23 },
    ),
  }),
  row({
    id: 'proxy.unreadable',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_UNREADABLE',
    title: 'Proxy response to CONNECT is unreadable for Octopus',
    means: ({ facts }) =>
      `${TheProxy(facts)} returned 200 in a malformed response: its lines end in a line feed alone, or no blank follows the status. Other tools tolerate that. Octopus waits 15 s for an empty line that ends in CR LF, or fails immediately on the missing blank.`,
    next: (facts) => [
      atTheProxy(
        `Configure ${theProxy(facts)} to respond as HTTP requires: "HTTP/1.1 200 Connection established", each line ending in CR LF.`,
      ),
      byHand(facts),
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection timed out.',
      "must be a non-negative value. (Parameter 'length')",
      'Length cannot be less than zero.',
    ],
    retry: true,
    certainty: SURE,
    example: proxyExample(
      'proxy',
      'PROXY_UNREADABLE',
      { answer: exampleAnswer(200, 'OK') },
      { received: Buffer.from('HTTP/1.0 200 OK\n\n'), receivedBytes: 17 },
    ),
  }),
  row({
    id: 'proxy.too-long',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_TOO_LONG',
    title: 'Proxy response headers do not end',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} sent ${byteCount(symptom.receivedBytes)} of headers in ${span(symptom.elapsedUs)} without an end; real proxies send a few hundred. Octopus reads on, byte by byte, at full load of one core.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      atTheProxy(`Check which headers ${theProxy(facts)} adds to its responses to CONNECT.`),
    ],
    octopusSays: [],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a service other than a proxy at that address', 'a proxy or a device that adds headers without end'],
      test: 'Check the first bytes, shown in the evidence: they identify the software that sent them.',
    },
    example: proxyExample(
      'proxy',
      'PROXY_TOO_LONG',
      { answer: exampleAnswer(200, 'OK') },
      { received: Buffer.from('HTTP/1.1 200 OK\r\nX-Pad: aaaaaaaa'), receivedBytes: 20_000 },
    ),
  }),
];
