/** The document at /api is 10 KB, and a page of a gateway up to 100 KB; its beginning is enough. */
const PAGE_MAX_BYTES = 64 * 1024;

const HEAD_END = '\r\n\r\n';

/** The end of a body in chunks. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

/** Collects an HTTP response until it is complete or long enough. A peer may send it byte by byte, so nothing is read twice. */
export class PageBuffer {
  readonly #buffer = Buffer.alloc(PAGE_MAX_BYTES);
  #length = 0;
  /** How long the whole response is; undefined until its head shows it. */
  #wantedBytes: number | undefined;
  #isChunked = false;

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** How many more bytes to read; 0: no more. */
  get missingBytes(): number {
    if (this.#isChunked && this.#endsWith(LAST_CHUNK)) return 0;
    return Math.max(0, (this.#wantedBytes ?? PAGE_MAX_BYTES) - this.#length);
  }

  push(part: Buffer): void {
    // The end of the head may have begun in the part before.
    const from = Math.max(0, this.#length - HEAD_END.length);
    part.copy(this.#buffer, this.#length);
    this.#length = Math.min(PAGE_MAX_BYTES, this.#length + part.length);
    if (this.#wantedBytes !== undefined) return;
    const end = this.bytes.indexOf(HEAD_END, from, 'latin1');
    if (end >= 0) this.#readHead(this.#buffer.toString('latin1', 0, end), end + HEAD_END.length);
  }

  #readHead(head: string, bytes: number): void {
    const length = /^content-length: *(\d{1,15})/im.exec(head)?.[1];
    this.#isChunked = /^transfer-encoding:.*chunked/im.test(head);
    const hasNoBody = /^HTTP\/1\.\d (?:1\d\d|204|304)/.test(head);
    const body = hasNoBody ? 0 : length === undefined ? PAGE_MAX_BYTES : Number(length);
    this.#wantedBytes = Math.min(PAGE_MAX_BYTES, bytes + body);
  }

  #endsWith(text: string): boolean {
    return this.bytes.subarray(-text.length).toString('latin1') === text;
  }
}
