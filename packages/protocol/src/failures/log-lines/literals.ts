/** Letters, digits and what else stands in literals: each gets a column of the table, all other characters column 0. */
const CODES = 128;

const NONE: readonly number[] = [];

/**
 * Finds many literals in one pass over a text, whatever their number (Aho and Corasick's automaton), ASCII letters of
 * either case, blanks of any number. A log is mostly lines with none of them: those cost one look at each character.
 */
export class Literals {
  /** Column of a character's code. */
  readonly #column = new Uint8Array(CODES);
  readonly #columns: number;
  /** A state is the place where its row begins; in the row, by column, the next state. */
  readonly #next: Int32Array;
  /** By state: 1 where a literal ends. */
  readonly #isEnd: Uint8Array;
  /** By state: the literals that end there. */
  readonly #ends = new Map<number, readonly number[]>();

  /** @param literals lower-case ASCII, none empty, never two blanks in a row. */
  constructor(literals: readonly string[]) {
    this.#columns = this.#giveColumns(literals);
    const states = 1 + literals.reduce((sum, { length }) => sum + length, 0);
    this.#next = new Int32Array(states * this.#columns);
    this.#isEnd = new Uint8Array(states * this.#columns);
    this.#growTree(literals);
    this.#addLinks();
    for (const state of this.#ends.keys()) this.#isEnd[state] = 1;
  }

  /** Which literals the text holds, by their place in the list, each once. */
  in(text: string): readonly number[] {
    const blank = this.#column[0x20] ?? 0;
    let state = 0;
    let last = 0;
    let found: Set<number> | undefined;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const column = code < CODES ? (this.#column[code] ?? 0) : 0;
      // Several blanks are one.
      if (column === blank && column === last && column !== 0) continue;
      last = column;
      state = this.#next[state + column] ?? 0;
      if (this.#isEnd[state] === 0) continue;
      found ??= new Set();
      for (const end of this.#ends.get(state) ?? NONE) found.add(end);
    }
    return found === undefined ? NONE : [...found];
  }

  #giveColumns(literals: readonly string[]): number {
    let columns = 1;
    for (const char of literals.join('')) {
      const code = char.charCodeAt(0);
      if (code >= CODES) throw new RangeError(`a literal is not ASCII: ${char}`);
      if (this.#column[code] === 0) this.#column[code] = columns++;
    }
    for (let code = 0x41; code <= 0x5a; code++) this.#column[code] = this.#column[code + 0x20] ?? 0;
    // Logs put tabs where messages have blanks.
    this.#column[0x09] = this.#column[0x20] ?? 0;
    return columns;
  }

  #growTree(literals: readonly string[]): void {
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

  /** Where a state has no way on, take the way of the longest ending of its text that is itself a beginning. */
  #addLinks(): void {
    const link = new Map<number, number>();
    const queue = [0];
    for (const state of queue) {
      const back = link.get(state) ?? 0;
      if (state !== 0) this.#addEnds(state, this.#ends.get(back) ?? NONE);
      for (let column = 0; column < this.#columns; column++) {
        const child = this.#next[state + column] ?? 0;
        const elsewhere = state === 0 ? 0 : (this.#next[back + column] ?? 0);
        if (child === 0) {
          this.#next[state + column] = elsewhere;
        } else {
          link.set(child, elsewhere);
          queue.push(child);
        }
      }
    }
  }

  #addEnds(state: number, literals: readonly number[]): void {
    if (literals.length > 0) this.#ends.set(state, [...(this.#ends.get(state) ?? NONE), ...literals]);
  }
}
