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
import { row, type Sighting, SURE, span } from './row.js';
import { looksLikeTls, whatAnswers } from './what-answers.js';

/** What a web server says that was never meant to open tunnels: to the method, to its form, to its version. */
const NO_CONNECT = [400, 404, 405, 501, 505];

function notHttp({ symptom }: Sighting): boolean {
  return symptom.code === 'PROXY_NOT_HTTP';
}

function speaks({ symptom }: Sighting): string | undefined {
  return whatAnswers(symptom.received)?.protocol;
}

/** In the logs of Octopus: no answer with an empty line, so 15 s of waiting; or a closed connection, and no end of it. */
const OCTOPUS_SPINS =
  'Octopus itself says nothing here: where the connection is closed, it spins on a busy core for ever; where it stays open, it gives up after 15 s.';

/** Something answers where the proxy should be, and it is no tunnel. */
export const proxyAnswerRows = [
  row({
    id: 'proxy.redirect',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => [301, 302, 303, 307, 308].includes(refusal(sighting)?.status ?? 0),
    title: 'The proxy sends to a web page in place of a tunnel',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered ${answered(facts)} and sends to ${facts.proxy?.answer?.headers['location'] ?? 'no address'}: a login page or a captive portal. A browser would show it; Octopus cannot.`,
    next: (facts) => [
      atTheProxy(
        `Exempt this machine's CONNECT to ${facts.host}:${facts.port} from the login page or portal, or have it log in by Basic.`,
      ),
      rightProxy(facts),
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
    title: 'What answers is a web server that opens no tunnels',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered ${answered(facts)} to CONNECT. That is what a web server or a reverse proxy says; a forward proxy opens the tunnel or says why not.`,
    next: (facts) => [
      rightProxy(facts),
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
        'a web server or reverse proxy stands there, not a forward proxy',
        'a forward proxy on which CONNECT is switched off',
      ],
      test: 'Ask it for a plain page (curl --proxy with an http URL): a forward proxy fetches it, a web server shows its own or an error.',
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
    title: 'The proxy speaks SOCKS, which Octopus does not',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} answered ${whatAnswers(symptom.received)?.detail ?? ''}. Octopus goes through HTTP proxies only. ${OCTOPUS_SPINS}`,
    next: (facts) => [
      atTheProxy(
        'Name the port on which the proxy speaks HTTP, or set up an HTTP proxy that opens tunnels by CONNECT.',
      ),
      rightProxy(facts),
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
    title: 'The proxy wants TLS itself; Octopus speaks plain text to proxies',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered the plain CONNECT with TLS. It is a proxy that is to be spoken to through TLS, or no proxy at all. ${OCTOPUS_SPINS}`,
    next: (facts) => [atTheProxy('Name the port on which the proxy takes plain HTTP.'), rightProxy(facts)],
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
    title: 'What answers in place of the proxy does not speak HTTP',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} answered CONNECT with ${whatAnswers(symptom.received)?.detail ?? 'nothing'}. That is no HTTP proxy. ${OCTOPUS_SPINS}`,
    next: (facts) => [rightProxy(facts), byHand(facts)],
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
    title: 'The proxy opened the tunnel, in words that Octopus cannot read',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered 200, but in another form than HTTP's: the lines end in a line feed alone, or no blank stands behind the status. Other tools put up with it. Octopus waits 15 s for an empty line that ends in CR LF, or fails at once on the missing blank.`,
    next: (facts) => [
      atTheProxy(
        `Have ${theProxy(facts)} answer as HTTP demands: "HTTP/1.1 200 Connection established", each line ended by CR LF.`,
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
    title: "The head of the proxy's answer does not end",
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} sent ${symptom.receivedBytes} bytes of headers in ${span(symptom.elapsedUs)} and no end of them; real proxies send a few hundred. Octopus reads on, byte by byte, with one core busy.`,
    next: (facts) => [rightProxy(facts), atTheProxy(`See what ${theProxy(facts)} puts into its answers to CONNECT.`)],
    octopusSays: [],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['something else than a proxy stands there', 'a proxy or a device that adds headers without end'],
      test: 'The first bytes, shown in the evidence, name what wrote them.',
    },
    example: proxyExample(
      'proxy',
      'PROXY_TOO_LONG',
      { answer: exampleAnswer(200, 'OK') },
      { received: Buffer.from('HTTP/1.1 200 OK\r\nX-Pad: aaaaaaaa'), receivedBytes: 20_000 },
    ),
  }),
];
