import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { DeadlineTimer } from '../time/deadline-timer.js';
import type { Deadline } from '../time/clock.js';
import { ByteReader } from '../halibut/byte-reader.js';
import type { Channel } from '../halibut/channel.js';
import { WireError } from '../halibut/wire-error.js';
import { exportChannelBinding, type ChannelBinding } from './channel-binding.js';
import { cancelled, TransportError } from './transport-error.js';

/** How long the peer may take to close its half of the connection after this end closed its own. */
const LINGER_MS = 1000;

/** A TLS connection as the protocol code uses it. */
export interface SocketChannel extends Channel {
  /** The TCP connection beneath TLS: for its options, and its count of raw bytes. Not to be read or written. */
  readonly tcp: Socket;
  /** Closes normally: what was written is sent, what still arrives is dropped, and after a second the connection is cut. */
  close(): void;
  /** Resolves when the connection is closed at both ends, or lost. */
  readonly closed: Promise<void>;
  /** Cancels the connection at once: pending reads and writes fail with CANCELLED. */
  cancel(): void;
  /**
   * Exports keying material that only the other end of this TLS session has too.
   * @throws TransportError CONNECTION_CLOSED.
   */
  exportChannelBinding(context: Buffer): ChannelBinding;
}

/** Returns the channel over a TLS connection. @param tcp the socket that TLS runs over; by default, the TLS socket itself. */
export function socketChannel(socket: TLSSocket, tcp: Socket = socket): SocketChannel {
  const records = new RecordWriter(socket);
  const source = new ByteReader({ pause: () => void socket.pause(), resume: () => void socket.resume() });
  const fail = (error: Error): void => {
    source.fail(error);
    records.fail(error);
  };
  const discard = (): void => undefined;
  const onData = (chunk: Buffer): void => source.push(chunk);
  socket.on('data', onData);
  socket.on('end', () => source.end());
  socket.on('error', fail);
  const gone = new Promise<void>((resolve) => {
    socket.on('close', () => {
      // Without an error and without an end: this end closed it, or it was lost.
      if (!source.isOver) source.fail(closed());
      records.close();
      resolve();
    });
    if (socket.closed) resolve();
  });
  // It may have closed between the handshake and now, and its events are lost.
  if (socket.destroyed) fail(socket.errored ?? closed());
  return {
    source,
    tcp,
    closed: gone,
    write: (bytes, deadline) => records.write(bytes, deadline),
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
    exportChannelBinding: (context) => {
      if (socket.destroyed) throw closed();
      return exportChannelBinding(socket, context);
    },
  };
}

/**
 * Writes one buffer after the other. Node joins queued writes into one TLS record; awaiting each write keeps it in a
 * record of its own.
 */
class RecordWriter {
  readonly #socket: TLSSocket;
  readonly #timer = new DeadlineTimer();
  #error: Error | undefined;
  /** The write in progress, if any, and the function that completes it. */
  #pending: Promise<void> | undefined;
  #endWrite: ((error?: Error | null) => void) | undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    return this.#pending === undefined ? this.#write(bytes, deadline) : this.#writeAfterOthers(bytes, deadline);
  }

  async #writeAfterOthers(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    // END may be sent in the middle of another write. It waits no longer than that write may take.
    while (this.#pending !== undefined) await this.#pending.catch(() => undefined);
    return this.#write(bytes, deadline);
  }

  #write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (!this.#socket.writable) return Promise.reject(closed());
    const done = new Promise<void>((resolve, reject) => {
      const endWrite = (error?: Error | null): void => {
        // The socket reports the end of a write even after its deadline has passed.
        if (this.#endWrite !== endWrite) return;
        this.#endWrite = undefined;
        this.#pending = undefined;
        this.#timer.off();
        if (error === null || error === undefined) resolve();
        else reject(error);
      };
      this.#endWrite = endWrite;
      this.#timer.set(deadline, () => {
        endWrite(new WireError('WRITE_TIMEOUT', 'writing', `${bytes.length} bytes were not taken in time`));
      });
      this.#socket.write(bytes, endWrite);
    });
    if (this.#endWrite !== undefined) this.#pending = done;
    return done;
  }

  /** The connection failed. Over a captured stream, Node never completes a write on which TLS fails. The first error stays. */
  fail(error: Error): void {
    this.#error ??= error;
    this.close();
  }

  /** The connection is gone. */
  close(): void {
    this.#endWrite?.(this.#error ?? closed());
    this.#timer.close();
  }
}

function closed(): TransportError {
  return new TransportError('CONNECTION_CLOSED', 'the connection is closed');
}
