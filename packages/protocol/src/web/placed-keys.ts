import type { UsageError } from '../cli/usage-error.js';
import { quote } from '../text/sanitize.js';
import type { FilePosition } from './file-position.js';
import type { PlacedEntry, PlacedYaml } from './placed-yaml.js';

/** What YAML 1.1 takes for a truth value, as Prometheus reads it. */
const YES = ['true', 'yes', 'on', 'y'];
const NO = ['false', 'no', 'off', 'n'];

/** A mapping of a file with the keys that it may have. Errors name the place of the key or value. */
export class PlacedKeys {
  readonly #yaml: PlacedYaml;
  readonly #node: unknown;
  readonly #name: string;
  readonly #entries: ReadonlyMap<string, PlacedEntry>;

  /** @param name of the mapping, for errors. @throws UsageError for a key that is not known. */
  constructor(yaml: PlacedYaml, node: unknown, name: string, known: readonly string[]) {
    this.#yaml = yaml;
    this.#node = node;
    this.#name = name;
    this.#entries = new Map(
      yaml.entries(node, name).map((entry) => {
        if (!known.includes(entry.key)) throw yaml.unknownKey(entry, known);
        return [entry.key, entry];
      }),
    );
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  value(key: string): unknown {
    return this.#entries.get(key)?.value;
  }

  /** Where the key is. */
  at(key: string): FilePosition {
    const entry = this.#entries.get(key);
    return entry?.at ?? this.#yaml.at(this.#node);
  }

  /** At the value of a key, or at the mapping where it lacks the key. */
  error(key: string, problem: string): UsageError {
    return this.#yaml.error(this.value(key) ?? this.#node, problem);
  }

  missing(what: string): UsageError {
    return this.#yaml.error(this.#node, `${this.#name} needs ${what}`);
  }

  /** An empty text is none, as in Prometheus. */
  text(key: string, what: string): string | undefined {
    const text = this.#yaml.text(this.value(key), `${key} is ${what}`);
    return text === '' ? undefined : text;
  }

  choice<Name extends string>(key: string, names: readonly Name[], otherwise: NoInfer<Name>): Name {
    const problem = `${key} is one of ${names.join(', ')}`;
    const text = this.text(key, `one of ${names.join(', ')}`) ?? otherwise;
    const name = names.find((one) => one === text);
    if (name === undefined) throw this.error(key, problem);
    return name;
  }

  flag(key: string, otherwise: boolean): boolean {
    const text = this.text(key, 'true or false')?.toLowerCase();
    if (text === undefined) return otherwise;
    if (!YES.includes(text) && !NO.includes(text)) throw this.error(key, `${key} is true or false`);
    return YES.includes(text);
  }

  list(key: string, what: string): readonly { readonly text: string; readonly node: unknown }[] {
    return this.#yaml.list(this.value(key), `${key} is a list of ${what}`);
  }

  /** A list of Go's names, as OpenSSL's. */
  translated(key: string, known: Readonly<Record<string, string>>): string[] {
    return this.list(key, 'names').map(({ text, node }) => {
      const name = Object.hasOwn(known, text) ? known[text] : undefined;
      if (name === undefined)
        throw this.#yaml.error(node, `${quote(text)} is not supported; use ${Object.keys(known).join(', ')}`);
      return name;
    });
  }
}
