import type { InboundObservation } from '../inbound-observation.js';
import { AFTER_TLS, GONE, count, defineEnding } from './ending.js';

/** Examples of peers that identified themselves to the server's polling port: any client, and a poller. */
const IDENTIFIED: InboundObservation = { ...AFTER_TLS, role: 'server', localPort: 10943, phase: 'rpc' };
const POLLING: InboundObservation = { ...IDENTIFIED, subscription: 'poll://abcdefghij0123456789/' };

function isPolling({ role, phase, subscription }: InboundObservation): boolean {
  return role === 'server' && phase === 'rpc' && subscription !== undefined;
}

/** Endings at the server's polling port, after the identity. */
export const pollingEndings = [
  defineEnding({
    id: 'poll.connection-limit',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_POLLERS',
    title: 'Connection limit for this subscription reached',
    means: ({ address, subscription }) =>
      `${address} opened one more connection for ${subscription ?? ''} than --max-connections allows. The connection was closed without a reply, as an Octopus Server does. Either the Tentacle opens more connections than that, or several machines share the subscription.`,
    example: { ...POLLING, phase: 'identity', code: 'TOO_MANY_POLLERS' },
  }),
  defineEnding({
    id: 'poll.client',
    level: 'warn',
    when: ({ role, phase, subscription }) => role === 'server' && phase === 'rpc' && subscription === undefined,
    title: 'Client connected to a port for pollers',
    means: ({ address }) =>
      `${address} identified itself as a client (MX-CLIENT), as an Octopus Server or tentacle-ping does to a listening Tentacle. This port accepts polling Tentacles only. Connect to the Tentacle's own host and port (10933 unless changed).`,
    example: { ...IDENTIFIED, calls: 1 },
  }),
  defineEnding({
    id: 'poll.ended',
    level: 'info',
    when: (observation) => isPolling(observation) && observation.code === undefined,
    title: 'Poller disconnected normally',
    means: ({ address, subscription, calls }) =>
      `${address} polled for ${subscription ?? ''}, answered ${count(calls, 'call')} and sent END.`,
    example: { ...POLLING, calls: 3 },
  }),
  defineEnding({
    id: 'poll.silent',
    level: 'warn',
    when: (observation) => isPolling(observation) && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(observation.code ?? ''),
    title: 'Poller stopped responding',
    means: ({ address, subscription, calls, inCall }) =>
      `${address} polled for ${subscription ?? ''}, answered ${count(calls, 'call')}, and then did not answer ${inCall ? 'a call' : 'the keep-alive'} in time. Its process hangs, its machine is off, or a device in between drops the packets.`,
    example: { ...POLLING, calls: 3, code: 'READ_TIMEOUT' },
  }),
  defineEnding({
    id: 'poll.lost',
    level: 'warn',
    when: (observation) => isPolling(observation) && ['END_OF_STREAM', ...GONE].includes(observation.code ?? ''),
    title: 'Connection to a poller lost',
    means: ({ address, subscription, calls, inCall, code }) =>
      `The connection from ${address} for ${subscription ?? ''} ended ${inCall ? 'during a call' : 'while it polled'}, after ${count(calls, 'completed call')} (${code ?? ''}). The poller's process ended, or a device in between cut the connection.`,
    example: { ...POLLING, calls: 3, code: 'ECONNRESET' },
  }),
];
