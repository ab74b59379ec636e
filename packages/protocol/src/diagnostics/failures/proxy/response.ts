import {
  responseSummary,
  proxyStep,
  tryManually,
  exampleProxyResponse,
  proxyExample,
  rejection,
  checkProxyAddress,
  proxyName,
  ProxyName,
} from './shared.js';
import { conclusiveUnless, defineFailure, type Observation } from '../../failure-definition.js';
import { byteCount, durationText } from '../../wording.js';
import { looksLikeTls, identifyProtocol } from '../../identify-protocol.js';

/** Statuses of a web server that does not open tunnels: about the method, its form or its version. */
const NO_CONNECT = [400, 404, 405, 501, 505];

function notHttp({ signature }: Observation): boolean {
  return signature.code === 'PROXY_NOT_HTTP';
}

function speaks({ signature }: Observation): string | undefined {
  return identifyProtocol(signature.received)?.protocol;
}

/** The effect on Octopus of a response without an empty line at its end. Its log shows neither case as it is. */
const OCTOPUS_SPINS =
  'Octopus itself logs nothing about this. If the connection is closed, Octopus loops forever and uses a full core; if it stays open, Octopus times out after 15 s.';

/** A response where the proxy should be, but no tunnel. */
export const proxyResponseFailures = [
  defineFailure({
    id: 'proxy.redirect',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => [301, 302, 303, 307, 308].includes(rejection(observation)?.status ?? 0),
    title: 'Proxy redirects to a web page instead of a tunnel',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} returned ${responseSummary(facts)} and redirects to ${facts.proxy?.answer?.headers['location'] ?? 'no address'}: a login page or a captive portal. A browser would show it; Octopus cannot.`,
    remediation: (facts, ends) => [
      proxyStep(
        `Exempt this machine's CONNECT to ${facts.host}:${facts.port} from the login page or portal, or let it authenticate with Basic.`,
      ),
      checkProxyAddress(facts, ends),
    ],
    octopusLogMessages: ['responded with a 302 code - Found'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('another proxy behind this one sent the response'),
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(302, 'Found', { headers: { location: 'http://portal.example/login' } }),
    }),
  }),
  defineFailure({
    id: 'proxy.not-a-proxy',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => NO_CONNECT.includes(rejection(observation)?.status ?? 0),
    title: 'CONNECT was answered as web servers answer it',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} answered CONNECT with ${responseSummary(facts)}. A web server or a reverse proxy responds like this, and so does a forward proxy without CONNECT.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      proxyStep(`If it is a forward proxy, allow the method CONNECT to ${facts.host}:${facts.port}.`),
      tryManually(facts),
    ],
    octopusLogMessages: [
      'responded with a 400 code - Bad Request',
      'responded with a 404 code - Not Found',
      'responded with a 405 code - Not Allowed',
    ],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a web server or reverse proxy listens at that address, not a forward proxy',
        'CONNECT is turned off on the forward proxy',
      ],
      howToTell:
        'Request a plain page through it (curl --proxy with an http URL). A forward proxy fetches the page; a web server returns a page of its own or an error.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(405, 'Not Allowed', { headers: { server: 'nginx' } }),
    }),
  }),
  defineFailure({
    id: 'proxy.socks',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => notHttp(observation) && speaks(observation) === 'SOCKS',
    title: 'Proxy speaks SOCKS, which Octopus does not support',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} returned ${identifyProtocol(signature.received)?.detail ?? ''}. Octopus supports HTTP proxies only. ${OCTOPUS_SPINS}`,
    remediation: (facts, ends) => [
      proxyStep(
        'Provide the port on which the proxy speaks HTTP, or set up an HTTP proxy that opens tunnels with CONNECT.',
      ),
      checkProxyAddress(facts, ends),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('the service has another binary protocol with the same first bytes'),
    example: proxyExample('proxy', 'PROXY_NOT_HTTP', {}, { received: Buffer.of(5, 0xff), receivedBytes: 2 }),
  }),
  defineFailure({
    id: 'proxy.tls',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => notHttp(observation) && looksLikeTls(observation.signature.received),
    title: 'Proxy expects TLS, but Octopus speaks plain HTTP to it',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} answered the plain CONNECT with TLS. It is a proxy that expects TLS from its clients, or not a proxy at all. ${OCTOPUS_SPINS}`,
    remediation: (facts, ends) => [
      proxyStep('Provide the port on which the proxy accepts plain HTTP.'),
      checkProxyAddress(facts, ends),
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('the service has another binary protocol with the same first bytes'),
    example: proxyExample(
      'proxy',
      'PROXY_NOT_HTTP',
      {},
      { received: Buffer.from('15030100020246', 'hex'), receivedBytes: 7 },
    ),
  }),
  defineFailure({
    id: 'proxy.not-http',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: notHttp,
    title: 'The service at the proxy address does not speak HTTP',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} answered CONNECT with ${identifyProtocol(signature.received)?.detail ?? 'nothing'}. It is not an HTTP proxy. ${OCTOPUS_SPINS}`,
    remediation: (facts, ends) => [checkProxyAddress(facts, ends), tryManually(facts)],
    octopusLogMessages: [
      'No HTTP response received from proxy destination.',
      'An invalid response code was received from proxy destination.',
      'failed to return a recognized HTTP response code',
      'Unable to read data from the transport connection: Connection timed out.',
    ],
    octopusRetries: true,
    diagnosis: conclusiveUnless('a device between here and the proxy answers in its place, or damages its response'),
    example: proxyExample(
      'proxy',
      'PROXY_NOT_HTTP',
      {},
      { received: Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), receivedBytes: 23 },
    ),
  }),
  defineFailure({
    id: 'proxy.unreadable',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.code === 'PROXY_UNREADABLE',
    title: 'Proxy response to CONNECT is unreadable for Octopus',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} returned 200 in a malformed response: its lines end in a line feed alone, or no space follows the status. Other tools tolerate that. Octopus waits 15 s for an empty line that ends in CR LF, or fails immediately on the missing space.`,
    remediation: (facts) => [
      proxyStep(
        `Configure ${proxyName(facts)} to respond as HTTP requires: "HTTP/1.1 200 Connection established", each line ending in CR LF.`,
      ),
      tryManually(facts),
    ],
    octopusLogMessages: [
      'Unable to read data from the transport connection: Connection timed out.',
      "must be a non-negative value. (Parameter 'length')",
      'Length cannot be less than zero.',
    ],
    octopusRetries: true,
    diagnosis: conclusiveUnless('a device between here and the proxy rewrites its response'),
    example: proxyExample(
      'proxy',
      'PROXY_UNREADABLE',
      { answer: exampleProxyResponse(200, 'OK') },
      { received: Buffer.from('HTTP/1.0 200 OK\n\n'), receivedBytes: 17 },
    ),
  }),
  defineFailure({
    id: 'proxy.too-long',
    stage: 'proxy',
    shownAt: ['proxy'],
    matches: ({ signature }) => signature.code === 'PROXY_TOO_LONG',
    title: 'Proxy response headers do not end',
    explanation: ({ signature, facts }) =>
      `${ProxyName(facts)} sent ${byteCount(signature.receivedBytes)} of headers in ${durationText(signature.elapsedUs)} without an end; real proxies send a few hundred. Octopus reads on, byte by byte, and uses a full core.`,
    remediation: (facts, ends) => [
      checkProxyAddress(facts, ends),
      proxyStep(`Check which headers ${proxyName(facts)} adds to its responses to CONNECT.`),
    ],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: ['a service other than a proxy listens at that address', 'a proxy or a device adds headers without end'],
      howToTell: 'Check the first bytes in the evidence. They identify the software that sent them.',
    },
    example: proxyExample(
      'proxy',
      'PROXY_TOO_LONG',
      { answer: exampleProxyResponse(200, 'OK') },
      { received: Buffer.from('HTTP/1.1 200 OK\r\nX-Pad: aaaaaaaa'), receivedBytes: 20_000 },
    ),
  }),
];
