import {
  BUILT_IN_COMMANDS,
  type CommandDefinition,
  type OptionDefinition,
  type ProgramDefinition,
} from './definition.js';

/** A command, and what was written behind it: in the form that yargs returns. */
export interface PlainCommandLine {
  readonly command: CommandDefinition;
  readonly result: Readonly<Record<string, unknown>> & { readonly _: readonly unknown[] };
}

/** Keys of an option's definition that plain words are read by, or that only help and documents know. */
const SIMPLE_KEYS: readonly string[] = [
  'alias',
  'common',
  'defaultDescription',
  'describe',
  'example',
  'group',
  'placeholder',
  'reason',
  'requiresArg',
  'type',
  'values',
];

/** Options with a value that every command has. */
const GLOBAL_OPTIONS = ['color', 'defaults'];

/** What a name may be: yargs takes other characters apart. */
const OPTION = /^(?:--[a-z][a-z-]+|-[A-Za-z0-9])$/;

/** A value, or a positional argument, from which yargs takes nothing. */
const PLAIN_VALUE = /^[^-'"`]/;

/**
 * Reads a command line that has one meaning: known options, each once and with its value in the next word, in a command
 * that is the first word. That is what yargs reads too, but it takes twice the time in which Node starts to load.
 * @returns undefined for any other command line, among them all with an error.
 */
export function readPlainWords(program: ProgramDefinition, words: readonly string[]): PlainCommandLine | undefined {
  const [main] = program.commands;
  const named = program.commands.find(({ name }) => name !== '' && name === words[0]);
  const command = named ?? main;
  const rest = named === undefined ? words : words.slice(1);
  const options = optionsByName(command);
  const read: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    if (PLAIN_VALUE.test(word)) {
      if (isCommandName(program, word)) return undefined;
      positionals.push(word);
      continue;
    }
    const option = OPTION.test(word) ? options.get(word.replace(/^--?/, '')) : undefined;
    if (option === undefined || option.names.some((name) => name in read)) return undefined;
    const next = rest[index + 1];
    if (option.isFlag && (next === 'true' || next === 'false')) return undefined;
    if (!option.isFlag && (next === undefined || !PLAIN_VALUE.test(next))) return undefined;
    for (const name of option.names) read[name] = option.isFlag ? true : next;
    if (!option.isFlag) index++;
  }
  const assigned = assignPositionals(command, positionals);
  if (assigned === undefined) return undefined;
  return { command, result: { ...read, ...assigned, _: named === undefined ? [] : [named.name] } };
}

/** An option whose words are read one by one. */
interface SimpleOption {
  /** Its own name and its aliases. */
  readonly names: readonly string[];
  readonly isFlag: boolean;
}

function optionsByName({ options }: CommandDefinition): Map<string, SimpleOption> {
  const found = new Map<string, SimpleOption>(GLOBAL_OPTIONS.map((name) => [name, { names: [name], isFlag: false }]));
  for (const [name, definition] of Object.entries(options)) {
    if (!isSimple(definition)) continue;
    const names = [name, definition.alias ?? []].flat();
    for (const each of names) found.set(each, { names, isFlag: definition.type === 'boolean' });
  }
  return found;
}

function isSimple(definition: OptionDefinition): boolean {
  if (Object.keys(definition).some((key) => !SIMPLE_KEYS.includes(key))) return false;
  return definition.type === 'boolean' || (definition.type === 'string' && definition.requiresArg === true);
}

function isCommandName({ commands }: ProgramDefinition, word: string): boolean {
  return word in BUILT_IN_COMMANDS || commands.some(({ name }) => name === word);
}

/** The values of `[name]` or `[name..]`; undefined where words are left over, or the definition has another form. */
function assignPositionals(
  { positionals }: CommandDefinition,
  words: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  if (words.length === 0) return positionals.includes('<') ? undefined : {};
  const [, name = '', dots] = /^\[([\w-]+)(\.\.)?\]$/.exec(positionals) ?? [];
  if (name === '' || (dots === undefined && words.length > 1)) return undefined;
  return { [name]: dots === undefined ? words[0] : words };
}
