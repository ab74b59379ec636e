import { WireError } from './wire-error.js';

/**
 * How much the messages of many connections may hold between them: a bound on each alone would have to be so small, or
 * the connections so few, that all of them at their bound can be borne.
 */
export class Allowance {
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
  share(): Share {
    let ownBytes = 0;
    return {
      grow: (bytes, awaiting) => {
        if (this.#takenBytes + bytes > this.#maxBytes) {
          throw new WireError('NO_ROOM', awaiting, `all messages together hold ${this.#takenBytes} bytes`);
        }
        ownBytes += bytes;
        this.#takenBytes += bytes;
      },
      giveBack: () => {
        this.#takenBytes -= ownBytes;
        ownBytes = 0;
      },
    };
  }
}

export interface Share {
  /** @throws WireError NO_ROOM when all together would hold too much. */
  grow(bytes: number, awaiting: string): void;
  giveBack(): void;
}

/** For whoever reads from one peer that it chose itself. */
export const UNSHARED: Share = { grow: () => undefined, giveBack: () => undefined };
