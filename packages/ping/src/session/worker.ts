import type { Connection } from './connection.js';

/** One of the attempts that may be under way at a time, and with --reuse the connection that its attempts share. */
export class Lane {
  /** How often the kept connection broke and a new one was made. */
  reconnects = 0;
  #kept: Connection | undefined;
  #broke = false;

  /** The kept connection, for one attempt: it is given back when that went well. */
  takeKept(): Connection | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.#broke = true;
    return kept;
  }

  keep(connection: Connection): void {
    this.#kept = connection;
    this.#broke = false;
  }

  /** A new connection is about to be made. */
  connecting(): void {
    if (this.#broke) this.reconnects++;
    this.#broke = false;
  }
}
