import { printable } from '../../failures/what-answers.js';
import type { Sighting } from '../course.js';
import { asReal, EXAMPLE, ending, GONE, IN_TLS } from './row.js';

/** OpenSSL's words for first bytes that are no TLS record. */
const NO_RECORD = [
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

/** Or the SSL 2 form, in which very old clients say hello. */
function mayBeTls(bytes: Buffer): boolean {
  return isRecord(bytes) || (bytes[0] ?? 0) >= 128;
}

/** The first bytes as one line of text; empty when they are, or may be, TLS. */
function firstText({ place, firstBytes }: Sighting): string {
  if (place !== 'tls' || firstBytes === undefined || mayBeTls(firstBytes)) return '';
  return firstBytes.toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
}

function started({ firstBytes }: Sighting): string {
  return firstBytes === undefined ? 'nothing' : printable(firstBytes);
}

function plain(text: string): Sighting {
  return { ...IN_TLS, firstBytes: Buffer.from(text), code: 'ERR_SSL_WRONG_VERSION_NUMBER', receivedBytes: text.length };
}

/** What comes, or does not, in place of TLS: the first bytes tell. */
export const notTlsEndings = [
  ending({
    id: 'probe.tcp',
    level: 'info',
    when: ({ place, code }) => place === 'start' && (code === undefined || GONE.includes(code)),
    title: 'Connected, and left without a byte',
    means: ({ address }) =>
      `The way from ${address} is open as far as TCP. Health checks of load balancers, Test-NetConnection and port scanners do this; so does a client that gives up before TLS.`,
    example: EXAMPLE,
  }),
  ending({
    id: 'tls.silent',
    level: 'warn',
    when: ({ place, code }) => place === 'start' && code === 'TLS_TIMEOUT',
    title: 'Connected, and sent nothing in time',
    means: ({ address }) =>
      `${address} connected and never began TLS. Either what it sent is lost on the way (a device that opens the connection in its place and passes nothing on), or it waits for us to speak first, as clients of other protocols do.`,
    example: { ...EXAMPLE, code: 'TLS_TIMEOUT' },
  }),
  ending({
    id: 'not-tls.connect',
    level: 'warn',
    when: (sighting) => sighting.code === 'ERR_SSL_HTTPS_PROXY_REQUEST' || firstText(sighting).startsWith('CONNECT '),
    title: 'Somebody takes this port for an HTTP proxy',
    means: (sighting) =>
      `${sighting.address} asked for a tunnel (${started(sighting)}) in place of TLS. Its proxy setting names this host and port; it should name the proxy.`,
    example: plain('CONNECT tentacle.example:10933 HTTP/1.0\r\n'),
  }),
  ending({
    id: 'not-tls.http',
    level: 'warn',
    when: (sighting) => sighting.code === 'ERR_SSL_HTTP_REQUEST' || HTTP_REQUEST.test(firstText(sighting)),
    title: 'Plain HTTP in place of TLS',
    means: (sighting) =>
      `${sighting.address} sent plain HTTP (${started(sighting)}). In a browser write https:// before the address; a health check of a load balancer should only open the port (TCP).`,
    example: plain('GET / HTTP/1.1\r\nHost: tentacle.example:10933\r\n'),
  }),
  ending({
    id: 'not-tls.proxy-header',
    level: 'warn',
    when: (sighting) =>
      firstText(sighting).startsWith('PROXY ') ||
      (sighting.place === 'tls' && sighting.firstBytes?.subarray(0, 12).toString('latin1') === '\r\n\r\n\0\r\nQUIT\n'),
    title: 'A load balancer puts a PROXY header before TLS',
    means: (sighting) =>
      `${sighting.address} began with a header of the PROXY protocol (${started(sighting)}). ${asReal(sighting).replace(/^a/, 'A')} does not understand it: turn it off (send-proxy, proxy_protocol) on the load balancer at that address.`,
    example: plain('PROXY TCP4 198.51.100.1 192.0.2.10 56324 10933\r\n'),
  }),
  ending({
    id: 'not-tls.other',
    level: 'warn',
    when: ({ place, code, firstBytes }) =>
      place === 'tls' &&
      firstBytes !== undefined &&
      (!mayBeTls(firstBytes) || (!isRecord(firstBytes) && NO_RECORD.includes(code ?? ''))),
    title: 'Something else in place of TLS',
    means: (sighting) =>
      `${sighting.address} did not begin TLS; its first bytes: ${started(sighting)}. A client of another protocol, or a scanner.`,
    example: plain('SSH-2.0-OpenSSH_9.2p1\r\n'),
  }),
];
