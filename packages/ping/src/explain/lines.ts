/** Cuts text that comes in pieces into lines, and keeps no more of a line than its first characters. */
export class Lines {
  /** Lines that were longer than that. */
  cut = 0;
  readonly #maxChars: number;
  #begun = '';
  /** Characters of the begun line, also those that were not kept. */
  #length = 0;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** The lines that end in this piece, without their ends. */
  *push(text: string): Generator<string> {
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      if (this.#length === 0 && to - from <= this.#maxChars) {
        yield text.charCodeAt(to - 1) === 0x0d && to > from ? text.slice(from, to - 1) : text.slice(from, to);
      } else {
        this.#add(text, from, to);
        yield this.#take();
      }
      from = to + 1;
    }
    this.#add(text, from, text.length);
  }

  /** The last line, where no end stands behind it. */
  *end(): Generator<string> {
    if (this.#length > 0) yield this.#take();
  }

  #add(text: string, from: number, to: number): void {
    // One more than is kept: it may be the carriage return.
    const room = this.#maxChars + 1 - this.#begun.length;
    if (room > 0) this.#begun += text.slice(from, Math.min(to, from + room));
    this.#length += to - from;
  }

  #take(): string {
    const whole = this.#length === this.#begun.length;
    const line = whole && this.#begun.endsWith('\r') ? this.#begun.slice(0, -1) : this.#begun;
    if (!whole || line.length > this.#maxChars) this.cut++;
    this.#begun = '';
    this.#length = 0;
    return line.slice(0, this.#maxChars);
  }
}
