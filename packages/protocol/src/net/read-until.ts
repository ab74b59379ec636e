import type { Socket } from 'node:net';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { cancelled } from './transport-error.js';

/** What came on a raw socket, and why reading stopped: there was enough, the peer closed, time was up, an error. */
export interface Read {
  readonly bytes: Buffer;
  readonly ending: 'enough' | 'closed' | 'late' | Error;
}

/**
 * Read a raw socket until there is enough, and leave it as it was: paused, without a listener of ours, so that TLS can
 * be put on it. What was read too far is the caller's to put back.
 * @throws TransportError CANCELLED.
 */
export async function readUntil(
  socket: Socket,
  deadline: Deadline,
  signal: AbortSignal,
  isEnough: (bytes: Buffer) => boolean,
): Promise<Read> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const settle = (ending: Read['ending']): void => {
      letGo();
      resolve({ bytes, ending });
    };
    const onReadable = (): void => {
      for (let chunk = read(socket); chunk !== null; chunk = read(socket)) {
        bytes = Buffer.concat([bytes, chunk]);
        if (isEnough(bytes)) {
          settle('enough');
          return;
        }
      }
    };
    const onClosed = (): void => settle(socket.errored ?? 'closed');
    const onAbort = (): void => {
      letGo();
      reject(cancelled());
    };
    const callOff = afterDeadline(deadline, () => settle('late'));
    const letGo = (): void => {
      callOff();
      signal.removeEventListener('abort', onAbort);
      socket.off('readable', onReadable).off('end', onClosed).off('error', settle).off('close', onClosed);
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    if (socket.destroyed) {
      onClosed();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('readable', onReadable).on('end', onClosed).on('error', settle).on('close', onClosed);
  });
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}
