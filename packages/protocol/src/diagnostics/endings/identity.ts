import { AFTER_TLS, GONE, count, defineEnding, program, realListener, realPeer } from './ending.js';

/** Endings from the request for a message exchange to the exchange of identities. */
export const identityEndings = [
  defineEnding({
    id: 'refused.thumbprint',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_THUMBPRINT',
    title: 'Rejected: thumbprint not trusted',
    means: (observation) => {
      const thumbprint = observation.clientThumbprint ?? '';
      return `${observation.address} presented a certificate with the thumbprint ${thumbprint}, which is not trusted. The connection was closed without a reply, as ${realListener(observation)} does. To accept this client, start ${program(observation)} with --trust ${thumbprint}`;
    },
    example: { ...AFTER_TLS, phase: 'trust', code: 'REFUSED_THUMBPRINT' },
  }),
  defineEnding({
    id: 'refused.no-certificate',
    level: 'warn',
    when: ({ code }) => code === 'REFUSED_NO_CERTIFICATE',
    title: 'Rejected: no client certificate',
    means: (observation) =>
      `${observation.address} asked for a message exchange without a client certificate. The connection was closed without a reply, as ${realListener(observation)} does. ${realPeer(observation)} always presents a certificate: if this is one, a device in between re-encrypts TLS and removes it. To accept any client, start ${program(observation)} without --trust.`,
    example: { ...AFTER_TLS, phase: 'trust', clientThumbprint: null, code: 'REFUSED_NO_CERTIFICATE' },
  }),
  defineEnding({
    id: 'identity.subscriber',
    level: 'warn',
    when: ({ role, subscription }) => role === 'tentacle' && subscription !== undefined,
    title: 'A polling Tentacle connected to this port',
    means: ({ address, subscription }) =>
      `A polling Tentacle at ${address} (${subscription ?? ''}) mistakes this port for its Octopus Server's. In its configuration, set the server address to the Octopus Server and its polling port (10943 unless changed).`,
    example: { ...AFTER_TLS, phase: 'identity', subscription: 'poll://abcdefghij0123456789/' },
  }),
  defineEnding({
    id: 'identity.timeout',
    level: 'warn',
    when: ({ phase, code }) => phase === 'identity' && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(code ?? ''),
    title: 'No identity received after the preamble',
    means: ({ address, receivedBytes, role }) =>
      `${address} asked for a message exchange, but only ${count(receivedBytes, 'byte')} of its identity arrived in time. A device in between may hold back the rest, or the path is very slow.${role === 'tentacle' ? ' To wait longer, start tentacle-pong with --identity-timeout TIME.' : ''}`,
    example: { ...AFTER_TLS, phase: 'identity', code: 'READ_TIMEOUT' },
  }),
  defineEnding({
    id: 'identity.closed',
    level: 'warn',
    when: ({ phase, code }) => phase === 'identity' && ['END_OF_STREAM', ...GONE].includes(code ?? ''),
    title: 'Closed before it identified itself',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} ended after ${count(receivedBytes, 'byte')} of its identity. The peer gave up, or a device in between cut the connection.`,
    example: { ...AFTER_TLS, phase: 'identity', code: 'END_OF_STREAM' },
  }),
  defineEnding({
    id: 'identity.malformed',
    level: 'warn',
    when: ({ phase, code }) => phase === 'identity' && code !== undefined,
    title: 'Invalid Halibut identity',
    means: ({ address, code }) =>
      `${address} asked for a message exchange, but then sent something other than the identity of a client (${code ?? ''}).`,
    example: { ...AFTER_TLS, phase: 'identity', code: 'IDENTITY_UNKNOWN', receivedBytes: 20 },
  }),
];
