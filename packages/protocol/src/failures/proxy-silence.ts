import type { ConnectionFacts } from '../trace.js';
import { GONE } from './trust.js';
import {
  answered,
  atTheProxy,
  byHand,
  exampleAnswer,
  hostAndPort,
  proxyExample,
  proxyUrl,
  refusal,
  rightProxy,
  theProxy,
  TheProxy,
} from './proxy-sight.js';
import { row, type Sighting, SURE, span, type Symptom, UNKNOWN } from './row.js';
import { looksLikeTls, printable, whatAnswers } from './what-answers.js';

/** OpenSSL's words for bytes that cannot be a TLS record, and a peer that is gone. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST', 'TLS_CLOSED'];

/** A tunnel has no body: an answer that announces one is a page. */
function announcesPage({ proxy }: ConnectionFacts): boolean {
  const { headers = {} } = proxy?.answer ?? {};
  const length = Number(headers['content-length'] ?? 0);
  return length > 0 || headers['content-type'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/**
 * The proxy said 200 and gave a page. An HTTP answer with a head of its own is another thing: that came through a real
 * tunnel, from a target that speaks HTTP.
 */
function pageForTunnel({ symptom, facts }: Sighting): boolean {
  if (facts.proxy === undefined) return false;
  const { firstBytes = Buffer.alloc(0) } = facts;
  if (firstBytes.length === 0) return announcesPage(facts) && NO_TLS.includes(symptom.code);
  if (looksLikeTls(firstBytes) || firstBytes.subarray(0, 5).toString('latin1') === 'HTTP/') return false;
  return announcesPage(facts) || whatAnswers(firstBytes)?.protocol === 'HTTP';
}

function soFar({ received, receivedBytes }: Symptom): string {
  return receivedBytes === 0 ? 'without a byte' : `after ${receivedBytes} bytes (${printable(received)})`;
}

const SOCKS_OR_TLS = 'a proxy of another kind stands there: SOCKS, or one that wants TLS';

/** No answer, no whole answer, or an answer that is none; at the end what is left of the stage. */
export const proxySilenceRows = [
  row({
    id: 'proxy.no-tunnel',
    stage: 'proxy',
    shownAt: ['tls'],
    when: pageForTunnel,
    title: 'The proxy said 200 and gave a page in place of a tunnel',
    means: ({ facts }) => {
      const what = facts.firstBytes === undefined ? undefined : whatAnswers(facts.firstBytes)?.detail;
      return `${TheProxy(facts)} answered ${answered(facts)}, and where TLS with ${facts.host}:${facts.port} should begin came ${what ?? 'a page'}. It is a portal, a block page or a web server that says 200 to everything.`;
    },
    next: (facts) => [
      atTheProxy(`Exempt CONNECT to ${facts.host}:${facts.port} from the portal or block page.`),
      rightProxy(facts),
      byHand(facts),
    ],
    octopusSays: [
      'Cannot determine the frame size or a corrupted frame was received.',
      'The handshake failed due to an unexpected packet format.',
    ],
    retry: false,
    certainty: SURE,
    example: proxyExample(
      'tls',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      { answer: exampleAnswer(200, 'OK', { headers: { 'content-type': 'text/html', 'content-length': '53' } }) },
      {},
      { firstBytes: Buffer.from('<html><title>Welcome</title><body>Please log in</body></html>') },
    ),
  }),
  row({
    id: 'proxy.closed',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_CLOSED',
    title: 'The proxy closed the connection in place of an answer',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} took CONNECT ${facts.host}:${facts.port} and closed ${span(symptom.elapsedUs)} later, ${soFar(symptom)}. Octopus itself does not notice that: it spins on a busy core for ever, without a word in its log.`,
    next: (facts) => [
      rightProxy(facts),
      atTheProxy(`Look into the log of ${theProxy(facts)}: does it take connections from this machine?`),
      byHand(facts),
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        SOCKS_OR_TLS,
        'the proxy drops what its rules forbid without an answer, or takes no connection from this machine',
        'a load balancer in front of the proxy has no proxy to hand on to',
      ],
      test: 'curl with --proxy socks5h://, then https://, in place of http://: the one that works is the kind. None: its log says what it does with this machine.',
    },
    example: proxyExample('proxy', 'PROXY_CLOSED'),
  }),
  row({
    id: 'proxy.reset',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => GONE.includes(symptom.code),
    title: 'The connection to the proxy was reset in place of an answer',
    means: ({ symptom, facts }) =>
      `The connection to ${theProxy(facts)} was reset ${span(symptom.elapsedUs)} after CONNECT ${facts.host}:${facts.port}, ${soFar(symptom)}.`,
    next: (facts) => [
      atTheProxy(
        `Look into the log of ${theProxy(facts)}. Without a trace there, find the device before it that resets on the word CONNECT.`,
      ),
      rightProxy(facts),
      byHand(facts),
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection reset by peer.',
      'An existing connection was forcibly closed by the remote host',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        SOCKS_OR_TLS,
        'the proxy resets what its rules forbid, or is stopping',
        'an inspecting device before the proxy resets on CONNECT',
      ],
      test: "The proxy's own log: a line for each reset means the proxy, none means a device before it.",
    },
    example: proxyExample('proxy', 'ECONNRESET', {}, { syscall: 'read' }),
  }),
  row({
    id: 'proxy.silent',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_TIMEOUT' && symptom.receivedBytes === 0,
    title: 'The proxy took the request and did not answer in time',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} accepted, took CONNECT ${facts.host}:${facts.port} and said nothing for ${span(symptom.elapsedUs)}. Octopus itself gives up after 15 s. A proxy that cannot reach its target is silent too, until its own time-out (squid: 1 minute).`,
    next: (facts) => [
      {
        who: 'you',
        action: 'Run again with --timeout 90s: an answer that comes late says what the proxy met.',
        windows: `tentacle-ping ${hostAndPort(facts)} --proxy ${proxyUrl(facts)} --timeout 90s --count 1`,
        linux: `tentacle-ping ${hostAndPort(facts)} --proxy ${proxyUrl(facts)} --timeout 90s --count 1`,
      },
      atTheProxy(
        `Look whether ${theProxy(facts)} is hung, and whether TCP ${facts.port} from it to ${facts.host} is open.`,
      ),
      rightProxy(facts),
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection timed out.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the target does not answer the proxy, which waits longer than we do',
        'the proxy is hung or overloaded',
        'something else than an HTTP proxy waits there for its own protocol',
      ],
      test: 'Through the same proxy, ping another target that is known to work: fine means the target of this one, silent means the proxy.',
    },
    example: proxyExample('proxy', 'PROXY_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  row({
    id: 'proxy.stalled',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_TIMEOUT',
    title: "The proxy's answer began and did not end in time",
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} sent ${symptom.receivedBytes} bytes of its answer (${printable(symptom.received)}) and not the rest within ${span(symptom.elapsedUs)}. Octopus itself gives up 15 s after the last byte.`,
    next: (facts) => [
      atTheProxy(`Look whether ${theProxy(facts)} is hung or overloaded, and for loss on the way to it.`),
      byHand(facts),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a proxy that is overloaded or hangs', 'a very slow or lossy way to the proxy'],
      test: 'Run again with --timeout 90s: a slow way finishes, a hung proxy does not.',
    },
    example: proxyExample(
      'proxy',
      'PROXY_TIMEOUT',
      {},
      { elapsedUs: 10_000_000, received: Buffer.from('HTTP/1.1 200 Conn'), receivedBytes: 17 },
    ),
  }),
  row({
    id: 'proxy.other',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.shownAt === 'proxy',
    title: 'The proxy gave no tunnel, for a reason this tool does not know',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      if (refusal(sighting) === undefined)
        return `Asking ${theProxy(facts)} for a tunnel ended with ${symptom.code}. Its cause is unknown to this tool.`;
      return `${TheProxy(facts)} answered ${answered(facts)} to CONNECT ${facts.host}:${facts.port}. Octopus goes on with 200 only.`;
    },
    next: (facts) => [atTheProxy(`Look into the log of ${theProxy(facts)}.`), byHand(facts)],
    octopusSays: ['Proxy destination', 'responded with a'],
    retry: true,
    certainty: UNKNOWN,
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleAnswer(429, 'Too Many Requests') }),
  }),
];
