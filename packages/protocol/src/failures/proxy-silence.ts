import type { ConnectionFacts } from '../trace.js';
import type { Ends } from './ends.js';
import { GONE } from './trust.js';
import {
  answered,
  atTheProxy,
  byHand,
  exampleAnswer,
  proxyExample,
  proxyUrl,
  refusal,
  rightProxy,
  theProxy,
  TheProxy,
} from './proxy-sight.js';
import { byteCount, row, type Sighting, type Step, SURE, span, type Symptom, UNKNOWN } from './row.js';
import { looksLikeTls, printable, whatAnswers } from './what-answers.js';

/** OpenSSL's codes for bytes that cannot be a TLS record, and the code of a connection that was closed. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST', 'TLS_CLOSED'];

/** Whether the response has a body, which makes it a page: a tunnel has none. */
function announcesPage({ proxy }: ConnectionFacts): boolean {
  const { headers = {} } = proxy?.answer ?? {};
  const length = Number(headers['content-length'] ?? 0);
  return length > 0 || headers['content-type'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/**
 * Whether the proxy returned 200 and a page. An HTTP response with a status line of its own does not count: it came
 * through a real tunnel, from a target that speaks HTTP.
 */
function pageForTunnel({ symptom, facts }: Sighting): boolean {
  if (facts.proxy === undefined) return false;
  const { firstBytes = Buffer.alloc(0) } = facts;
  if (firstBytes.length === 0) return announcesPage(facts) && NO_TLS.includes(symptom.code);
  if (looksLikeTls(firstBytes) || firstBytes.subarray(0, 5).toString('latin1') === 'HTTP/') return false;
  return announcesPage(facts) || whatAnswers(firstBytes)?.protocol === 'HTTP';
}

/** What the proxy had sent until then, as a phrase for the end of a sentence. */
function afterBytes({ received, receivedBytes }: Symptom): string {
  return receivedBytes === 0 ? 'without a response' : `after ${byteCount(receivedBytes)} (${printable(received)})`;
}

/** Longer than a proxy's own timeout, so that its response shows what it met. */
function waitLonger(facts: ConnectionFacts, { here }: Ends): Step {
  // tentacle-ping repeats until it is stopped.
  const once = here.standIn.name === 'tentacle-ping' ? ' --count 1' : '';
  const command = `${here.standIn.command(facts)} --proxy ${proxyUrl(facts)} --timeout 90s${once}`;
  return {
    who: 'you',
    action: 'Run again with --timeout 90s: a late response shows what the proxy met.',
    windows: command,
    linux: command,
  };
}

const SOCKS_OR_TLS = 'a proxy of another kind: SOCKS, or one that expects TLS';

/** No response, an incomplete one, or a page instead of a tunnel; last, the row for whatever is left of the stage. */
export const proxySilenceRows = [
  row({
    id: 'proxy.no-tunnel',
    stage: 'proxy',
    shownAt: ['tls'],
    when: pageForTunnel,
    title: 'Proxy returned 200 and a page instead of a tunnel',
    means: ({ facts }) => {
      const what = facts.firstBytes === undefined ? undefined : whatAnswers(facts.firstBytes)?.detail;
      return `${TheProxy(facts)} returned ${answered(facts)}. Where TLS with ${facts.host}:${facts.port} should begin, it sent ${what ?? 'a page'}. It is a portal, a block page, or a web server that returns 200 to everything.`;
    },
    next: (facts, ends) => [
      atTheProxy(`Exempt CONNECT to ${facts.host}:${facts.port} from the portal or block page.`),
      rightProxy(facts, ends),
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
    title: 'Proxy closed the connection without responding',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} received CONNECT ${facts.host}:${facts.port} and closed the connection ${span(symptom.elapsedUs)} later, ${afterBytes(symptom)}. Octopus itself does not detect this: it loops forever at full load of one core, and logs nothing.`,
    next: (facts, ends) => [
      rightProxy(facts, ends),
      atTheProxy(`Check the log of ${theProxy(facts)}: does it accept connections from this machine?`),
      byHand(facts),
    ],
    octopusSays: [],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        SOCKS_OR_TLS,
        'a proxy that closes what its rules forbid without responding, or that accepts no connection from this machine',
        'a load balancer in front of the proxy that has no proxy to forward to',
      ],
      test: 'Run curl with --proxy socks5h://, then https://, instead of http://: the one that works is its kind. If none works, its log shows what it does with this machine.',
    },
    example: proxyExample('proxy', 'PROXY_CLOSED'),
  }),
  row({
    id: 'proxy.reset',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => GONE.includes(symptom.code),
    title: 'Connection to the proxy was reset after CONNECT',
    means: ({ symptom, facts }) =>
      `The connection to ${theProxy(facts)} was reset ${span(symptom.elapsedUs)} after CONNECT ${facts.host}:${facts.port}, ${afterBytes(symptom)}.`,
    next: (facts, ends) => [
      atTheProxy(
        `Check the log of ${theProxy(facts)}. If the connection is not in it, find the device in front of it that resets on CONNECT.`,
      ),
      rightProxy(facts, ends),
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
        'a proxy that resets what its rules forbid, or is stopping',
        'an inspecting device in front of the proxy that resets on CONNECT',
      ],
      test: "Check the proxy's own log. A line for each reset points to the proxy, none to a device in front of it.",
    },
    example: proxyExample('proxy', 'ECONNRESET', {}, { syscall: 'read' }),
  }),
  row({
    id: 'proxy.silent',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_TIMEOUT' && symptom.receivedBytes === 0,
    title: 'Proxy did not respond to CONNECT in time',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} accepted the connection, received CONNECT ${facts.host}:${facts.port} and sent nothing for ${span(symptom.elapsedUs)}. Octopus itself times out after 15 s. A proxy that cannot reach its target is also silent, until its own timeout (squid: 1 minute).`,
    next: (facts, ends) => [
      waitLonger(facts, ends),
      atTheProxy(
        `Check whether ${theProxy(facts)} is hung, and whether TCP ${facts.port} from it to ${facts.host} is open.`,
      ),
      rightProxy(facts, ends),
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection timed out.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a target that does not answer the proxy, which waits longer than this tool',
        'a proxy that is hung or overloaded',
        'a service other than an HTTP proxy, which waits for its own protocol',
      ],
      test: 'Through the same proxy, test another target that is known to work. If that works, this target is at fault; if not, the proxy is.',
    },
    example: proxyExample('proxy', 'PROXY_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  row({
    id: 'proxy.stalled',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: ({ symptom }) => symptom.code === 'PROXY_TIMEOUT',
    title: 'Proxy response did not end in time',
    means: ({ symptom, facts }) =>
      `${TheProxy(facts)} sent ${byteCount(symptom.receivedBytes)} of its response (${printable(symptom.received)}), but not the rest within ${span(symptom.elapsedUs)}. Octopus itself times out 15 s after the last byte.`,
    next: (facts) => [
      atTheProxy(`Check whether ${theProxy(facts)} is hung or overloaded, and for packet loss on the path to it.`),
      byHand(facts),
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: ['a proxy that is hung or overloaded', 'a very slow or lossy path to the proxy'],
      test: 'Run again with --timeout 90s. Over a slow path the response ends; from a hung proxy it does not.',
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
    title: 'Proxy opened no tunnel, for an unknown reason',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      if (refusal(sighting) === undefined)
        return `The request for a tunnel to ${theProxy(facts)} ended with ${symptom.code}. The cause is unknown to this tool.`;
      return `${TheProxy(facts)} answered CONNECT ${facts.host}:${facts.port} with ${answered(facts)}. Octopus accepts only 200.`;
    },
    next: (facts) => [atTheProxy(`Check the log of ${theProxy(facts)}.`), byHand(facts)],
    octopusSays: ['Proxy destination', 'responded with a'],
    retry: true,
    certainty: UNKNOWN,
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleAnswer(429, 'Too Many Requests') }),
  }),
];
