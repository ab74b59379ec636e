import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { closestMatches, quote, UsageError } from 'tentacle-protocol/cli';
import { MODULE_OPTIONS } from '../options/definitions.js';
import { errorAt, type FilePosition } from './file-position.js';
import { parseTargetPattern, type TargetPattern } from './target-patterns.js';

/** A module as the file has it: options of tentacle-ping by their names without dashes. */
export interface ModuleText {
  readonly name: string;
  readonly at: FilePosition;
  readonly options: ReadonlyMap<string, OptionText>;
}

/** The value of an option, and where it is. */
export interface OptionText {
  readonly value: string;
  readonly at: FilePosition;
}

/** The file of modules. */
export interface ModuleFile {
  readonly modules: readonly ModuleText[];
  /** Empty: any target is allowed. */
  readonly targets: readonly TargetPattern[];
}

/** The module of requests that name none. */
export const DEFAULT_MODULE = 'default';

/** Names become values of labels, so that their number is bounded. */
const MODULES_MAX = 100;
const MODULE_NAME = /^[A-Za-z0-9_.-]{1,60}$/;

/** Parses the file. @param name for errors. @throws UsageError with line and column, without values of the file. */
export function parseModuleFile(text: string, name: string): ModuleFile {
  return new ModuleReader(text, name).read();
}

/** Anything in a document that has a place. */
interface Placed {
  readonly range?: readonly [number, number, number] | null | undefined;
}

class ModuleReader {
  readonly #text: string;
  readonly #name: string;
  readonly #lines = new LineCounter();

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  read(): ModuleFile {
    // All values are texts: a thumbprint of digits is not a number.
    const document = parseDocument(this.#text, {
      schema: 'failsafe',
      prettyErrors: false,
      lineCounter: this.#lines,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const problem = error.code === 'DUPLICATE_KEY' ? 'this key is repeated' : 'this is not YAML';
      throw errorAt(this.#name, this.#positionOf(error.pos[0]), problem);
    }
    let modules: ModuleText[] = [];
    let targets: TargetPattern[] = [];
    for (const { key, at, value } of this.#entries(document.contents, 'the file')) {
      if (key === 'modules') modules = this.#modules(value);
      else if (key === 'targets') targets = this.#targets(value);
      else this.#unknown(at, key, ['modules', 'targets']);
    }
    if (modules.length === 0) modules = [{ name: DEFAULT_MODULE, at: { line: 1, column: 1 }, options: new Map() }];
    return { modules, targets };
  }

  #modules(node: unknown): ModuleText[] {
    const modules = this.#entries(node, 'modules').map(({ key, at, value }) => {
      if (!MODULE_NAME.test(key))
        throw errorAt(this.#name, at, 'the name of a module has up to 60 letters, digits and _ . -');
      return { name: key, at, options: this.#options(value, key) };
    });
    if (modules.length > MODULES_MAX) throw errorAt(this.#name, this.#at(node), `more than ${MODULES_MAX} modules`);
    return modules;
  }

  #options(node: unknown, module: string): Map<string, OptionText> {
    const known = Object.keys(MODULE_OPTIONS);
    const options = new Map<string, OptionText>();
    for (const { key, at, value } of this.#entries(node, module)) {
      if (!known.includes(key)) this.#unknown(at, key, known);
      if (!isScalar(value)) throw errorAt(this.#name, this.#at(value), `${key} takes one value`);
      options.set(key, { value: this.#flagChecked(key, String(value.value), value), at: this.#at(value) });
    }
    return options;
  }

  #flagChecked(key: string, value: string, node: Placed): string {
    const { type } = MODULE_OPTIONS[key as keyof typeof MODULE_OPTIONS];
    if (type === 'boolean' && value !== 'true' && value !== 'false')
      throw errorAt(this.#name, this.#at(node), `${key} is true or false`);
    return value;
  }

  #targets(node: unknown): TargetPattern[] {
    if (!isSeq(node)) throw errorAt(this.#name, this.#at(node), 'targets is a list, as in - "*.example.com:10933"');
    return node.items.map((item) => {
      if (!isScalar(item)) throw errorAt(this.#name, this.#at(item), 'a target is a text');
      try {
        return parseTargetPattern(String(item.value));
      } catch (error) {
        if (error instanceof UsageError) throw errorAt(this.#name, this.#at(item), error.message);
        throw error;
      }
    });
  }

  /** The keys and values of a mapping; an empty value is an empty one. */
  #entries(node: unknown, what: string): { key: string; at: FilePosition; value: unknown }[] {
    if (node === null || (isScalar(node) && (node.value === '' || node.value === null))) return [];
    if (!isMap(node)) throw errorAt(this.#name, this.#at(node), `${what} is a mapping of names to values`);
    return node.items.map(({ key, value }) => {
      if (!isScalar(key)) throw errorAt(this.#name, this.#at(key), 'a key is a text');
      return { key: String(key.value), at: this.#at(key), value };
    });
  }

  #unknown(at: FilePosition, key: string, known: readonly string[]): never {
    const matches = closestMatches(key, known);
    const hint = matches.length > 0 ? `did you mean ${matches.join(' or ')}?` : `use ${known.join(', ')}`;
    throw errorAt(this.#name, at, `unknown key ${quote(key)}; ${hint}`);
  }

  #at(node: unknown): FilePosition {
    return this.#positionOf((node as Placed | null)?.range?.[0] ?? 0);
  }

  #positionOf(offset: number): FilePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
