import { AFTER_TLS, GONE, ending, us } from './row.js';

/** Calls, and how they end. */
export const rpcEndings = [
  ending({
    id: 'probe.identity',
    level: 'info',
    when: ({ place, code, calls }) => place === 'rpc' && code === undefined && calls === 0,
    title: 'Said who it is, and left without a call',
    means: ({ address }) =>
      `The way from ${address} is open as far as the protocol. tentacle-ping --level identity does this.`,
    example: { ...AFTER_TLS, place: 'rpc' },
  }),
  ending({
    id: 'served',
    level: 'info',
    when: ({ place, code }) => place === 'rpc' && code === undefined,
    title: 'Served',
    means: ({ address, calls }) =>
      `${address} made ${calls} ${calls === 1 ? 'call' : 'calls'}, had the answers and left in order.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3 },
  }),
  ending({
    id: 'rpc.idle',
    level: 'info',
    when: ({ place, code, receivedBytes, inCall }) =>
      place === 'rpc' && code === 'READ_TIMEOUT' && receivedBytes === 0 && !inCall,
    title: 'Closed by us: no call for too long',
    means: (sighting) =>
      `${sighting.address} was silent after ${sighting.calls} ${sighting.calls === 1 ? 'call' : 'calls'} for as long as ${us(sighting)} waits. Either it keeps the connection for later, or it went away and the news of it was lost on the way.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3, code: 'READ_TIMEOUT' },
  }),
  ending({
    id: 'rpc.timeout',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(code ?? ''),
    title: 'A call did not finish in time',
    means: ({ address, code }) =>
      code === 'WRITE_TIMEOUT'
        ? `${address} did not take our answer in time. It has hung, or the way is too slow or lossy for it.`
        : `A call from ${address} began and did not come whole in time. The way is very slow or lossy, or packets above a smaller MTU are lost on it.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'READ_TIMEOUT', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.no-room',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && code === 'NO_ROOM',
    title: 'Closed by us: the requests of all connections together are too large',
    means: (sighting) =>
      `A large request from ${sighting.address} came while those of others took all the room that ${us(sighting)} gives to requests. Find out who sends so many large ones at a time.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'NO_ROOM' },
  }),
  ending({
    id: 'rpc.garbled',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && ['GARBLED', 'TOO_LONG', 'UNEXPECTED_CONTROL'].includes(code ?? ''),
    title: 'Not what the protocol has at this place',
    means: (sighting) =>
      `${sighting.address} sent something that is no message of Halibut, or a larger one than ${us(sighting)} takes (${sighting.code ?? ''}).`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'GARBLED', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.closed',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && code === 'END_OF_STREAM',
    title: 'Closed in the middle of a call',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was closed inside a call, after ${receivedBytes} bytes of what was due. The client gave up, or something on the way closed it.`,
    example: { ...AFTER_TLS, place: 'rpc', code: 'END_OF_STREAM', receivedBytes: 40 },
  }),
  ending({
    id: 'rpc.reset',
    level: 'warn',
    when: ({ place, code }) => place === 'rpc' && GONE.includes(code ?? ''),
    title: 'Reset while it was in use',
    means: ({ address, calls, code }) =>
      `The connection from ${address} broke after ${calls} ${calls === 1 ? 'call' : 'calls'} (${code ?? ''}): the client was ended, or a device on the way cut it.`,
    example: { ...AFTER_TLS, place: 'rpc', calls: 3, code: 'ECONNRESET' },
  }),
];
