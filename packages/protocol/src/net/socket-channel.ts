import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { DeadlineTimer } from '../time/deadline-timer.js';
import type { Deadline } from '../time/clock.js';
import { ByteReader } from '../halibut/byte-reader.js';
import type { Channel } from '../halibut/channel.js';
import { WireError } from '../halibut/wire-error.js';
import { exportChannelBinding, type ChannelBinding } from './channel-binding.js';
import { cancelled, TransportError } from './transport-error.js';

/** How long the other side may take to close its half after we closed ours. */
const LINGER_MS = 1000;

/** A TLS connection as the wire code uses it, and its end. */
export interface SocketChannel extends Channel {
  /** The TCP connection beneath TLS: for its options, and its count of raw bytes. Not to be read or written. */
  readonly tcp: Socket;
  /** Close in order: what was written goes out, what still comes is dropped, and after a second it is cut. */
  close(): void;
  /** Cancels the connection at once: pending reads and writes fail with CANCELLED. */
  cancel(): void;
  /**
   * Keying material that only the other end of this TLS session has too.
   * @throws TransportError CONNECTION_CLOSED.
   */
  prove(context: Buffer): ChannelBinding;
}

/** @param tcp what TLS runs over; without it, its options can be set and its bytes are not known. */
export function socketChannel(socket: TLSSocket, tcp: Socket = socket): SocketChannel {
  const source = new ByteReader({ pause: () => void socket.pause(), resume: () => void socket.resume() });
  const records = new RecordWriter(socket);
  const fail = (error: Error): void => {
    source.fail(error);
    records.fail(error);
  };
  const discard = (): void => undefined;
  const onData = (chunk: Buffer): void => source.push(chunk);
  socket.on('data', onData);
  socket.on('end', () => source.end());
  socket.on('error', fail);
  socket.on('close', () => {
    // Without an error and without an end: we closed it, or it vanished.
    if (!source.isOver) source.fail(closed());
    records.close();
  });
  // It may have gone between the handshake and now, and its events with it.
  if (socket.destroyed) fail(socket.errored ?? closed());
  return {
    source,
    tcp,
    write: async (bytes, deadline) => records.write(bytes, deadline),
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
      const stopped = cancelled();
      fail(stopped);
      socket.destroy(stopped);
    },
    prove: (context) => {
      if (socket.destroyed) throw closed();
      return exportChannelBinding(socket, context);
    },
  };
}

/**
 * Writes, each handed on before the next may start. Node joins writes that queue up into one TLS record; awaiting each
 * keeps them in records of their own.
 */
class RecordWriter {
  readonly #socket: TLSSocket;
  readonly #alarm = new DeadlineTimer();
  #error: Error | undefined;
  /** The write that is under way, where there is one, and what ends it. */
  #underWay: Promise<void> | undefined;
  #endWrite: ((error?: Error | null) => void) | undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    // A goodbye may come in the middle of something. It waits no longer than that write may take.
    while (this.#underWay !== undefined) await this.#underWay.catch(() => undefined);
    if (this.#error !== undefined) throw this.#error;
    if (!this.#socket.writable) throw closed();
    const write = new Promise<void>((resolve, reject) => {
      const endWrite = (error?: Error | null): void => {
        // The socket says how a write ended also when its time was over before.
        if (this.#endWrite !== endWrite) return;
        this.#endWrite = undefined;
        this.#underWay = undefined;
        this.#alarm.off();
        if (error === null || error === undefined) resolve();
        else reject(error);
      };
      this.#endWrite = endWrite;
      this.#alarm.set(deadline, () => {
        endWrite(new WireError('WRITE_TIMEOUT', 'writing', `${bytes.length} bytes were not taken in time`));
      });
      this.#socket.write(bytes, endWrite);
    });
    if (this.#endWrite !== undefined) this.#underWay = write;
    return write;
  }

  /** The connection failed. Over a tap, Node never ends a write that TLS fails on. The first error stays. */
  fail(error: Error): void {
    this.#error ??= error;
    this.close();
  }

  /** The connection is gone. */
  close(): void {
    this.#endWrite?.(this.#error ?? closed());
    this.#alarm.close();
  }
}

function closed(): TransportError {
  return new TransportError('CONNECTION_CLOSED', 'the connection is closed');
}
