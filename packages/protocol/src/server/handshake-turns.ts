import type { Socket } from 'node:net';
import { HandshakeError, TransportError } from '../net/transport-error.js';
import { afterDeadline } from '../time/after-deadline.js';
import type { Deadline } from '../time/clock.js';
import { AddressQueue } from './address-queue.js';

/** A connection whose ClientHello has arrived. */
export interface WaitingHandshake {
  readonly address: string;
  readonly socket: Socket;
  readonly firstBytes: Buffer;
  /** Of the whole handshake: the time that it waits counts. */
  readonly deadline: Deadline;
}

/**
 * How many turns of the event loop in a row may accept a connection without beginning a handshake. Accepting takes about a
 * tenth of the time of a handshake, and Node accepts one connection in a turn: in a flood, both get about half of the time,
 * and the queue of new connections, which knows no addresses, stays short.
 */
const ACCEPTING_TURNS_MAX = 10;

/**
 * Lets one handshake begin in each turn of the event loop, and the addresses that wait take turns. OpenSSL computes for a
 * millisecond when it gets a ClientHello: without turns, a hundred of them that arrive together block everything else for a
 * tenth of a second, and the next client waits for all of them.
 */
export class HandshakeTurns {
  /** What begins the handshakes that wait. */
  readonly #waiting = new AddressQueue<() => void>();
  /** A handshake has begun in this turn of the event loop. */
  #isTaken = false;
  /** Whether a connection was accepted in this turn, and the number of such turns since the last handshake. */
  #hasAccepted = false;
  #acceptingTurns = 0;

  /** A connection was accepted: the next one may be ready as well. */
  accepted(): void {
    this.#hasAccepted = true;
  }

  /**
   * Resolves when the handshake may begin: at once when none has begun in this turn of the event loop.
   * @throws HandshakeError when the connection closes or its deadline passes before.
   */
  async take(handshake: WaitingHandshake): Promise<void> {
    if (this.#isTaken) return this.#wait(handshake);
    this.#isTaken = true;
    setImmediate(() => this.#next());
  }

  async #wait({ address, socket, firstBytes, deadline }: WaitingHandshake): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        cancelDeadline();
        socket.off('close', onClose);
        this.#waiting.delete(address, begin);
      };
      const begin = (): void => {
        leave();
        resolve();
      };
      const fail = (error: Error): void => {
        leave();
        socket.destroy();
        reject(new HandshakeError(error, firstBytes, firstBytes.length));
      };
      const onClose = (): void => {
        fail(socket.errored ?? new TransportError('TLS_CLOSED', 'the peer closed before its handshake began'));
      };
      const cancelDeadline = afterDeadline(deadline, () => {
        fail(new TransportError('TLS_TIMEOUT', `no turn for the handshake in ${deadline.spanUs / 1000} ms`));
      });
      socket.once('close', onClose);
      this.#waiting.add(address, begin);
    });
  }

  /** The next turn of the event loop: begins the oldest handshake of the address whose turn it is, which then comes last. */
  #next(): void {
    if (this.#waiting.isEmpty) {
      this.#isTaken = false;
      return;
    }
    setImmediate(() => this.#next());
    if (this.#hasAccepted && this.#acceptingTurns < ACCEPTING_TURNS_MAX) {
      this.#hasAccepted = false;
      this.#acceptingTurns++;
      return;
    }
    this.#acceptingTurns = 0;
    this.#waiting.take()?.();
  }
}

/** The turns of this process: all of its listeners share one event loop. */
export const handshakeTurns = new HandshakeTurns();
