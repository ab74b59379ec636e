import type { ConnectionFacts } from '../../../trace.js';
import type { Ends } from '../../ends.js';
import { CONNECTION_LOST } from '../trust.js';
import {
  responseSummary,
  proxyStep,
  tryManually,
  exampleProxyResponse,
  proxyExample,
  proxyUrl,
  rejection,
  checkProxyAddress,
  proxyName,
  ProxyName,
} from './shared.js';
import {
  conclusiveUnless,
  defineFailure,
  type ErrorSignature,
  type Observation,
  UNKNOWN,
} from '../../failure-definition.js';
import { byteCount, durationText } from '../../wording.js';
import { sameCommand } from '../../product-commands.js';
import { type Step } from '../../step.js';
import { looksLikeTls, printableBytes, identifyProtocol } from '../../identify-protocol.js';

/** OpenSSL's codes for bytes that cannot be a TLS record, and the code of a connection that was closed. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST', 'TLS_CLOSED'];

/** Whether the response has a body, as a page has and a tunnel does not. */
function announcesPage({ proxy }: ConnectionFacts): boolean {
  const { headers = {} } = proxy?.answer ?? {};
  const length = Number(headers['content-length'] ?? 0);
  return length > 0 || headers['content-type'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/**
 * Whether the proxy returned 200 and a page. An HTTP response with a status line of its own does not count: it came
 * through a real tunnel, from a target that speaks HTTP.
 */
function pageForTunnel({ signature, facts }: Observation): boolean {
  if (facts.proxy === undefined) return false;
  const { firstBytes = Buffer.alloc(0) } = facts;
  if (firstBytes.length === 0) return announcesPage(facts) && NO_TLS.includes(signature.code);
  if (looksLikeTls(firstBytes) || firstBytes.subarray(0, 5).toString('latin1') === 'HTTP/') return false;
  return announcesPage(facts) || identifyProtocol(firstBytes)?.protocol === 'HTTP';
}

/** What the proxy had sent until then, as a phrase for the end of a sentence. */
function afterBytes({ received, receivedBytes }: ErrorSignature): string {
  return receivedBytes === 0 ? 'without a response' : `after ${byteCount(receivedBytes)} (${printableBytes(received)})`;
}

/** Waits longer than a proxy's own timeout, so that its response shows which error it met. */
function waitLonger(facts: ConnectionFacts, { here }: Ends): Step {
  // tentacle-ping repeats until it is stopped.
  const once = here.standIn.name === 'tentacle-ping' ? ' --count 1' : '';
  const command = `${here.standIn.command(facts)} --proxy ${proxyUrl(facts)} --timeout 90s${once}`;
  return {
    who: 'you',
    action: 'Run again with --timeout 90s. A late response shows which error the proxy met.',
    ...sameCommand(command),
  };
}

const SOCKS_OR_TLS = 'the proxy is of another kind: SOCKS, or one that expects TLS';

/** No response, an incomplete one, or a page instead of a tunnel; last, the row for whatever is left of the stage. */
export const proxyNoResponseFailures = [
  defineFailure({
    id: 'proxy.no-tunnel',
    stage: 'proxy',
    shownAt: ['tls'],
    matches: pageForTunnel,
    title: 'Proxy returned 200 and a page instead of a tunnel',
    explanation: ({ facts }) => {
      const what = facts.firstBytes === undefined ? undefined : identifyProtocol(facts.firstBytes)?.detail;
      return `${ProxyName(facts)} returned ${responseSummary(facts)}. Where TLS with ${facts.host}:${facts.port} should begin, it sent ${what ?? 'a page'}. It is a portal, a block page, or a web server that returns 200 to everything.`;
    },
    remediation: (facts, ends) => [
      proxyStep(`Exempt CONNECT to ${facts.host}:${facts.port} from the portal or block page.`),
      checkProxyAddress(facts, ends),
      tryManually(facts),
    ],
    octopusLogMessages: [
      'Cannot determine the frame size or a corrupted frame was received.',
      'The handshake failed due to an unexpected packet format.',
    ],
    octopusRetries: false,
    diagnosis: ({ there }, { facts }) =>
      facts.firstBytes === undefined || facts.firstBytes.length === 0
        ? {
            kind: 'ambiguous',
            causes: [
              'a portal, block page or web server returned 200 and a page in place of a tunnel',
              `the proxy opened a tunnel, with the headers of a page, and ${there.name} or a device behind it closed it`,
            ],
            howToTell:
              "Check the proxy's own log, which shows whether it connected to the target. Or look at what curl prints after the header.",
          }
        : conclusiveUnless('the target behind the tunnel itself sends a bare web page where TLS should begin'),
    example: proxyExample(
      'tls',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      { answer: exampleProxyResponse(200, 'OK', { headers: { 'content-type': 'text/html', 'content-length': '53' } }) },
      {},
      { firstBytes: Buffer.from('<html><title>Welcome</title><body>Please log in</body></html>') },
    ),
  }),
  defineFailure({
    id: 'proxy.closed',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.code === 'PROXY_CLOSED',
    title: 'Proxy closed the connection without responding',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} received CONNECT ${facts.host}:${facts.port} and closed the connection ${durationText(signature.elapsedUs)} later, ${afterBytes(signature)}. Octopus itself does not detect this: it loops forever, uses a full core, and logs nothing.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      proxyStep(`Check the log of ${proxyName(facts)} to see whether it accepts connections from this machine.`),
      tryManually(facts),
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        SOCKS_OR_TLS,
        'the proxy closes what its rules forbid without responding, or accepts no connection from this machine',
        'a load balancer in front of the proxy has no proxy to forward to',
      ],
      howToTell:
        'Run curl with --proxy socks5h://, then https://, instead of http://. The one that works is its kind. If none works, its log shows how it treats this machine.',
    },
    example: proxyExample('proxy', 'PROXY_CLOSED'),
  }),
  defineFailure({
    id: 'proxy.reset',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => CONNECTION_LOST.includes(signature.code),
    title: 'Connection to the proxy was reset after CONNECT',
    explanation: ({ signature, facts }) =>
      `The connection to ${proxyName(facts)} was reset ${durationText(signature.elapsedUs)} after CONNECT ${facts.host}:${facts.port}, ${afterBytes(signature)}.`,
    remediation: (facts, ends) => [
      proxyStep(
        `Check the log of ${proxyName(facts)}. If the connection is not in it, find the device in front of it that resets on CONNECT.`,
      ),
      checkProxyAddress(facts, ends),
      tryManually(facts),
    ],
    octopusLogMessages: [
      'Unable to read data from the transport connection: Connection reset by peer.',
      'An existing connection was forcibly closed by the remote host',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        SOCKS_OR_TLS,
        'the proxy resets what its rules forbid, or is stopping',
        'an inspecting device in front of the proxy resets on CONNECT',
      ],
      howToTell:
        "Check the proxy's own log. A line for each reset points to the proxy; no line points to a device in front of it.",
    },
    example: proxyExample('proxy', 'ECONNRESET', {}, { syscall: 'read' }),
  }),
  defineFailure({
    id: 'proxy.silent',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.code === 'PROXY_TIMEOUT' && signature.receivedBytes === 0,
    title: 'Proxy did not respond to CONNECT in time',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} accepted the connection, received CONNECT ${facts.host}:${facts.port} and sent nothing for ${durationText(signature.elapsedUs)}. Octopus itself times out after 15 s. A proxy that cannot reach its target is also silent, until its own timeout (squid: 1 minute).`,
    remediation: (facts, ends) => [
      waitLonger(facts, ends),
      proxyStep(
        `Check whether ${proxyName(facts)} is hung, and whether TCP ${facts.port} from it to ${facts.host} is open.`,
      ),
      checkProxyAddress(facts, ends),
    ],
    octopusLogMessages: [
      'Unable to read data from the transport connection: Connection timed out.',
      'A connection attempt failed because the connected party did not properly respond after a period of time',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the target does not answer the proxy, which waits longer than this tool',
        'the proxy is hung or overloaded',
        'a service other than an HTTP proxy listens there, and waits for its own protocol',
      ],
      howToTell:
        'Through the same proxy, test another target that is known to work. If that works, this target is at fault; if not, the proxy is.',
    },
    example: proxyExample('proxy', 'PROXY_TIMEOUT', {}, { elapsedUs: 10_000_000 }),
  }),
  defineFailure({
    id: 'proxy.stalled',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.code === 'PROXY_TIMEOUT',
    title: 'Proxy response did not end in time',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} sent ${byteCount(signature.receivedBytes)} of its response (${printableBytes(signature.received)}), but not the rest within ${durationText(signature.elapsedUs)}. Octopus itself times out 15 s after the last byte.`,
    remediation: (facts) => [
      proxyStep(`Check whether ${proxyName(facts)} is hung or overloaded, and whether the path to it loses packets.`),
      tryManually(facts),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['the proxy is hung or overloaded', 'the path to the proxy is very slow or loses packets'],
      howToTell: 'Run again with --timeout 90s. Over a slow path the response ends; from a hung proxy it does not.',
    },
    example: proxyExample(
      'proxy',
      'PROXY_TIMEOUT',
      {},
      { elapsedUs: 10_000_000, received: Buffer.from('HTTP/1.1 200 Conn'), receivedBytes: 17 },
    ),
  }),
  defineFailure({
    id: 'proxy.other',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.shownAt === 'proxy',
    title: 'Proxy opened no tunnel, for an unknown reason',
    explanation: (observation) => {
      const { signature, facts } = observation;
      if (rejection(observation) === undefined)
        return `The request for a tunnel to ${proxyName(facts)} ended with ${signature.code}. This tool does not know the cause.`;
      return `${ProxyName(facts)} answered CONNECT ${facts.host}:${facts.port} with ${responseSummary(facts)}. Octopus accepts only 200.`;
    },
    remediation: (facts) => [proxyStep(`Check the log of ${proxyName(facts)}.`), tryManually(facts)],
    octopusLogMessages: ['Proxy destination', 'responded with a'],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: proxyExample('proxy', 'PROXY_REFUSED', { answer: exampleProxyResponse(429, 'Too Many Requests') }),
  }),
];
