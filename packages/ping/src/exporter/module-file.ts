import { type CommandDefinition, type ParsedOptions, quote, UsageError } from 'tentacle-protocol/cli';
import { errorAt, type FilePosition, type PlacedEntry, PlacedYaml } from 'tentacle-protocol/web';
import { MODULE_OPTIONS, POLLING_OPTIONS } from '../options/definitions.js';
import { parseTargetPattern, type TargetPattern } from './target-patterns.js';

/** A part of the file with options of tentacle-ping by their names without dashes. */
export interface OptionsText {
  readonly at: FilePosition;
  readonly options: ReadonlyMap<string, OptionText>;
}

/** A module as the file has it. */
export interface ModuleText extends OptionsText {
  readonly name: string;
}

/** The values of an option, and where it is. Only lists have several. */
export interface OptionText {
  readonly values: readonly string[];
  readonly at: FilePosition;
}

/** The file of modules. */
export interface ModuleFile {
  readonly modules: readonly ModuleText[];
  /** Empty: any target is allowed. */
  readonly targets: readonly TargetPattern[];
  /** Absent: no port for polling Tentacles. */
  readonly polling?: OptionsText;
}

/** The module of requests that name none. */
export const DEFAULT_MODULE = 'default';

/** Names become values of labels, so that their number is bounded. */
const MODULES_MAX = 100;
const MODULE_NAME = /^[A-Za-z0-9_.-]{1,60}$/;

const SECTIONS = ['modules', 'targets', 'polling'];

type KnownOptions = CommandDefinition['options'];

/** Parses the file. @param name for errors. @throws UsageError with line and column, without values of the file. */
export function parseModuleFile(text: string, name: string): ModuleFile {
  return new ModuleReader(text, name).read();
}

class ModuleReader {
  readonly #yaml: PlacedYaml;
  readonly #name: string;

  constructor(text: string, name: string) {
    this.#yaml = new PlacedYaml(text, name);
    this.#name = name;
  }

  read(): ModuleFile {
    const sections = new Map<string, unknown>();
    for (const entry of this.#yaml.entries(this.#yaml.root, 'the file')) {
      if (!SECTIONS.includes(entry.key)) throw this.#yaml.unknownKey(entry, SECTIONS);
      sections.set(entry.key, entry.value);
    }
    const modules = this.#modules(sections.get('modules'));
    const none = { name: DEFAULT_MODULE, at: { line: 1, column: 1 }, options: new Map() };
    const polling = sections.get('polling');
    return {
      modules: modules.length === 0 ? [none] : modules,
      targets: this.#targets(sections.get('targets')),
      ...(sections.has('polling')
        ? { polling: { at: this.#yaml.at(polling), options: this.#options(polling, 'polling', POLLING_OPTIONS) } }
        : {}),
    };
  }

  #modules(node: unknown): ModuleText[] {
    const modules = this.#yaml.entries(node, 'modules').map(({ key, at, value }) => {
      if (!MODULE_NAME.test(key))
        throw errorAt(this.#name, at, 'the name of a module has up to 60 letters, digits and _ . -');
      return { name: key, at, options: this.#options(value, key, MODULE_OPTIONS) };
    });
    if (modules.length > MODULES_MAX) throw this.#yaml.error(node, `more than ${MODULES_MAX} modules`);
    return modules;
  }

  #options(node: unknown, part: string, known: KnownOptions): Map<string, OptionText> {
    const options = new Map<string, OptionText>();
    for (const entry of this.#yaml.entries(node, part)) {
      // Files for Prometheus have underscores in names.
      const name = entry.key.replaceAll('_', '-');
      const definition = Object.hasOwn(known, name) ? known[name] : undefined;
      if (definition === undefined) throw this.#yaml.unknownKey(entry, Object.keys(known));
      if (options.has(name)) throw errorAt(this.#name, entry.at, 'this key is repeated');
      options.set(name, { values: this.#values(entry, definition), at: this.#yaml.at(entry.value) });
    }
    return options;
  }

  #values({ key, value }: PlacedEntry, { type, array }: KnownOptions[string]): string[] {
    if (array === true && this.#yaml.isList(value))
      return this.#yaml.list(value, `${key} is a list of texts`).map(({ text }) => text);
    const text = this.#yaml.text(value, `${key} takes one value`);
    if (type === 'boolean' && text !== 'true' && text !== 'false')
      throw this.#yaml.error(value, `${key} is true or false`);
    return [text];
  }

  #targets(node: unknown): TargetPattern[] {
    return this.#yaml.list(node, 'targets is a list, as in - "*.example.com:10933"').map(({ text, node: item }) => {
      try {
        return parseTargetPattern(text);
      } catch (error) {
        if (error instanceof UsageError) throw this.#yaml.error(item, error.message);
        throw error;
      }
    });
  }
}

/** The values as they are written, for the page of the configuration. None is a secret: secrets are in files of their own. */
export function writtenOptions({ options }: OptionsText): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...options].map(([key, { values }]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

/** What an error of options is said about, for its place. */
export function placeOf({ options, at }: OptionsText, { message }: UsageError): FilePosition {
  const named = [...message.matchAll(/--?([a-z0-9][a-z0-9-]*)/g)].map(([, name = '']) => name);
  return (
    named.map((name) => options.get(name)?.at).find((place) => place !== undefined) ??
    [...options.values()].find(({ values }) => values.some((value) => value !== '' && message.includes(value)))?.at ??
    at
  );
}

/** An error of a part of the file, at its place. */
export function placedError(
  file: string,
  part: OptionsText & { readonly name: string },
  error: UsageError,
): UsageError {
  return errorAt(file, placeOf(part, error), `${quote(part.name)}: ${error.message}`);
}

/** The options of a part of the file, as those of a command line. */
export function parsedOptions({ options }: OptionsText): ParsedOptions {
  const all = (option: string): string[] => [...(options.get(option)?.values ?? [])];
  const value = (option: string): string | undefined => all(option)[0];
  return { flag: (option) => value(option) === 'true', value, all };
}
