import { WireError } from '../halibut/wire-error.js';

/** Longer than any name, address or id that the programs write. */
const STRING_MAX_CHARS = 256;

/**
 * An object that another program wrote, decoded from JSON or BSON, and read key by key. Each value has the requested
 * type and is within its bounds, or WireError MALFORMED is thrown. Strings lose what could act on a terminal. Inherited
 * keys are never read.
 */
export class UntrustedObject {
  readonly #name: string;
  readonly #object: Readonly<Record<string, unknown>>;

  /** @param name what the object is, for error messages: `a report`. */
  constructor(name: string, value: unknown) {
    this.#name = name;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.#malformed('', 'an object', value);
    this.#object = value as Readonly<Record<string, unknown>>;
  }

  /** Own keys, in their order, up to a maximum. */
  keys(max: number): readonly string[] {
    return Object.keys(this.#object).slice(0, max);
  }

  /** A string of at most this many characters, on one line. */
  text(key: string, maxChars = STRING_MAX_CHARS): string {
    const value = this.#own(key);
    if (typeof value !== 'string') throw this.#malformed(key, 'text', value);
    if (value.length > maxChars)
      throw this.error(`${key} has ${value.length} characters; at most ${maxChars} are allowed`);
    return value.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
  }

  /** A UTC timestamp in ISO 8601 with milliseconds: one form, so that timestamps compare as strings. */
  moment(key: string): string {
    const text = this.text(key);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || Number.isNaN(Date.parse(text)))
      throw this.error(`${key} is not a time in UTC (2026-01-31T12:00:00.000Z)`);
    return text;
  }

  /** A whole number from 0 to a maximum: a number in JSON, an int32 or int64 in BSON. */
  count(key: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#own(key);
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || number > max)
      throw this.#malformed(key, `a whole number from 0 to ${max}`, value);
    return number;
  }

  /** A finite number within a range, both bounds included. */
  number(key: string, min: number, max: number): number {
    const value = this.#own(key);
    if (typeof value !== 'number' || !(value >= min && value <= max))
      throw this.#malformed(key, `a number from ${min} to ${max}`, value);
    return value;
  }

  boolean(key: string): boolean {
    const value = this.#own(key);
    if (typeof value !== 'boolean') throw this.#malformed(key, 'true or false', value);
    return value;
  }

  /** One of these strings. */
  oneOf<const Choice extends string>(key: string, choices: readonly Choice[]): Choice {
    const value = this.#own(key);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.error(`${key} is not one of the known values`);
    return choice;
  }

  /** An array of at most this many items, whatever they are. */
  list(key: string, maxItems: number): readonly unknown[] {
    const value = this.#own(key);
    if (!Array.isArray(value)) throw this.#malformed(key, 'a list', value);
    if (value.length > maxItems) throw this.error(`${key} has ${value.length} items; at most ${maxItems} are allowed`);
    return value;
  }

  /** A nested object. */
  object(key: string): UntrustedObject {
    return new UntrustedObject(`${this.#name}: ${key}`, this.#own(key));
  }

  /** An array of at most this many nested objects. */
  objects(key: string, maxItems: number): readonly UntrustedObject[] {
    return this.list(key, maxItems).map((item, i) => new UntrustedObject(`${this.#name}: ${key}[${i}]`, item));
  }

  /** A nested object whose keys are data: names with a count each. Entries above the maximum are left out. */
  counts(key: string, maxEntries: number, maxNameChars: number): Readonly<Record<string, number>> {
    const entries = this.object(key);
    return Object.fromEntries(
      entries.keys(maxEntries).map((name) => [name.slice(0, maxNameChars), entries.count(name)]),
    );
  }

  /** The value of a key, whatever it is. */
  value(key: string): unknown {
    return this.#own(key);
  }

  isNull(key: string): boolean {
    return this.#own(key) === null;
  }

  /** An object with this key alone, as it is read; `{}` when the key is absent. To be spread. */
  optional<Key extends string, T>(key: Key, read: (key: Key) => T): Readonly<Partial<Record<Key, T>>> {
    const part: Partial<Record<Key, T>> = {};
    if (this.#own(key) !== undefined) part[key] = read(key);
    return part;
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  /** The error for data that does not fit together, WireError MALFORMED. The message is one line and names the object. */
  error(problem: string): WireError {
    return new WireError('MALFORMED', this.#name, problem);
  }

  /** Names the types only: the value itself may be long, or made to mislead. */
  #malformed(key: string, expected: string, value: unknown): WireError {
    return this.error(`${key === '' ? '' : `${key}: `}expected ${expected}, found ${typeName(value)}`);
  }
}

function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
