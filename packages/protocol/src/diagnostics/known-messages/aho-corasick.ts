/** ASCII. Each character that a literal contains has its own column in the table; all others share column 0. */
const CODES = 128;

const NONE: readonly number[] = [];

/**
 * Finds any number of literals in one pass over a text (Aho-Corasick automaton). ASCII case is ignored, and any run of
 * whitespace is one space. Most lines of a log contain no literal: they cost one table lookup per character.
 */
export class AhoCorasick {
  /** Column by character code. */
  readonly #column = new Uint8Array(CODES);
  readonly #columns: number;
  /** Transition table. A state is the offset of its row; the row holds the next state by column. */
  readonly #next: Int32Array;
  /** By state: 1 if a literal ends there. */
  readonly #isEnd: Uint8Array;
  /** By state: the literals that end there. */
  readonly #ends = new Map<number, readonly number[]>();

  /** @param literals lower-case ASCII, none empty, never two spaces in a row. */
  constructor(literals: readonly string[]) {
    this.#columns = this.#assignColumns(literals);
    const states = 1 + literals.reduce((sum, { length }) => sum + length, 0);
    this.#next = new Int32Array(states * this.#columns);
    this.#isEnd = new Uint8Array(states * this.#columns);
    this.#buildTrie(literals);
    this.#addFailureLinks();
    for (const state of this.#ends.keys()) this.#isEnd[state] = 1;
  }

  /** Returns the literals that the text contains, as indexes into the list, each once. */
  in(text: string): readonly number[] {
    const space = this.#column[0x20] ?? 0;
    let state = 0;
    let last = 0;
    let found: Set<number> | undefined;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const column = code < CODES ? (this.#column[code] ?? 0) : 0;
      // A run of whitespace is one space.
      if (column === space && column === last && column !== 0) continue;
      last = column;
      state = this.#next[state + column] ?? 0;
      if (this.#isEnd[state] === 0) continue;
      found ??= new Set();
      for (const end of this.#ends.get(state) ?? NONE) found.add(end);
    }
    return found === undefined ? NONE : [...found];
  }

  #assignColumns(literals: readonly string[]): number {
    let columns = 1;
    for (const char of literals.join('')) {
      const code = char.charCodeAt(0);
      if (code >= CODES) throw new RangeError(`a literal is not ASCII: ${char}`);
      if (this.#column[code] === 0) this.#column[code] = columns++;
    }
    for (let code = 0x41; code <= 0x5a; code++) this.#column[code] = this.#column[code + 0x20] ?? 0;
    // Logs have tabs where messages have spaces.
    this.#column[0x09] = this.#column[0x20] ?? 0;
    return columns;
  }

  #buildTrie(literals: readonly string[]): void {
    let unused = this.#columns;
    literals.forEach((literal, index) => {
      let state = 0;
      for (const char of literal) {
        const place = state + (this.#column[char.charCodeAt(0)] ?? 0);
        if (this.#next[place] === 0) {
          this.#next[place] = unused;
          unused += this.#columns;
        }
        state = this.#next[place] ?? 0;
      }
      this.#addEnds(state, [index]);
    });
  }

  /** Adds failure links: a missing transition is that of the longest suffix that is also a prefix of a literal. */
  #addFailureLinks(): void {
    const link = new Map<number, number>();
    const queue = [0];
    for (const state of queue) {
      const back = link.get(state) ?? 0;
      if (state !== 0) this.#addEnds(state, this.#ends.get(back) ?? NONE);
      for (let column = 0; column < this.#columns; column++) {
        const child = this.#next[state + column] ?? 0;
        const fallback = state === 0 ? 0 : (this.#next[back + column] ?? 0);
        if (child === 0) {
          this.#next[state + column] = fallback;
        } else {
          link.set(child, fallback);
          queue.push(child);
        }
      }
    }
  }

  #addEnds(state: number, literals: readonly number[]): void {
    if (literals.length > 0) this.#ends.set(state, [...(this.#ends.get(state) ?? NONE), ...literals]);
  }
}
