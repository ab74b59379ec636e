import { AFTER_TLS, count, defineEnding, program } from './ending.js';

/** More than any browser sends before the empty line. */
const LARGE_REQUEST_BYTES = 64 * 1024;

/** Endings within the first request inside TLS, unless it asks for a message exchange. */
export const pageEndings = [
  defineEnding({
    id: 'preamble.timeout',
    level: 'warn',
    when: ({ phase, code }) => phase === 'preamble' && code === 'READ_TIMEOUT',
    title: 'TLS completed, but no request was received',
    means: ({ address, receivedBytes, role }) =>
      `${address} sent ${count(receivedBytes, 'byte')} inside TLS, and no empty line in time. A device in between may hold back the rest, or the peer is not a Halibut client.${receivedBytes > LARGE_REQUEST_BYTES && role === 'tentacle' ? ' The legacy TentaclePing sends megabytes as one line. If the path is too slow for them, start tentacle-pong with --identity-timeout TIME.' : ''}`,
    example: { ...AFTER_TLS, clientThumbprint: null, code: 'READ_TIMEOUT' },
  }),
  defineEnding({
    id: 'preamble.too-long',
    level: 'warn',
    when: ({ phase, code }) => phase === 'preamble' && code === 'TOO_LONG',
    title: 'First request exceeds the size limit',
    means: (observation) =>
      `${observation.address} sent ${count(observation.receivedBytes, 'byte')} without an empty line, more than ${program(observation)} reads.`,
    example: { ...AFTER_TLS, code: 'TOO_LONG', receivedBytes: 2 ** 30 + 1 },
  }),
  defineEnding({
    id: 'preamble.cut',
    level: 'warn',
    when: ({ phase }) => phase === 'preamble',
    title: 'Closed within its first request',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} ended after ${count(receivedBytes, 'byte')} of its first request. The peer gave up, or a device in between cut the connection.`,
    example: { ...AFTER_TLS, code: 'END_OF_STREAM', receivedBytes: 12 },
  }),
  defineEnding({
    id: 'discovery',
    level: 'info',
    when: ({ phase, firstLine }) => phase === 'page' && firstLine === 'HELLO',
    title: 'Certificate read by an Octopus Server',
    means: ({ address, role }) =>
      role === 'tentacle'
        ? `An Octopus Server at ${address} read this program's certificate, as it does when a Tentacle is added ("Discover"). That server can reach this port over TLS.`
        : `An Octopus Server at ${address} read this program's certificate ("Discover"), as if a listening Tentacle were here. This port is for polling Tentacles.`,
    example: { ...AFTER_TLS, phase: 'page', firstLine: 'HELLO' },
  }),
  defineEnding({
    id: 'registration-check',
    level: 'info',
    when: ({ phase, code, firstLine }) =>
      phase === 'page' && code === undefined && (firstLine?.startsWith('POST /handshake ') ?? false),
    title: 'Registration check answered',
    means: ({ address, role }) =>
      `${address} sent POST /handshake, as a Tentacle does when it registers with a server. tentacle-pong --poll does the same. A Tentacle accepts HTTP 200 and 400 as proof of an open port, from any web server or device.${role === 'tentacle' ? ' This port belongs to a Tentacle. A Tentacle that registers must name the Octopus Server instead.' : ''}`,
    example: { ...AFTER_TLS, role: 'server', phase: 'page', firstLine: 'POST /handshake HTTP/1.1' },
  }),
  defineEnding({
    id: 'http.page',
    level: 'info',
    when: ({ phase, code }) => phase === 'page' && code === undefined,
    title: 'Page sent to a browser',
    means: ({ address, firstLine }) =>
      `${address} requested "${firstLine ?? ''}" and received the page about its own connection. It can reach this port over TLS and exchange data inside it.`,
    example: { ...AFTER_TLS, phase: 'page', firstLine: 'GET / HTTP/1.1' },
  }),
  defineEnding({
    id: 'original-ping',
    level: 'info',
    when: ({ phase, code }) => phase === 'original' && code === undefined,
    title: 'Legacy TentaclePing answered',
    means: ({ address, tlsVersion }) =>
      `${address} pings with the legacy TentaclePing (${tlsVersion ?? 'TLS'}) and received the 10 KiB that the legacy TentaclePong returns. It can reach this port over TLS and exchange data inside it.`,
    example: { ...AFTER_TLS, phase: 'original', firstLine: 'GET / HTTP/1.1' },
  }),
  defineEnding({
    id: 'page.cut',
    level: 'warn',
    when: ({ phase }) => phase === 'page' || phase === 'original',
    title: 'Closed while the page was being sent',
    means: ({ address, code }) => `${address} requested the page and did not receive all of it (${code ?? ''}).`,
    example: { ...AFTER_TLS, phase: 'page', firstLine: 'GET / HTTP/1.1', code: 'ECONNRESET' },
  }),
];
