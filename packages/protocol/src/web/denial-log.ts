/** A Prometheus that is rejected comes back with every scrape: one line for it is enough for an hour. */
const REPEAT_US = 3_600_000_000;

/** Clients that are remembered. More are hardly those of one mistake. */
const CLIENTS_MAX = 20;

/** Passes on why clients are rejected: a line for each client and reason, and few for many clients. */
export class DenialLog {
  readonly #write: (address: string, reason: string) => void;
  readonly #clockUs: () => number;
  readonly #writtenUs = new Map<string, number>();

  constructor(write: (address: string, reason: string) => void, clockUs: () => number) {
    this.#write = write;
    this.#clockUs = clockUs;
  }

  add(address: string, reason: string): void {
    const nowUs = this.#clockUs();
    for (const [client, writtenUs] of this.#writtenUs)
      if (nowUs - writtenUs >= REPEAT_US) this.#writtenUs.delete(client);
    const client = `${address} ${reason}`;
    if (this.#writtenUs.has(client) || this.#writtenUs.size >= CLIENTS_MAX) return;
    this.#writtenUs.set(client, nowUs);
    this.#write(address, reason);
  }
}
