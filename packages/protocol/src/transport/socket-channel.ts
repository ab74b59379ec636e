import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Deadline } from '../clock.js';
import { ByteSource } from '../wire/byte-source.js';
import type { Channel } from '../wire/channel.js';
import { WireError } from '../wire/wire-error.js';
import { proveSession, type SessionProof } from './session-proof.js';
import { cancelled, TransportError } from './transport-error.js';

/** How long the other side may take to close its half after we closed ours. */
const LINGER_MS = 1000;

/** A TLS connection as the wire code uses it, and its end. */
export interface SocketChannel extends Channel {
  /** The TCP connection beneath TLS: for its options, and its count of raw bytes. Not to be read or written. */
  readonly tcp: Socket;
  /** Close in order: what was written goes out, what still comes is dropped, and after a second it is cut. */
  close(): void;
  /** Cut at once, because we no longer want it; whoever reads or writes gets CANCELLED. */
  cancel(): void;
  /**
   * What the other end of this very TLS session has too, and nobody else.
   * @throws TransportError CONNECTION_CLOSED.
   */
  prove(context: Buffer): SessionProof;
}

/** @param tcp what TLS runs over; without it, its options can be set and its bytes are not known. */
export function socketChannel(socket: TLSSocket, tcp: Socket = socket): SocketChannel {
  const source = new ByteSource({ pause: () => void socket.pause(), resume: () => void socket.resume() });
  const discard = (): void => undefined;
  const onData = (chunk: Buffer): void => source.push(chunk);
  socket.on('data', onData);
  socket.on('end', () => source.end());
  socket.on('error', (error: Error) => source.fail(error));
  let stopped: Error | undefined;
  // Without an error and without an end: we closed it, or it vanished.
  socket.on('close', () => {
    if (!source.isOver) source.fail(closed());
  });
  // It may have gone between the handshake and now, and its events with it.
  if (socket.destroyed) source.fail(socket.errored ?? closed());
  return {
    source,
    tcp,
    write: async (bytes, deadline) => writeRecord(socket, bytes, deadline, () => stopped),
    close: () => {
      if (socket.destroyed) return;
      socket.off('data', onData);
      socket.on('data', discard);
      socket.resume();
      socket.end();
      const timer = setTimeout(() => void socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(timer));
    },
    cancel: () => {
      stopped ??= cancelled();
      source.fail(stopped);
      socket.destroy(stopped);
    },
    prove: (context) => {
      if (socket.destroyed) throw closed();
      return proveSession(socket, context);
    },
  };
}

/**
 * One write, handed on before the next may start. Node joins writes that queue up into one TLS record; awaiting each
 * keeps them in records of their own.
 * @param stopped why it was cut, where that was our own wish.
 */
async function writeRecord(
  socket: TLSSocket,
  bytes: Uint8Array,
  deadline: Deadline,
  stopped: () => Error | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!socket.writable) {
      reject(stopped() ?? closed());
      return;
    }
    const settle = (error?: Error | null): void => {
      clearTimeout(timer);
      socket.off('error', settle);
      socket.off('close', onClose);
      if (error === null || error === undefined) resolve();
      else reject(stopped() ?? error);
    };
    const onClose = (): void => settle(closed());
    const timer = setTimeout(() => {
      settle(new WireError('WRITE_TIMEOUT', 'writing', `${bytes.length} bytes were not taken in time`));
    }, deadline.remainingMs());
    // Over a tap, Node never ends a write that TLS fails on.
    socket.once('error', settle);
    socket.once('close', onClose);
    socket.write(bytes, settle);
  });
}

function closed(): TransportError {
  return new TransportError('CONNECTION_CLOSED', 'the connection is closed');
}
