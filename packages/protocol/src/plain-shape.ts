import { maskUnsafe } from './text/sanitize.js';
import { WireError } from './wire/wire-error.js';

/**
 * Reads plain data of another end, decoded from JSON or BSON, key by key: each is of the kind that is asked for, and
 * bounded, or it throws WireError GARBLED. Text loses what could act on a terminal.
 */
export class PlainShape {
  readonly #what: string;
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(what: string, value: unknown) {
    this.#what = what;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#garbled('', value);
    this.#object = value as Readonly<Record<string, unknown>>;
  }

  text(key: string, maxChars = 256): string {
    const value = this.#own(key);
    if (typeof value !== 'string' || value.length > maxChars) throw this.#garbled(key, value);
    return maskUnsafe(value);
  }

  /** UTC, ISO 8601, milliseconds: of one form, so that moments compare as texts. */
  moment(key: string): string {
    const text = this.text(key);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || Number.isNaN(Date.parse(text)))
      throw this.#garbled(key, text);
    return text;
  }

  /** A whole number, 0 or above: JSON's, or an int32 or int64 of BSON. */
  count(key: string): number {
    const value = this.#own(key);
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) throw this.#garbled(key, value);
    return number;
  }

  /** One of these words. */
  oneOf<const Word extends string>(key: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === this.#own(key));
    if (found === undefined) throw this.#garbled(key, this.#own(key));
    return found;
  }

  list(key: string, maxItems: number): readonly unknown[] {
    const value = this.#own(key);
    if (!Array.isArray(value) || value.length > maxItems) throw this.#garbled(key, value);
    return value;
  }

  /** What is under a key, whatever it is. */
  value(key: string): unknown {
    return this.#own(key);
  }

  /** A part of the whole, where it is there: `{}` where the key is absent. */
  optional<Key extends string, T>(key: Key, read: (key: Key) => T): Readonly<Partial<Record<Key, T>>> {
    const part: Partial<Record<Key, T>> = {};
    if (this.#own(key) !== undefined) part[key] = read(key);
    return part;
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  #garbled(key: string, got: unknown): WireError {
    const where = key === '' ? this.#what : `${this.#what}: ${key}`;
    return new WireError('GARBLED', where, `got ${got === null ? 'null' : typeof got} of another form`);
  }
}
