import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The address that they connect from, so that they are counted apart from every ping. */
export const FAULTY_ADDRESS = '127.0.1.1';

/** Ten a second: a tenth of all connections of a soak. */
const PAUSE_MS = 100;

/** What they send in turn: no TLS, no bytes, a handshake that breaks off. */
const SENDS = [() => randomBytes(200), () => Buffer.alloc(0), () => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])];

/** Opens connections that fail in TLS until the signal. @returns how many the system established. */
export async function runFaultyClients(port: number, over: AbortSignal): Promise<number> {
  let connected = 0;
  for (let number = 0; !over.aborted; number++) {
    const socket = createConnection({ host: '127.0.0.1', port, localAddress: FAULTY_ADDRESS });
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    connected++;
    socket.resume();
    const bytes = SENDS[number % SENDS.length]?.() ?? Buffer.alloc(0);
    socket.end(bytes);
    await closed;
    await pause(PAUSE_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return connected;
}
