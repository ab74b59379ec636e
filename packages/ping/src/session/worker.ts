import type { Connection } from './connection.js';

/** One of the attempts that may be under way at a time and, with --reuse, the connection that its attempts share. */
export class Worker {
  /** How often the reused connection dropped and was re-established. */
  reconnects = 0;
  #connection: Connection | undefined;
  #hasDropped = false;

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
}
