import { AFTER_TLS, asReal, GONE, ending } from './row.js';

/** From the wish for a message exchange to both identities. */
export const identityEndings = [
  ending({
    id: 'refused.thumbprint',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_THUMBPRINT',
    title: 'Refused: its thumbprint is not trusted',
    means: (sighting) =>
      `${sighting.address} came with the certificate ${sighting.clientThumbprint ?? ''} and was refused without a word, as ${asReal(sighting)} does. To answer it, start with --trust ${sighting.clientThumbprint ?? ''}`,
    example: { ...AFTER_TLS, place: 'trust', code: 'REFUSED_THUMBPRINT' },
  }),
  ending({
    id: 'refused.no-certificate',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_NO_CERTIFICATE',
    title: 'Refused: it came without a certificate',
    means: (sighting) =>
      `${sighting.address} asked for a message exchange without a client certificate and was refused without a word, as ${asReal(sighting)} does. Both ends of Octopus always send one: if this is ${sighting.part === 'tentacle' ? 'an Octopus Server' : 'a polling Tentacle'}, a device on the way re-makes TLS and loses it. To answer anybody, start without --trust.`,
    example: { ...AFTER_TLS, place: 'trust', clientThumbprint: null, code: 'REFUSED_NO_CERTIFICATE' },
  }),
  ending({
    id: 'identity.subscriber',
    level: 'warn',
    when: ({ part, subscription }) => part === 'tentacle' && subscription !== undefined,
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
];
