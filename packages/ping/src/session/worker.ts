import type { Connection } from './connection.js';

/** One of the attempts that may be under way at a time, and with --reuse the connection that its attempts share. */
export class Worker {
  /** How often the kept connection broke and a new one was made. */
  reconnects = 0;
  #kept: Connection | undefined;
  #broke = false;

  /** The kept connection, for one attempt: it is given back when that went well. */
  takeConnection(): Connection | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.#broke = true;
    return kept;
  }

  keepConnection(connection: Connection): void {
    this.#kept = connection;
    this.#broke = false;
  }

  /** A new connection is about to be made. */
  connectionOpening(): void {
    if (this.#broke) this.reconnects++;
    this.#broke = false;
  }
}
