import { createConnection, type Socket } from 'node:net';
import { type Deadline, nowUs } from '../clock.js';
import { whenLate } from '../when-late.js';
import type { Span } from '../trace.js';
import { cancelled, TransportError } from './transport-error.js';

/** The real library's keep-alive: idle 15 s. (Its interval of 5 s and 10 probes cannot be set from here.) */
export const KEEP_ALIVE_IDLE_MS = 15_000;

/**
 * A TCP connection to one named address and no other.
 * @param onLocal is told our end of it: when it is made, or when it is given up.
 * @param span gets the moments when the system was asked for it and when it said that it is made.
 * The socket keeps a silent error listener for its life: whoever uses it listens for its own.
 * @throws the system's error (`ECONNREFUSED`, ...); TransportError CONNECT_TIMEOUT or CANCELLED.
 */
export async function connectTcp(
  address: string,
  port: number,
  deadline: Deadline,
  signal: AbortSignal,
  onLocal: (local: { localAddress: string; localPort: number }) => void = () => undefined,
  span?: Span,
): Promise<Socket> {
  if (signal.aborted) throw cancelled();
  const socket = createConnection({ host: address, port, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const tellLocal = (): void => {
      const { localAddress, localPort } = socket;
      if (localAddress !== undefined && localPort !== undefined) onLocal({ localAddress, localPort });
    };
    const callOff = whenLate(deadline, () => {
      tellLocal();
      fail(new TransportError('CONNECT_TIMEOUT', `no connection in ${deadline.spanUs / 1000} ms`));
    });
    const onAbort = (): void => {
      tellLocal();
      fail(cancelled());
    };
    const settle = (): void => {
      callOff();
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail);
    };
    socket.on('error', () => undefined);
    socket.once('error', fail);
    signal.addEventListener('abort', onAbort, { once: true });
    if (span !== undefined) socket.once('connectionAttempt', () => (span.startedUs = nowUs()));
    socket.once('connect', () => {
      if (span !== undefined) span.endedUs = nowUs();
      settle();
      tellLocal();
      socket.setKeepAlive(true, KEEP_ALIVE_IDLE_MS);
      resolve(socket);
    });
  });
}
