import { printable } from 'tentacle-protocol';
import type { Sighting } from './course.js';

/** How a connection can end, as the listener sees it: everything there is to say about it. */
export interface Ending<Id extends string = string> {
  /** `what` or `place.what`. API: never renamed. */
  readonly id: Id;
  /** Which line the log gets: warn for what somebody should look into, error for our own bugs. */
  readonly level: 'info' | 'warn' | 'error';
  readonly when: (sighting: Sighting) => boolean;
  /** One line. */
  readonly title: string;
  /** What it says about the peer and the way, and what to do. */
  readonly means: (sighting: Sighting) => string;
  readonly example: Sighting;
}

/** Keeps a row's id as a type of its own, from which the type of all ids is made. */
function ending<const Id extends string>(row: Ending<Id>): Ending<Id> {
  return row;
}

/** The connection went away under a read or a write. */
const GONE = [
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'CONNECTION_CLOSED',
  'ERR_STREAM_DESTROYED',
];

/** OpenSSL's words for first bytes that are no TLS record. */
const NO_RECORD = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
];

const VERSION = [
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
];

const NOTHING_SHARED = [
  'ERR_SSL_NO_SHARED_CIPHER',
  'ERR_SSL_NO_SUITABLE_KEY_SHARE',
  'ERR_SSL_NO_SHARED_GROUP',
  'ERR_SSL_NO_SHARED_GROUPS',
  'ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS',
  'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER',
];

/** Alerts by which a peer says that it does not take our certificate. */
const CERTIFICATE_REFUSED = /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/;

const HTTP_REQUEST = /^[A-Z]{3,10} \S* ?(HTTP\/|$)/;

/** TLS record types 20 to 24; or the SSL 2 form in which very old clients say hello. */
function mayBeTls(bytes: Buffer): boolean {
  const [type = 0] = bytes;
  return (type >= 20 && type <= 24) || type >= 128;
}

/** The first bytes as one line of text; empty when they are, or may be, TLS. */
function firstText({ place, firstBytes }: Sighting): string {
  if (place !== 'tls' || firstBytes === undefined || mayBeTls(firstBytes)) return '';
  return firstBytes.toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
}

function started({ firstBytes }: Sighting): string {
  return firstBytes === undefined ? 'nothing' : printable(firstBytes);
}

const EXAMPLE: Sighting = {
  address: '192.0.2.7',
  port: 50123,
  localAddress: '192.0.2.10',
  localPort: 10933,
  place: 'start',
  receivedBytes: 0,
  calls: 0,
  inCall: false,
};
const IN_TLS: Sighting = { ...EXAMPLE, place: 'tls', firstBytes: Buffer.of(22, 3, 1), receivedBytes: 517 };
const AFTER_TLS: Sighting = {
  ...EXAMPLE,
  place: 'preamble',
  firstBytes: Buffer.of(22, 3, 1),
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  clientThumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
};

function plain(text: string): Sighting {
  return { ...IN_TLS, firstBytes: Buffer.from(text), code: 'ERR_SSL_WRONG_VERSION_NUMBER', receivedBytes: text.length };
}

/** Every ending there is, specific before general; the first row that fits is the ending. */
const rows = [
  ending({
    id: 'internal.bug',
    level: 'error',
    when: ({ code }) => code === 'OWN_BUG',
    title: 'A bug of tentacle-pong itself',
    means: ({ bug }) => `tentacle-pong failed (${bug ?? 'unknown'}). That says nothing about the network or the peer.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'OWN_BUG', bug: 'TypeError: x is not a function' },
  }),
  ending({
    id: 'stopped',
    level: 'info',
    when: ({ code }) => code === 'CANCELLED',
    title: 'Open when tentacle-pong was stopped',
    means: () => 'tentacle-pong was stopped and closed it.',
    example: { ...AFTER_TLS, place: 'rpc', code: 'CANCELLED' },
  }),
  ending({
    id: 'too-many-connections',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_CONNECTIONS',
    title: 'Closed at once: too many connections are open',
    means: ({ address }) =>
      `The connection from ${address} was one more than tentacle-pong holds open. Find out who opens so many and leaves them open.`,
    example: { ...EXAMPLE, code: 'TOO_MANY_CONNECTIONS' },
  }),
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
      `${sighting.address} began with a header of the PROXY protocol (${started(sighting)}). A Tentacle does not understand it: turn it off (send-proxy, proxy_protocol) on the load balancer at that address.`,
    example: plain('PROXY TCP4 198.51.100.1 192.0.2.10 56324 10933\r\n'),
  }),
  ending({
    id: 'not-tls.other',
    level: 'warn',
    when: ({ place, code, firstBytes }) =>
      place === 'tls' &&
      (NO_RECORD.includes(code ?? '') || (firstBytes !== undefined && !mayBeTls(firstBytes) && code !== undefined)),
    title: 'Something else in place of TLS',
    means: (sighting) =>
      `${sighting.address} did not begin TLS; its first bytes: ${started(sighting)}. A client of another protocol, or a scanner.`,
    example: plain('SSH-2.0-OpenSSH_9.2p1\r\n'),
  }),
  ending({
    id: 'tls.version',
    level: 'warn',
    when: ({ code }) => VERSION.includes(code ?? ''),
    title: 'No TLS version in common',
    means: ({ address }) =>
      `${address} offers no TLS version that tentacle-pong takes (1.2 and 1.3, as Octopus requires). An old operating system or .NET Framework, or a device on the way that re-makes TLS.`,
    example: { ...IN_TLS, code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
  }),
  ending({
    id: 'tls.no-shared',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && NOTHING_SHARED.includes(code ?? ''),
    title: 'No cipher suite, group or signature algorithm in common',
    means: ({ address, code }) =>
      `${address} offers none that can be used here (${code ?? ''}). Octopus requires ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1 and signatures with SHA-256; look what a policy of that host has turned off.`,
    example: { ...IN_TLS, code: 'ERR_SSL_NO_SHARED_CIPHER' },
  }),
  ending({
    id: 'tls.refused-our-certificate',
    level: 'warn',
    when: ({ code }) => CERTIFICATE_REFUSED.test(code ?? ''),
    title: 'The peer does not take our certificate',
    means: ({ address, code }) =>
      `${address} ended TLS over our certificate (${code ?? ''}). A browser or another client that checks names and authorities does so before its user makes an exception; Octopus does not.`,
    example: { ...IN_TLS, code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  }),
  ending({
    id: 'tls.stalled',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && code === 'TLS_TIMEOUT',
    title: 'TLS began and did not finish in time',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${receivedBytes} bytes of its handshake and no more. Our answer, larger than its question, may be lost on the way (packets above a smaller MTU), or the peer has hung.`,
    example: { ...IN_TLS, code: 'TLS_TIMEOUT' },
  }),
  ending({
    id: 'tls.closed',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && code === 'TLS_CLOSED',
    title: 'Closed during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `${address} began TLS and closed after ${receivedBytes} bytes, without an alert. A client that ran out of time or does not like our certificate, or a device on the way.`,
    example: { ...IN_TLS, code: 'TLS_CLOSED' },
  }),
  ending({
    id: 'tls.reset',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && GONE.includes(code ?? ''),
    title: 'Reset during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was reset after ${receivedBytes} bytes of its handshake. A client that does not like our certificate, or a device on the way that inspects TLS.`,
    example: { ...IN_TLS, code: 'ECONNRESET' },
  }),
  ending({
    id: 'tls.other',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' || (code?.startsWith('ERR_SSL_') ?? false),
    title: 'TLS failed in a way this tool does not know',
    means: ({ address, code }) =>
      `TLS with ${address} ended with ${code ?? 'no code'}. Its cause is unknown to this tool.`,
    example: { ...IN_TLS, code: 'ERR_SSL_DIGEST_CHECK_FAILED' },
  }),
  ending({
    id: 'probe.tls',
    level: 'info',
    when: ({ place, code }) => place === 'preamble' && code === undefined,
    title: 'Finished TLS, and left without a byte',
    means: ({ address }) =>
      `The way from ${address} is open as far as TLS. tentacle-ping --level tls and checks of certificates do this; so does a client that expects another thumbprint than ours.`,
    example: AFTER_TLS,
  }),
  ending({
    id: 'tls.reset-after',
    level: 'warn',
    when: ({ place, code, receivedBytes }) => place === 'preamble' && GONE.includes(code ?? '') && receivedBytes === 0,
    title: 'Finished TLS, and reset without a byte',
    means: ({ address }) =>
      `${address} cut the connection as soon as TLS was made. An Octopus Server that expects another thumbprint than ours does so: give it the thumbprint that tentacle-pong prints, or give tentacle-pong the certificate it expects (--pfx).`,
    example: { ...AFTER_TLS, code: 'ECONNRESET' },
  }),
  ending({
    id: 'preamble.timeout',
    level: 'warn',
    when: ({ place, code }) => place === 'preamble' && code === 'READ_TIMEOUT',
    title: 'Finished TLS, then said too little for too long',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${receivedBytes} bytes inside TLS, no empty line among them, and then waited. Something on the way may hold the rest back, or the peer is no Halibut client.`,
    example: { ...AFTER_TLS, code: 'READ_TIMEOUT' },
  }),
  ending({
    id: 'preamble.too-long',
    level: 'warn',
    when: ({ place, code }) => place === 'preamble' && code === 'TOO_LONG',
    title: 'A first request without end',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${receivedBytes} bytes without an empty line, more than tentacle-pong reads.`,
    example: { ...AFTER_TLS, code: 'TOO_LONG', receivedBytes: 2 ** 30 + 1 },
  }),
  ending({
    id: 'preamble.cut',
    level: 'warn',
    when: ({ place }) => place === 'preamble',
    title: 'Cut in the middle of its first lines',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} ended inside its first request, after ${receivedBytes} bytes of it. The peer gave up, or something on the way cut it.`,
    example: { ...AFTER_TLS, code: 'END_OF_STREAM', receivedBytes: 12 },
  }),
  ending({
    id: 'discovery',
    level: 'info',
    when: ({ place, firstLine }) => place === 'page' && firstLine === 'HELLO',
    title: 'Octopus read our thumbprint',
    means: ({ address }) =>
      `An Octopus Server at ${address} looked which certificate answers here, as it does when a Tentacle is added ("Discover"). The way is open as far as TLS.`,
    example: { ...AFTER_TLS, place: 'page', firstLine: 'HELLO' },
  }),
  ending({
    id: 'page',
    level: 'info',
    when: ({ place, code }) => place === 'page' && code === undefined,
    title: 'A browser got the page',
    means: ({ address, firstLine }) =>
      `${address} asked "${firstLine ?? ''}" and got the page that says what was seen of it. The way is open as far as TLS and what is in it.`,
    example: { ...AFTER_TLS, place: 'page', firstLine: 'GET / HTTP/1.1' },
  }),
  ending({
    id: 'page.cut',
    level: 'warn',
    when: ({ place }) => place === 'page',
    title: 'Left while the page was sent',
    means: ({ address, code }) => `${address} asked for the page and did not take it (${code ?? ''}).`,
    example: { ...AFTER_TLS, place: 'page', firstLine: 'GET / HTTP/1.1', code: 'ECONNRESET' },
  }),
  ending({
    id: 'refused.thumbprint',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_THUMBPRINT',
    title: 'Refused: its thumbprint is not trusted',
    means: ({ address, clientThumbprint }) =>
      `${address} came with the certificate ${clientThumbprint ?? ''} and was refused without a word, as a Tentacle does. To answer it, start with --trust ${clientThumbprint ?? ''}`,
    example: { ...AFTER_TLS, place: 'trust', code: 'REFUSED_THUMBPRINT' },
  }),
  ending({
    id: 'refused.no-certificate',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_NO_CERTIFICATE',
    title: 'Refused: it came without a certificate',
    means: ({ address }) =>
      `${address} asked for a message exchange without a client certificate and was refused without a word, as a Tentacle does. Octopus always sends one: if this is an Octopus Server, a device on the way re-makes TLS and loses it. To answer anybody, start without --trust.`,
    example: { ...AFTER_TLS, place: 'trust', clientThumbprint: null, code: 'REFUSED_NO_CERTIFICATE' },
  }),
  ending({
    id: 'identity.subscriber',
    level: 'warn',
    when: ({ subscription }) => subscription !== undefined,
    title: 'A polling Tentacle came here for work',
    means: ({ address, subscription }) =>
      `A polling Tentacle at ${address} (${subscription ?? ''}) takes this for its Octopus Server. Its server address should name the Server and its polling port, 10943 unless changed.`,
    example: { ...AFTER_TLS, place: 'identity', subscription: 'poll://abcdefghij0123456789/' },
  }),
  ending({
    id: 'identity.timeout',
    level: 'warn',
    when: ({ place, code }) => place === 'identity' && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(code ?? ''),
    title: 'Asked for a message exchange, then did not say who it is',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${receivedBytes} bytes of its identity in time. Something on the way may hold the rest back.`,
    example: { ...AFTER_TLS, place: 'identity', code: 'READ_TIMEOUT' },
  }),
  ending({
    id: 'identity.closed',
    level: 'warn',
    when: ({ place, code }) => place === 'identity' && ['END_OF_STREAM', ...GONE].includes(code ?? ''),
    title: 'Left before it said who it is',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} ended after ${receivedBytes} bytes of its identity. The peer gave up, or something on the way cut it.`,
    example: { ...AFTER_TLS, place: 'identity', code: 'END_OF_STREAM' },
  }),
  ending({
    id: 'identity.bad',
    level: 'warn',
    when: ({ place, code }) => place === 'identity' && code !== undefined,
    title: 'Named itself in a way that is not Halibut',
    means: ({ address, code }) =>
      `${address} asked for a message exchange and then sent something else than the identity of a client (${code ?? ''}).`,
    example: { ...AFTER_TLS, place: 'identity', code: 'IDENTITY_UNKNOWN', receivedBytes: 20 },
  }),
  ending({
    id: 'probe.identity',
    level: 'info',
    when: ({ place, code, calls }) => place === 'rpc' && code === undefined && calls === 0,
    title: 'Said who it is, and left without a call',
    means: ({ address }) =>
      `The way from ${address} is open as far as the protocol. tentacle-ping --level identity does this.`,
    example: { ...AFTER_TLS, place: 'rpc' },
  }),
  ending({
    id: 'served',
    level: 'info',
    when: ({ place, code }) => place === 'rpc' && code === undefined,
    title: 'Served',
    means: ({ address, calls }) =>
      `${address} made ${calls} ${calls === 1 ? 'call' : 'calls'}, had the answers and left in order.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3 },
  }),
  ending({
    id: 'rpc.idle',
    level: 'info',
    when: ({ place, code, receivedBytes, inCall }) =>
      place === 'rpc' && code === 'READ_TIMEOUT' && receivedBytes === 0 && !inCall,
    title: 'Closed by us: no call for too long',
    means: ({ address, calls }) =>
      `${address} was silent after ${calls} ${calls === 1 ? 'call' : 'calls'} for as long as tentacle-pong waits. Either it keeps the connection for later, or it went away and the news of it was lost on the way.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3, code: 'READ_TIMEOUT' },
  }),
  ending({
    id: 'rpc.timeout',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(code ?? ''),
    title: 'A call did not finish in time',
    means: ({ address, code }) =>
      code === 'WRITE_TIMEOUT'
        ? `${address} did not take our answer in time. It has hung, or the way is too slow or lossy for it.`
        : `A call from ${address} began and did not come whole in time. The way is very slow or lossy, or packets above a smaller MTU are lost on it.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'READ_TIMEOUT', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.garbled',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && ['GARBLED', 'TOO_LONG', 'UNEXPECTED_CONTROL'].includes(code ?? ''),
    title: 'Not what the protocol has at this place',
    means: ({ address, code }) =>
      `${address} sent something that is no message of Halibut, or a larger one than tentacle-pong takes (${code ?? ''}).`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'GARBLED', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.closed',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && code === 'END_OF_STREAM',
    title: 'Closed in the middle of a call',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was closed inside a call, after ${receivedBytes} bytes of what was due. The client gave up, or something on the way closed it.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'END_OF_STREAM', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.reset',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && GONE.includes(code ?? ''),
    title: 'Reset while it was in use',
    means: ({ address, calls, code }) =>
      `The connection from ${address} broke after ${calls} ${calls === 1 ? 'call' : 'calls'} (${code ?? ''}): the client was ended, or a device on the way cut it.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3, code: 'ECONNRESET' },
  }),
  ending({
    id: 'other',
    level: 'warn',
    when: () => true,
    title: 'Ended in a way this tool does not know',
    means: ({ address, place, code }) =>
      `The connection from ${address} ended at "${place}" with ${code ?? 'no code'}.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'ENOBUFS' },
  }),
];

/** The ids, made from the table: there is no other list of them. */
export type EndingId = (typeof rows)[number]['id'];

export const endings: readonly Ending<EndingId>[] = rows;

/** The first row that fits. The last one takes what is left, so there always is one. */
export function endingOf(sighting: Sighting): Ending<EndingId> {
  const found = endings.find((row) => row.when(sighting));
  if (found === undefined) throw new Error(`no ending for ${sighting.code ?? 'none'} at ${sighting.place}`);
  return found;
}
