/** Splits chunks of text into lines, and keeps only the first characters of a long line. */
export class Lines {
  /** Number of lines that were too long and cut. */
  cut = 0;
  readonly #maxChars: number;
  #current = '';
  /** Characters of the current line, including those that were not kept. */
  #length = 0;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Yields the lines that end in this chunk, without their line ends. */
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

  /** Yields the last line, if it has no line end. */
  *end(): Generator<string> {
    if (this.#length > 0) yield this.#take();
  }

  #add(text: string, from: number, to: number): void {
    // One character more than the limit, because it may be the carriage return.
    const capacity = this.#maxChars + 1 - this.#current.length;
    if (capacity > 0) this.#current += text.slice(from, Math.min(to, from + capacity));
    this.#length += to - from;
  }

  #take(): string {
    const isWhole = this.#length === this.#current.length;
    const line = isWhole && this.#current.endsWith('\r') ? this.#current.slice(0, -1) : this.#current;
    if (!isWhole || line.length > this.#maxChars) this.cut++;
    this.#current = '';
    this.#length = 0;
    return line.slice(0, this.#maxChars);
  }
}
