import { AFTER_TLS, defineEnding } from './ending.js';

/** The ending of everything that no other ending describes. */
export const otherEndings = [
  defineEnding({
    id: 'other',
    level: 'warn',
    when: () => true,
    title: 'Unknown ending',
    means: ({ address, phase, code }) =>
      `The connection from ${address} ended in the phase "${phase}" with ${code ?? 'no error code'}. This tool does not know this ending.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'ENOBUFS' },
  }),
];
