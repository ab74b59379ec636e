import { isAscii } from 'node:buffer';

/** A run of bytes inside others. */
interface Hole {
  readonly at: number;
  readonly length: number;
}

/** What fills a mould's holes. */
export interface Filling {
  readonly id: string;
  readonly payload: Buffer;
}

/**
 * An encoded message with two holes, where its id and its payload stand. What else has the same bytes around them, and
 * holes of the same length, is the same message with another id and another payload: lengths and types are outside.
 */
export class Mould {
  readonly #bytes: Buffer;
  readonly #id: Hole;
  readonly #payload: Hole;
  /** What stands before, between and behind the holes. */
  readonly #around: readonly Hole[];

  private constructor(bytes: Buffer, id: Hole, payload: Hole) {
    this.#bytes = bytes;
    this.#id = id;
    this.#payload = payload;
    const [first, second] = id.at < payload.at ? [id, payload] : [payload, id];
    const between = first.at + first.length;
    const behind = second.at + second.length;
    this.#around = [
      { at: 0, length: first.at },
      { at: between, length: second.at - between },
      { at: behind, length: bytes.length - behind },
    ];
  }

  /** Undefined where it cannot be told which bytes are the id and which the payload: both must occur exactly once. */
  static of(bytes: Buffer, { id, payload }: Filling): Mould | undefined {
    const idBytes = Buffer.from(id);
    const idHole = onlyPlaceOf(idBytes, bytes);
    const payloadHole = onlyPlaceOf(payload, bytes);
    if (!isAscii(idBytes) || idHole === undefined || payloadHole === undefined) return undefined;
    if (idHole.at < payloadHole.at + payloadHole.length && payloadHole.at < idHole.at + idHole.length) return undefined;
    return new Mould(Buffer.from(bytes), idHole, payloadHole);
  }

  /** The message with that id and that payload; undefined where they have other lengths. */
  filledWith({ id, payload }: Filling): Buffer | undefined {
    if (id.length !== this.#id.length || payload.length !== this.#payload.length) return undefined;
    const isBeyondAscii = Buffer.byteLength(id) !== id.length;
    if (isBeyondAscii) return undefined;
    const bytes = Buffer.from(this.#bytes);
    bytes.write(id, this.#id.at, 'latin1');
    bytes.set(payload, this.#payload.at);
    return bytes;
  }

  /** What fills the holes of a message that is this one but for them; undefined when it is another. */
  fillingOf(bytes: Buffer): Filling | undefined {
    if (bytes.length !== this.#bytes.length) return undefined;
    for (const { at, length } of this.#around) {
      if (bytes.compare(this.#bytes, at, at + length, at, at + length) !== 0) return undefined;
    }
    const id = bytes.subarray(this.#id.at, this.#id.at + this.#id.length);
    // Others may be no UTF-8.
    if (!isAscii(id)) return undefined;
    const payload = bytes.subarray(this.#payload.at, this.#payload.at + this.#payload.length);
    return { id: id.toString('latin1'), payload };
  }
}

function onlyPlaceOf(part: Buffer, bytes: Buffer): Hole | undefined {
  const at = bytes.indexOf(part);
  return part.length > 0 && at >= 0 && bytes.lastIndexOf(part) === at ? { at, length: part.length } : undefined;
}
