import { AFTER_TLS, GONE, count, defineEnding, program } from './ending.js';

/** Endings during calls and between them. */
export const rpcEndings = [
  defineEnding({
    id: 'probe.identity',
    level: 'info',
    when: ({ phase, code, calls }) => phase === 'rpc' && code === undefined && calls === 0,
    title: 'Identified itself, then closed without a call',
    means: ({ address }) =>
      `${address} can reach this port and exchange Halibut identities. tentacle-ping --level identity connects like this. So does a client whose first call was cut in transit.`,
    example: { ...AFTER_TLS, phase: 'rpc' },
  }),
  defineEnding({
    id: 'rpc.unconfirmed',
    level: 'info',
    when: ({ phase, code, lastAnswer }) => phase === 'rpc' && code === undefined && lastAnswer === 'unconfirmed',
    title: 'Served, but the last answer is unconfirmed',
    means: ({ address, calls }) =>
      `${address} sent ${count(calls, 'call')}, which were answered, and closed the connection without END. It is unknown whether the last answer arrived. A client whose process ends does this, and so does one that rejects the answer. A device in between may also have closed the connection.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 3, lastAnswer: 'unconfirmed' },
  }),
  defineEnding({
    id: 'served',
    level: 'info',
    when: ({ phase, code }) => phase === 'rpc' && code === undefined,
    title: 'Served',
    means: ({ address, calls }) =>
      `${address} sent ${count(calls, 'call')}, received the answers and disconnected normally.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 3, lastAnswer: 'confirmed' },
  }),
  defineEnding({
    id: 'rpc.no-call',
    level: 'warn',
    when: ({ phase, code, receivedBytes, inCall, calls }) =>
      phase === 'rpc' && code === 'READ_TIMEOUT' && receivedBytes === 0 && !inCall && calls === 0,
    title: 'Closed by this end: no first call in time',
    means: (observation) =>
      `${observation.address} identified itself, and then sent no call for as long as ${program(observation)} waits for the first one. A client connects because it has a call to send: it hangs, or its call was lost in transit.${observation.role === 'tentacle' ? ' To wait longer, start tentacle-pong with --first-call-timeout TIME.' : ''}`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'READ_TIMEOUT' },
  }),
  defineEnding({
    id: 'rpc.idle',
    level: 'info',
    when: ({ phase, code, receivedBytes, inCall }) =>
      phase === 'rpc' && code === 'READ_TIMEOUT' && receivedBytes === 0 && !inCall,
    title: 'Closed by this end: no call for too long',
    means: (observation) =>
      `${observation.address} was silent after ${count(observation.calls, 'call')} for as long as ${program(observation)} waits. Either it keeps the connection open for later calls, or it is gone and its FIN or reset was lost in transit.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 3, code: 'READ_TIMEOUT' },
  }),
  defineEnding({
    id: 'rpc.timeout',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && ['READ_TIMEOUT', 'WRITE_TIMEOUT'].includes(code ?? ''),
    title: 'Call not completed in time',
    means: ({ address, code }) =>
      code === 'WRITE_TIMEOUT'
        ? `${address} did not accept the answer in time. The peer hangs, or the path is too slow or loses packets.`
        : `A call from ${address} started and did not arrive completely in time. The path is very slow or loses packets, perhaps those above a smaller MTU.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'READ_TIMEOUT', receivedBytes: 40 },
  }),
  defineEnding({
    id: 'rpc.transfer-limit',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && code === 'TRANSFER_LIMIT',
    title: 'Closed by this end: limit on transfers reached',
    means: (observation) =>
      `${observation.address} transferred data until a limit of ${program(observation)} was reached, or requested more than is left. The limits are set with --transfer-limit, --transfer-limit-per-address and --transfer-limit-total.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 1, code: 'TRANSFER_LIMIT' },
  }),
  defineEnding({
    id: 'rpc.no-room',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && code === 'MEMORY_LIMIT_EXCEEDED',
    title: 'Closed by this end: memory limit for requests reached',
    means: (observation) =>
      `A large request from ${observation.address} arrived while other requests used all the memory that ${program(observation)} reserves for requests. Find out which clients send many large requests at the same time.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'MEMORY_LIMIT_EXCEEDED' },
  }),
  defineEnding({
    id: 'rpc.malformed-response',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && ['MALFORMED', 'TOO_LONG', 'UNEXPECTED_CONTROL'].includes(code ?? ''),
    title: 'Not a valid Halibut message',
    means: (observation) =>
      `${observation.address} sent data that is not a Halibut message, or a larger message than ${program(observation)} accepts (${observation.code ?? ''}).`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'MALFORMED', receivedBytes: 40 },
  }),
  defineEnding({
    id: 'rpc.closed',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && code === 'END_OF_STREAM',
    title: 'Closed during a call',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was closed during a call, after ${count(receivedBytes, 'byte')} of the expected data. The client gave up, or a device in between closed the connection.`,
    example: { ...AFTER_TLS, phase: 'rpc', code: 'END_OF_STREAM', receivedBytes: 40 },
  }),
  defineEnding({
    id: 'rpc.reset',
    level: 'warn',
    when: ({ phase, code }) => phase === 'rpc' && GONE.includes(code ?? ''),
    title: 'Reset while in use',
    means: ({ address, calls, code }) =>
      `The connection from ${address} broke after ${count(calls, 'call')} (${code ?? ''}). It is unknown whether the last answer arrived. The client's process ended, or a device in between cut the connection.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 3, code: 'ECONNRESET' },
  }),
];
