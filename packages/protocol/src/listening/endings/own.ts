import { AFTER_TLS, EXAMPLE, ending, us } from './row.js';

/** What the listener itself decides, and its own bugs: first, so that nobody else is blamed for them. */
export const ownEndings = [
  ending({
    id: 'internal.bug',
    level: 'error',
    when: ({ code }) => code === 'OWN_BUG',
    title: 'A bug of this tool itself',
    means: (sighting) =>
      `${us(sighting)} failed (${sighting.bug ?? 'unknown'}). That says nothing about the network or the peer.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'OWN_BUG', bug: 'TypeError: x is not a function' },
  }),
  ending({
    id: 'stopped',
    level: 'info',
    when: ({ code }) => code === 'CANCELLED',
    title: 'Open when this end was stopped',
    means: (sighting) => `${us(sighting)} was stopped and closed it.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'CANCELLED' },
  }),
  ending({
    id: 'too-many-connections',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_CONNECTIONS',
    title: 'Closed at once: too many connections are open',
    means: (sighting) =>
      `The connection from ${sighting.address} was one more than ${us(sighting)} holds open. Find out who opens so many and leaves them open.`,
    example: { ...EXAMPLE, code: 'TOO_MANY_CONNECTIONS' },
  }),
];
