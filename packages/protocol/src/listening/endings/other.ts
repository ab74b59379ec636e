import { AFTER_TLS, ending } from './row.js';

/** What nobody thought of. */
export const otherEndings = [
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
