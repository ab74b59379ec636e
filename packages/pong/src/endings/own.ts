import { AFTER_TLS, EXAMPLE, ending } from './row.js';

/** What pong itself decides, and its own bugs: first, so that nobody else is blamed for them. */
export const ownEndings = [
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
];
