import { WireError } from './wire-error.js';

/**
 * The memory that the messages of many connections may use together. With a limit for each message alone, either that
 * limit or the number of connections would have to be small enough for all of them to reach it at once.
 */
export class MemoryBudget {
  readonly #maxBytes: number;
  #reservedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of bytes that all messages hold at present. */
  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** Opens the reservation of one message. It grows while the message is read, and is released after the answer. */
  openReservation(): Reservation {
    let ownBytes = 0;
    return {
      reserve: (bytes, purpose) => {
        if (this.#reservedBytes + bytes > this.#maxBytes) {
          throw new WireError(
            'MEMORY_LIMIT_EXCEEDED',
            purpose,
            `all messages together hold ${this.#reservedBytes} bytes`,
          );
        }
        ownBytes += bytes;
        this.#reservedBytes += bytes;
      },
      release: () => {
        this.#reservedBytes -= ownBytes;
        ownBytes = 0;
      },
    };
  }
}

/** The part of a memory budget that one message uses. */
export interface Reservation {
  /** @throws WireError MEMORY_LIMIT_EXCEEDED when all messages together would exceed the limit. */
  reserve(bytes: number, purpose: string): void;
  release(): void;
}

/** A reservation without a limit, for an end that reads from one peer of its own choice. */
export const UNLIMITED: Reservation = { reserve: () => undefined, release: () => undefined };
