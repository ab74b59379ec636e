import { nextTick } from 'node:process';
import { createConnection, type Socket } from 'node:net';
import { type Deadline, nowUs } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import type { MeasuredInterval } from '../trace.js';
import { cancelled, TransportError } from './transport-error.js';

/** The real library's keep-alive: idle 15 s. (Its interval of 5 s and its 10 probes cannot be set from Node.) */
export const KEEP_ALIVE_IDLE_MS = 15_000;

/** The local end of a TCP connection. */
export interface LocalEndpoint {
  readonly localAddress: string;
  readonly localPort: number;
}

/** Where to connect, and until when. */
export interface TcpOptions {
  /** An IP address; names are resolved before. */
  readonly address: string;
  readonly port: number;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  /** Called with the local end: when the connection is established, or when the attempt is given up. */
  readonly onLocalEndpoint?: (local: LocalEndpoint) => void;
}

/** An established TCP connection. */
export interface TcpConnection {
  /** It keeps a silent error listener for its life: its user adds a listener of its own. */
  readonly socket: Socket;
  /** From the SYN to the moment at which the system reported the connection as established. */
  readonly interval: MeasuredInterval;
}

/**
 * The system sends the SYN while it is asked for the connection, shortly before that call returns. So its return is the start: Node
 * needs 20 to 40 us from its decision to connect to there, which is half of the stage on a local network. A process that
 * had to give up its processor in the call returns later, so at most this much is left out.
 */
const CALL_MAX_US = 100;

/**
 * Opens a TCP connection to exactly one address.
 * @throws the system's error (`ECONNREFUSED`, ...); TransportError CONNECT_TIMEOUT or CANCELLED.
 */
export async function connectTcp(options: TcpOptions): Promise<TcpConnection> {
  const { address, port, deadline, signal, onLocalEndpoint = () => undefined } = options;
  if (signal.aborted) throw cancelled();
  let startedUs = nowUs();
  const socket = createConnection({ host: address, port });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const reportLocalEndpoint = (): void => {
      const { localAddress, localPort } = socket;
      if (localAddress !== undefined && localPort !== undefined) onLocalEndpoint({ localAddress, localPort });
    };
    const cancelDeadline = afterDeadline(deadline, () => {
      reportLocalEndpoint();
      fail(new TransportError('CONNECT_TIMEOUT', `no connection in ${deadline.spanUs / 1000} ms`));
    });
    const onAbort = (): void => {
      reportLocalEndpoint();
      fail(cancelled());
    };
    const settle = (): void => {
      cancelDeadline();
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail);
    };
    socket.on('error', () => undefined);
    socket.once('error', fail);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connectionAttempt', () => {
      const calledUs = nowUs();
      startedUs = calledUs;
      // The call follows in the same turn, and the first thing behind it is this.
      nextTick(() => (startedUs = Math.min(nowUs(), calledUs + CALL_MAX_US)));
    });
    socket.once('connect', () => {
      const interval = { startedUs, endedUs: nowUs() };
      settle();
      reportLocalEndpoint();
      // Here and not as an option, which Node applies before this event.
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_IDLE_MS);
      resolve({ socket, interval });
    });
  });
}
