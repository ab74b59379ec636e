import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { TransportError } from '../../packages/protocol/src/index.js';
import { hungListener } from '../peers/blocked-listener.js';
import { servicePeer } from '../peers/service-peer.js';
import { CAPABILITIES, responseBytes, type ServiceConnection } from '../peers/service-connection.js';
import { allConnectionsGone, tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { attempt, type AttemptOptions, type Outcome } from './attempt.js';

type Abort = () => void;

/** Runs an attempt that the peer aborts. The deadline is distant, so nothing else can end it. */
async function aborted(
  makePeer: (abort: Abort) => Promise<{ port: number }>,
  options: AttemptOptions = {},
): Promise<Outcome> {
  const controller = new AbortController();
  const { port } = await makePeer(() => controller.abort());
  return attempt(port, { signal: controller.signal, ...options });
}

/** Starts a service that runs this after the first request. */
const atRequest = (then: (connection: ServiceConnection, abort: Abort, id: string) => unknown) => (abort: Abort) =>
  servicePeer(async (connection) => {
    await then(connection, abort, await connection.readRequest());
  });

const CASES: Record<string, () => Promise<Outcome>> = {
  'before it starts': () => {
    const signal = AbortSignal.abort();
    return attempt(1, { signal });
  },
  'before it starts, by name': () => {
    const signal = AbortSignal.abort();
    return attempt(1, { signal, host: 'localhost' });
  },
  'during name resolution': () => {
    const controller = new AbortController();
    const attempted = attempt(1, { host: 'localhost', signal: controller.signal });
    controller.abort();
    return attempted;
  },
  'while the connection gets no reply': async () => {
    const { port } = await hungListener();
    for (let filler = 0; filler < 2; filler++) {
      const socket = createConnection({ host: '127.0.0.1', port });
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
    }
    const controller = new AbortController();
    const attempted = attempt(port, { signal: controller.signal });
    await setImmediate();
    controller.abort();
    return attempted;
  },
  'while it waits for TLS': () => aborted((abort) => tcpPeer((socket) => void socket.once('data', abort))),
  'while it waits for TLS, without capturing bytes': () =>
    aborted((abort) => tcpPeer((socket) => void socket.once('data', abort)), { captureFirstBytes: false }),
  'in the middle of the handshake': () =>
    aborted((abort) =>
      tcpPeer((socket) => {
        // The header of a record without its content.
        socket.once('data', () => void socket.write(Buffer.of(0x16, 3, 3, 0x40, 0), () => abort()));
      }),
    ),
  'while it waits for the identity': () => aborted((abort) => tlsPeer((socket) => void socket.once('data', abort))),
  'in the middle of the identity': () =>
    aborted((abort) =>
      tlsPeer((socket) => {
        socket.once('data', () => void socket.write('MX-SERVER 1.0\r\n', () => abort()));
      }),
    ),
  'between the stages': () => {
    const controller = new AbortController();
    return aborted(() => tlsPeer(() => undefined), {
      signal: controller.signal,
      beforeIdentity: () => controller.abort(),
    });
  },
  'while it waits for the response': () => aborted(atRequest((_, abort) => abort())),
  'in the middle of the response': () =>
    aborted(
      atRequest(async (connection, abort, id) => {
        await connection.send(responseBytes(id, CAPABILITIES).subarray(0, 30));
        abort();
      }),
    ),
  'while it waits for PROCEED': () =>
    aborted(
      atRequest(async (connection, abort, id) => {
        await connection.send(responseBytes(id, CAPABILITIES));
        await connection.readLine();
        abort();
      }),
      { calls: 2 },
    ),
};

it.each(Object.entries(CASES))('a signal ends an attempt %s and leaves no connection open', async (_, run) => {
  const { error } = await run();
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ code: 'CANCELLED' });
  await allConnectionsGone();
});
