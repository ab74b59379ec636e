/** A TLS record has a header of 5 bytes: its type, its version and its length. */
export const HEADER_BYTES = 5;

/** Counts the TLS records of one direction, of which only the lengths are read. */
export class RecordCounter {
  /** Records that have begun. */
  begun = 0;
  #header: number[] = [];
  #left = 0;

  /** Takes one byte. @returns the type of the record that it completes the header of; undefined for any other byte. */
  add(byte: number): number | undefined {
    if (this.#left > 0) {
      this.#left--;
      return undefined;
    }
    if (this.#header.length === 0) this.begun++;
    this.#header.push(byte);
    if (this.#header.length < HEADER_BYTES) return undefined;
    const [type, , , high = 0, low = 0] = this.#header;
    this.#left = high * 256 + low;
    this.#header = [];
    return type;
  }
}
