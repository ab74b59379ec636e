import { identifyClientProtocol } from '../client-protocols.js';
import { printableBytes } from '../identify-protocol.js';
import type { InboundObservation } from '../inbound-observation.js';
import { EXAMPLE, GONE, IN_TLS, capitalize, defineEnding, realListener } from './ending.js';

/** OpenSSL's codes for first bytes that are not a TLS record. */
const NOT_A_RECORD = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
];

const HTTP_REQUEST = /^[A-Z]{3,10} \S* ?(HTTP\/|$)/;

/** A TLS record: types 20 to 24. */
function isRecord([type = 0]: Buffer): boolean {
  return type >= 20 && type <= 24;
}

/** Or the SSL 2 form of a ClientHello, as very old clients send it. */
function mayBeTls(bytes: Buffer): boolean {
  return isRecord(bytes) || (bytes[0] ?? 0) >= 128;
}

/** The first line of the first bytes as text; empty when they are, or may be, TLS. */
function firstText({ phase, firstBytes }: InboundObservation): string {
  if (phase !== 'tls' || firstBytes === undefined || mayBeTls(firstBytes)) return '';
  return firstBytes.toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
}

function firstBytesOf({ firstBytes }: InboundObservation): string {
  return firstBytes === undefined ? 'nothing' : printableBytes(firstBytes);
}

/** The protocol where it is known, and the first bytes. */
function describeStart(observation: InboundObservation): string {
  const { firstBytes } = observation;
  const bytes = `Its first bytes: ${firstBytesOf(observation)}.`;
  const known = firstBytes === undefined ? undefined : identifyClientProtocol(firstBytes);
  if (known === undefined) return `${bytes} The peer is a client of another protocol, or a scanner.`;
  return `It sent ${known.detail}. ${bytes} Its settings name this host and port for another service (${known.protocol}), or it is a scanner.`;
}

function sentInsteadOfTls(text: string): InboundObservation {
  return { ...IN_TLS, firstBytes: Buffer.from(text), code: 'ERR_SSL_WRONG_VERSION_NUMBER', receivedBytes: text.length };
}

/** Endings of connections that did not start TLS, classified by their first bytes. */
export const notTlsEndings = [
  defineEnding({
    id: 'probe.tcp',
    level: 'info',
    when: ({ phase, code }) => phase === 'start' && (code === undefined || GONE.includes(code)),
    title: 'Connected, then closed without sending a byte',
    means: ({ address }) =>
      `${address} can reach this port over TCP. Health checks of load balancers, Test-NetConnection and port scanners connect like this. So does a client that disconnects before TLS.`,
    example: EXAMPLE,
  }),
  defineEnding({
    id: 'tls.silent',
    level: 'warn',
    when: ({ phase, code }) => phase === 'start' && code === 'TLS_TIMEOUT',
    title: 'Connected, but sent nothing in time',
    means: ({ address }) =>
      `${address} connected and never started TLS. Its packets may be lost in transit: some devices accept a connection for another host and forward nothing. Or the peer waits for this end to send first, as clients of other protocols do.`,
    example: { ...EXAMPLE, code: 'TLS_TIMEOUT' },
  }),
  defineEnding({
    id: 'not-tls.http-connect',
    level: 'warn',
    when: (observation) =>
      observation.code === 'ERR_SSL_HTTPS_PROXY_REQUEST' || firstText(observation).startsWith('CONNECT '),
    title: 'HTTP proxy request on this port',
    means: (observation) =>
      `${observation.address} asked for a tunnel (${firstBytesOf(observation)}) instead of starting TLS. Its proxy setting names this host and port; it must name the proxy.`,
    example: sentInsteadOfTls('CONNECT tentacle.example:10933 HTTP/1.0\r\n'),
  }),
  defineEnding({
    id: 'not-tls.http',
    level: 'warn',
    when: (observation) => observation.code === 'ERR_SSL_HTTP_REQUEST' || HTTP_REQUEST.test(firstText(observation)),
    title: 'Plain HTTP instead of TLS',
    means: (observation) =>
      `${observation.address} sent plain HTTP (${firstBytesOf(observation)}). In a browser, start the address with https://. In a load balancer, set the health check to open the port only (TCP).`,
    example: sentInsteadOfTls('GET / HTTP/1.1\r\nHost: tentacle.example:10933\r\n'),
  }),
  defineEnding({
    id: 'not-tls.proxy-header',
    level: 'warn',
    when: (observation) =>
      firstText(observation).startsWith('PROXY ') ||
      (observation.phase === 'tls' &&
        observation.firstBytes?.subarray(0, 12).toString('latin1') === '\r\n\r\n\0\r\nQUIT\n'),
    title: 'PROXY protocol header before TLS',
    means: (observation) =>
      `${observation.address} started with a header of the PROXY protocol (${firstBytesOf(observation)}). ${capitalize(realListener(observation))} does not understand it. On the load balancer at that address, turn it off (send-proxy, proxy_protocol).`,
    example: sentInsteadOfTls('PROXY TCP4 198.51.100.1 192.0.2.10 56324 10933\r\n'),
  }),
  defineEnding({
    id: 'not-tls.other',
    level: 'warn',
    when: ({ phase, code, firstBytes }) =>
      phase === 'tls' &&
      firstBytes !== undefined &&
      (!mayBeTls(firstBytes) || (!isRecord(firstBytes) && NOT_A_RECORD.includes(code ?? ''))),
    title: 'Another protocol instead of TLS',
    means: (observation) => `${observation.address} did not start TLS. ${describeStart(observation)}`,
    example: sentInsteadOfTls('SSH-2.0-OpenSSH_9.2p1\r\n'),
  }),
];
