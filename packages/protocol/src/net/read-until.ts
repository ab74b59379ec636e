import type { Socket } from 'node:net';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { cancelled } from './transport-error.js';

/** The bytes that were read from a raw socket, and why reading stopped: enough bytes, a close, the deadline, an error. */
export interface ReadResult {
  readonly bytes: Buffer;
  readonly ending: 'enough' | 'closed' | 'timed-out' | Error;
}

/**
 * Reads a raw socket until there is enough. The socket is left paused and without listeners of this function, so that TLS
 * can start on it. The caller puts back what was read beyond the end.
 * @throws TransportError CANCELLED.
 */
export async function readUntil(
  socket: Socket,
  deadline: Deadline,
  signal: AbortSignal,
  isEnough: (bytes: Buffer) => boolean,
): Promise<ReadResult> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const settle = (ending: ReadResult['ending']): void => {
      removeListeners();
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
      removeListeners();
      reject(cancelled());
    };
    const cancelDeadline = afterDeadline(deadline, () => settle('timed-out'));
    const removeListeners = (): void => {
      cancelDeadline();
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
