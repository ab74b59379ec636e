import { addressGroup } from './address-group.js';

/** Items that wait for their turn: the oldest of each address, as {@link addressGroup} counts them, and the addresses by turns. */
export class AddressQueue<Item> {
  readonly #waiting = new Map<string, Set<Item>>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(address: string, item: Item): void {
    const group = addressGroup(address);
    const ofAddress = this.#waiting.get(group) ?? new Set();
    this.#waiting.set(group, ofAddress.add(item));
  }

  /** Without effect when the item does not wait anymore. */
  delete(address: string, item: Item): void {
    const group = addressGroup(address);
    const ofAddress = this.#waiting.get(group);
    ofAddress?.delete(item);
    if (ofAddress?.size === 0) this.#waiting.delete(group);
  }

  /** Removes and returns the oldest item of the address whose turn it is, which then comes last; undefined when none waits. */
  take(): Item | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [group, ofAddress] = first;
    const [item] = ofAddress;
    if (item !== undefined) ofAddress.delete(item);
    this.#waiting.delete(group);
    if (ofAddress.size > 0) this.#waiting.set(group, ofAddress);
    return item;
  }
}
