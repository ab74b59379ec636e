import type { Sighting } from '../course.js';
import { AFTER_TLS, GONE, ending } from './row.js';

/** Who has said who it is at the server's end: anybody, and a poller. */
const POLLED: Sighting = { ...AFTER_TLS, part: 'server', localPort: 10943, place: 'rpc' };
const POLLING: Sighting = { ...POLLED, subscription: 'poll://abcdefghij0123456789/' };

function isPolling({ part, place, subscription }: Sighting): boolean {
  return part === 'server' && place === 'rpc' && subscription !== undefined;
}

/** What comes to the server's end of polling, after the identity. */
export const pollingEndings = [
  ending({
    id: 'poll.connection-limit',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_POLLERS',
    title: 'Closed after its identity: too many connections of one subscription',
    means: ({ address, subscription }) =>
      `${address} came with one more connection for ${subscription ?? ''} than --max-connections allows, and was closed without a word, as Octopus does. Either the Tentacle opens more than that, or several machines share the subscription.`,
    example: { ...POLLING, place: 'identity', code: 'TOO_MANY_POLLERS' },
  }),
  ending({
    id: 'poll.client',
    level: 'warn',
    when: ({ part, place, subscription }) => part === 'server' && place === 'rpc' && subscription === undefined,
    title: 'Came to call a Tentacle, and this is a port for pollers',
    means: ({ address }) =>
      `${address} says that it is a client (MX-CLIENT), as an Octopus Server or tentacle-ping says to a listening Tentacle. Here only polling Tentacles are served. It should name the Tentacle's own host and port, 10933 unless changed.`,
    example: { ...POLLED, calls: 1 },
  }),
  ending({
    id: 'poll.ended',
    level: 'info',
    when: (sighting) => isPolling(sighting) && sighting.code === undefined,
    title: 'A poller left in order',
    means: ({ address, subscription, calls }) =>
      `${address} polled for ${subscription ?? ''}, answered ${calls} ${calls === 1 ? 'call' : 'calls'} and said that it goes.`,
    example: { ...POLLING, calls: 3 },
  }),
  ending({
    id: 'poll.silent',
    level: 'warn',
    when: (sighting) => isPolling(sighting) && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(sighting.code ?? ''),
    title: 'A poller fell silent',
    means: ({ address, subscription, calls, inCall }) =>
      `${address} polled for ${subscription ?? ''}, answered ${calls} ${calls === 1 ? 'call' : 'calls'} and then gave no word in time ${inCall ? 'in answer to a call' : 'to the keep-alive'}. Its process has hung, its machine is off, or something on the way drops what is sent.`,
    example: { ...POLLING, calls: 3, code: 'READ_TIMEOUT' },
  }),
  ending({
    id: 'poll.lost',
    level: 'warn',
    when: (sighting) => isPolling(sighting) && ['END_OF_STREAM', ...GONE].includes(sighting.code ?? ''),
    title: 'The connection of a poller was lost',
    means: ({ address, subscription, calls, inCall, code }) =>
      `The connection from ${address} for ${subscription ?? ''} ended ${inCall ? 'in the middle of a call' : 'while it polled'} after ${calls} ${calls === 1 ? 'call' : 'calls'} (${code ?? ''}): its process ended, or a device on the way cut it.`,
    example: { ...POLLING, calls: 3, code: 'ECONNRESET' },
  }),
];
