/**
 * A bounded buffer of the latest items of each kind. Each kind has its own share, so that many successes never push out
 * the one failure before them.
 */
export class RecordRing<Item> {
  readonly #maxOfEachKind: number;
  readonly #kindOf: (item: Item) => string;
  readonly #kinds = new Map<string, NumberedRecord<Item>[]>();
  #added = 0;
  #dropped = 0;

  /** @param kindOf returns one of a few names: each kind takes memory of its own. */
  constructor(maxOfEachKind: number, kindOf: (item: Item) => string) {
    this.#maxOfEachKind = maxOfEachKind;
    this.#kindOf = kindOf;
  }

  /** @returns the item that was dropped to make room, if any. */
  add(item: Item): Item | undefined {
    const kind = this.#kindOf(item);
    let kept = this.#kinds.get(kind);
    if (kept === undefined) this.#kinds.set(kind, (kept = []));
    kept.push({ number: ++this.#added, item });
    const dropped = kept.at(-1 - this.#maxOfEachKind);
    if (dropped === undefined) return undefined;
    this.#dropped++;
    // Cut in blocks: shifting an array for each item would cost more than the item.
    if (kept.length >= 2 * this.#maxOfEachKind) kept.splice(0, kept.length - this.#maxOfEachKind);
    return dropped.item;
  }

  /** How many items have been dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The items kept, in the order in which they were added, each with its number in that order, from 1. */
  numbered(): NumberedRecord<Item>[] {
    return [...this.#kinds.values()]
      .flatMap((kept) => kept.slice(-this.#maxOfEachKind))
      .sort((a, b) => a.number - b.number);
  }

  /** Calls back for every item kept, kind by kind, in no order across kinds: without the copy and the sort of `numbered`. */
  forEach(visit: (item: Item) => void): void {
    for (const kept of this.#kinds.values()) {
      for (let i = Math.max(0, kept.length - this.#maxOfEachKind); i < kept.length; i++) {
        const one = kept[i];
        if (one !== undefined) visit(one.item);
      }
    }
  }

  all(): Item[] {
    return this.numbered().map(({ item }) => item);
  }
}

/** An item and its number in the order in which items were added. */
export interface NumberedRecord<Item> {
  readonly number: number;
  readonly item: Item;
}
