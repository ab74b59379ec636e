/**
 * The last items of each kind, each kind apart: however many of one kind come, those of the others are still there. A
 * long row of successes does not push out the one failure before it.
 */
export class RecordRing<Item> {
  readonly #keptOfEach: number;
  readonly #kindOf: (item: Item) => string;
  readonly #kinds = new Map<string, Numbered<Item>[]>();
  #added = 0;
  #dropped = 0;

  /** @param kindOf gives one of a few names: each kind takes up memory of its own. */
  constructor(keptOfEach: number, kindOf: (item: Item) => string) {
    this.#keptOfEach = keptOfEach;
    this.#kindOf = kindOf;
  }

  /** @returns the item that is no longer kept for it, where there is one. */
  add(item: Item): Item | undefined {
    const kind = this.#kindOf(item);
    let kept = this.#kinds.get(kind);
    if (kept === undefined) this.#kinds.set(kind, (kept = []));
    kept.push({ number: ++this.#added, item });
    const dropped = kept.at(-1 - this.#keptOfEach);
    if (dropped === undefined) return undefined;
    this.#dropped++;
    // Cut in blocks: shifting an array for each item would cost more than the item.
    if (kept.length >= 2 * this.#keptOfEach) kept.splice(0, kept.length - this.#keptOfEach);
    return dropped.item;
  }

  /** How many are not kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Those that are kept, in the order in which they came, each with its number in it, from 1. */
  numbered(): Numbered<Item>[] {
    return [...this.#kinds.values()]
      .flatMap((kept) => kept.slice(-this.#keptOfEach))
      .sort((a, b) => a.number - b.number);
  }

  all(): Item[] {
    return this.numbered().map(({ item }) => item);
  }
}

export interface Numbered<Item> {
  readonly number: number;
  readonly item: Item;
}
