/** Letters, digits and what else stands in literals: each gets a column of the table, all other characters column 0. */
const CODES = 128;

/**
 * Finds many literals in one pass over a text, whatever their number (Aho and Corasick's automaton), ASCII letters of
 * either case. A log is mostly lines with none of them: those cost one look at each character.
 */
export class Literals {
  /** Column of a character's code. */
  readonly #column = new Uint8Array(CODES);
  readonly #columns: number;
  /** Next state, by state and column. */
  readonly #next: Int32Array;
  /** Literals that end in a state. */
  readonly #ends: (readonly number[])[];

  /** @param literals lower-case ASCII, none empty. */
  constructor(literals: readonly string[]) {
    this.#columns = this.#giveColumns(literals);
    const states = 1 + literals.reduce((sum, { length }) => sum + length, 0);
    this.#next = new Int32Array(states * this.#columns);
    this.#ends = Array.from({ length: states }, () => []);
    this.#addLinks(this.#growTree(literals));
  }

  /** Which literals the text holds, by their place in the list, each once. */
  in(text: string): readonly number[] {
    let state = 0;
    let found: Set<number> | undefined;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = this.#next[state * this.#columns + (code < CODES ? (this.#column[code] ?? 0) : 0)] ?? 0;
      const ends = this.#ends[state];
      if (ends === undefined || ends.length === 0) continue;
      found ??= new Set();
      for (const end of ends) found.add(end);
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

  /** @returns how many states there are. */
  #growTree(literals: readonly string[]): number {
    let states = 1;
    literals.forEach((literal, index) => {
      let state = 0;
      for (const char of literal) {
        const column = this.#column[char.charCodeAt(0)] ?? 0;
        const slot = state * this.#columns + column;
        if (this.#next[slot] === 0) this.#next[slot] = states++;
        state = this.#next[slot] ?? 0;
      }
      this.#ends[state] = [...(this.#ends[state] ?? []), index];
    });
    return states;
  }

  /** Where a state has no way on, take the way of the longest ending that is itself a beginning. */
  #addLinks(states: number): void {
    const link = new Int32Array(states);
    const queue = [0];
    for (const state of queue) {
      const back = link[state] ?? 0;
      if (state !== 0) this.#ends[state] = [...(this.#ends[state] ?? []), ...(this.#ends[back] ?? [])];
      for (let column = 0; column < this.#columns; column++) {
        const slot = state * this.#columns + column;
        const child = this.#next[slot] ?? 0;
        const elsewhere = state === 0 ? 0 : (this.#next[back * this.#columns + column] ?? 0);
        if (child === 0) {
          this.#next[slot] = elsewhere;
        } else {
          link[child] = elsewhere;
          queue.push(child);
        }
      }
    }
  }
}

const NONE: readonly number[] = [];
