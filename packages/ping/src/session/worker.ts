import { setTimeout } from 'node:timers/promises';
import type { Connection } from './connection.js';

/**
 * The end of a close takes processor time: with its peer nearby it would come within the `tcp` stage of the next attempt,
 * which took 60 us of 80. A peer that is further away closes while that stage waits for the network.
 */
const CLOSED_WITHIN_MS = 3;

/** One of the attempts that may be under way at a time and, with --reuse, the connection that its attempts share. */
export class Worker {
  /** How often the reused connection dropped and was re-established. */
  reconnects = 0;
  #connection: Connection | undefined;
  #hasDropped = false;
  #closing: Promise<void> | undefined;

  /** Hands out the reused connection for one attempt, which returns it after a success. */
  takeConnection(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#hasDropped = true;
    return connection;
  }

  keepConnection(connection: Connection): void {
    this.#connection = connection;
    this.#hasDropped = false;
  }

  /** Counts a new connection that took the place of one that dropped. */
  connectionOpened(): void {
    if (this.#hasDropped) this.reconnects++;
    this.#hasDropped = false;
  }

  /** An attempt closes its connection. */
  connectionClosing({ channel }: Connection): void {
    this.#closing = channel.closed;
  }

  /** Waits until the connection of the attempt before is closed, but not for long. */
  async connectionClosed(): Promise<void> {
    if (this.#closing !== undefined)
      await Promise.race([this.#closing, setTimeout(CLOSED_WITHIN_MS, undefined, { ref: false })]);
    this.#closing = undefined;
  }
}
