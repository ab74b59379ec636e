import { AFTER_TLS, defineEnding, program } from './ending.js';

/** Endings that the listener itself causes, and its own bugs: first, so that they are not attributed to the peer. */
export const ownEndings = [
  defineEnding({
    id: 'internal.bug',
    level: 'error',
    when: ({ code }) => code === 'OWN_BUG',
    title: 'Internal error in this tool',
    means: (observation) =>
      `${program(observation)} failed (${observation.bug ?? 'unknown'}). This is a bug in ${program(observation)}. It says nothing about the network or the peer.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'OWN_BUG', bug: 'TypeError: x is not a function' },
  }),
  defineEnding({
    id: 'stopped',
    level: 'info',
    when: ({ code }) => code === 'CANCELLED',
    title: 'Open when this program was stopped',
    means: (observation) => `${program(observation)} was stopped and closed the connection.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'CANCELLED' },
  }),
];
