import { WireError } from './wire-error.js';

/**
 * How much the messages of many connections may hold between them: a bound on each alone would have to be so small, or
 * the connections so few, that all of them at their bound can be borne.
 */
export class MemoryBudget {
  readonly #maxBytes: number;
  #takenBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What all messages together hold at present. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** The part of one message: it grows while the message is read, and is given back when it has been answered. */
  share(): Reservation {
    let ownBytes = 0;
    return {
      reserve: (bytes, awaiting) => {
        if (this.#takenBytes + bytes > this.#maxBytes) {
          throw new WireError(
            'MEMORY_LIMIT_EXCEEDED',
            awaiting,
            `all messages together hold ${this.#takenBytes} bytes`,
          );
        }
        ownBytes += bytes;
        this.#takenBytes += bytes;
      },
      release: () => {
        this.#takenBytes -= ownBytes;
        ownBytes = 0;
      },
    };
  }
}

export interface Reservation {
  /** @throws WireError MEMORY_LIMIT_EXCEEDED when all together would hold too much. */
  reserve(bytes: number, awaiting: string): void;
  release(): void;
}

/** For whoever reads from one peer that it chose itself. */
export const UNLIMITED: Reservation = { reserve: () => undefined, release: () => undefined };
