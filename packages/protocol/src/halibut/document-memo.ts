import type { BsonObject } from './bson-value.js';

/** More than the settings of a destination in any version have. No client can have a connection keep more than this. */
const MEMO_MAX_BYTES = 1024;

/** A document that was read, and its bytes. */
interface ReadDocument {
  readonly bytes: Buffer;
  readonly depth: number;
  readonly object: BsonObject;
  /** The number of its values, of all depths. */
  readonly values: number;
}

/**
 * The `endpoint` of the last request of a connection. A client sends the same one with each request, and no service uses it: to
 * compare its bytes takes a tenth of the time that reading it takes.
 */
export class DocumentMemo {
  #last: ReadDocument | undefined;

  /** The document of the same bytes at the same depth, if it is the last one that was read. */
  find(bytes: Buffer, start: number, length: number, depth: number): ReadDocument | undefined {
    const last = this.#last;
    if (last?.bytes.length !== length || last.depth !== depth) return undefined;
    if (start + length > bytes.length || bytes.compare(last.bytes, 0, length, start, start + length) !== 0)
      return undefined;
    return last;
  }

  /** Keeps a document that was read, unless it is long. */
  keep(bytes: Buffer, document: Omit<ReadDocument, 'bytes'>): void {
    this.#last = bytes.length <= MEMO_MAX_BYTES ? { ...document, bytes: Buffer.from(bytes) } : undefined;
  }
}
