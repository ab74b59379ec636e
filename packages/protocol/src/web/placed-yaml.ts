import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { closestMatches } from '../cli/closest.js';
import type { UsageError } from '../cli/usage-error.js';
import { quote } from '../text/sanitize.js';
import { errorAt, type FilePosition } from './file-position.js';

/** A key of a mapping with its place. */
export interface PlacedEntry {
  readonly key: string;
  readonly at: FilePosition;
  readonly value: unknown;
}

/** Anything in a document that has a place. */
interface Placed {
  readonly range?: readonly [number, number, number] | null | undefined;
}

/** A YAML file whose errors have line and column. No error repeats a value, because it may be a secret. */
export class PlacedYaml {
  readonly root: unknown;
  readonly #file: string;
  readonly #lines = new LineCounter();

  /** @param file for errors. @throws UsageError */
  constructor(text: string, file: string) {
    this.#file = file;
    // All values are texts: a thumbprint of digits is not a number.
    const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, lineCounter: this.#lines });
    const [error] = document.errors;
    if (error !== undefined) {
      const problem = error.code === 'DUPLICATE_KEY' ? 'this key is repeated' : 'this is not YAML';
      throw errorAt(file, this.#positionOf(error.pos[0]), problem);
    }
    this.root = document.contents;
  }

  /** The keys and values of a mapping; an empty value is an empty mapping. @param name of the mapping, for errors. */
  entries(node: unknown, name: string): PlacedEntry[] {
    if (isEmpty(node)) return [];
    if (!isMap(node)) throw this.error(node, `${name} is a mapping of names to values`);
    return node.items.map(({ key, value }) => {
      if (!isScalar(key)) throw this.error(key, 'a key is a text');
      return { key: String(key.value), at: this.at(key), value };
    });
  }

  /** The texts of a list, each with its node. @param problem what is wrong otherwise. */
  list(node: unknown, problem: string): { readonly text: string; readonly node: unknown }[] {
    if (isEmpty(node)) return [];
    if (!isSeq(node)) throw this.error(node, problem);
    return node.items.map((item) => ({ text: this.text(item, problem), node: item }));
  }

  /** One value. @param problem what is wrong otherwise. */
  text(node: unknown, problem: string): string {
    if (node === null || node === undefined) return '';
    if (!isScalar(node)) throw this.error(node, problem);
    return String(node.value);
  }

  isList(node: unknown): boolean {
    return isSeq(node);
  }

  at(node: unknown): FilePosition {
    return this.#positionOf((node as Placed | null)?.range?.[0] ?? 0);
  }

  error(node: unknown, problem: string): UsageError {
    return errorAt(this.#file, this.at(node), problem);
  }

  unknownKey({ key, at }: PlacedEntry, known: readonly string[]): UsageError {
    const matches = closestMatches(key, known);
    const hint = matches.length > 0 ? `did you mean ${matches.join(' or ')}?` : `use ${known.join(', ')}`;
    return errorAt(this.#file, at, `unknown key ${quote(key)}; ${hint}`);
  }

  #positionOf(offset: number): FilePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && (node.value === '' || node.value === null));
}
