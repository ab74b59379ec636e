import { AFTER_TLS, ending, us } from './row.js';

/** What comes first inside TLS, when it is no message exchange. */
export const pageEndings = [
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
    means: (sighting) =>
      `${sighting.address} sent ${sighting.receivedBytes} bytes without an empty line, more than ${us(sighting)} reads.`,
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
    means: ({ address, part }) =>
      part === 'tentacle'
        ? `An Octopus Server at ${address} looked which certificate answers here, as it does when a Tentacle is added ("Discover"). The way is open as far as TLS.`
        : `An Octopus Server at ${address} looked which certificate answers here ("Discover"), as if this were a Tentacle that listens. Nothing of that kind is here.`,
    example: { ...AFTER_TLS, place: 'page', firstLine: 'HELLO' },
  }),
  ending({
    id: 'registration-check',
    level: 'info',
    when: ({ place, code, firstLine }) =>
      place === 'page' && code === undefined && (firstLine?.startsWith('POST /handshake ') ?? false),
    title: 'A check of registration got the page',
    means: ({ address, part }) =>
      `${address} asked with POST /handshake, as a Tentacle does that registers with a server, or tentacle-pong --poll. It takes any answer for an open port${part === 'tentacle' ? ', this one of a Tentacle too: a Tentacle that registers should name the Octopus Server' : ''}.`,
    example: { ...AFTER_TLS, part: 'server', place: 'page', firstLine: 'POST /handshake HTTP/1.1' },
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
    id: 'original-ping',
    level: 'info',
    when: ({ place, code }) => place === 'original' && code === undefined,
    title: 'The original TentaclePing got its answer',
    means: ({ address, tlsVersion }) =>
      `${address} pings with the original TentaclePing (${tlsVersion ?? 'TLS'}) and got the 10 KiB that the original TentaclePong answers. The way is open as far as TLS and what is in it.`,
    example: { ...AFTER_TLS, place: 'original', firstLine: 'GET / HTTP/1.1' },
  }),
  ending({
    id: 'page.cut',
    level: 'warn',
    when: ({ place }) => place === 'page' || place === 'original',
    title: 'Left while the page was sent',
    means: ({ address, code }) => `${address} asked for the page and did not take it (${code ?? ''}).`,
    example: { ...AFTER_TLS, place: 'page', firstLine: 'GET / HTTP/1.1', code: 'ECONNRESET' },
  }),
];
