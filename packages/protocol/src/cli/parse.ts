import type { Argv } from 'yargs';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { quote } from '../text/sanitize.js';
import { closestMatches } from './closest.js';
import {
  BUILT_IN_COMMANDS,
  type CommandDefinition,
  commandName,
  optionExample,
  type ProgramDefinition,
} from './definition.js';
import { defaultsOption, readDefaults } from './defaults.js';
import { UNKNOWN_WIDTH } from './environment.js';
import { helpSubjects, helpText } from './help.js';
import { readPlainWords } from './read-plain-words.js';
import { UsageError } from './usage-error.js';

/** What the arguments ask for: run a command with these values, or only print a text. */
export type ParsedCommand =
  | {
      readonly kind: 'run';
      /** Its name in the program's definition; empty for the default command. */
      readonly command: string;
      readonly positionals: readonly string[];
      readonly options: ParsedOptions;
      /** The only argument may be a misspelled command or a host: the question to ask where no host has that name. */
      readonly ifNotHost?: string;
      /** Where each option was set that was not set on the command line. */
      readonly sources?: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'print'; readonly text: string };

/** The options of a command line, as they were written. */
export interface ParsedOptions {
  /** Whether a flag is set. */
  flag(option: string): boolean;
  /** The value of an option; undefined when it is absent. */
  value(option: string): string | undefined;
  all(option: string): readonly string[];
}

/** What the result depends on besides the arguments. */
export interface ParseSettings {
  readonly versionText: string;
  /** Columns of the terminal. */
  readonly width: number;
  /** The variables that may set options. Absent: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What yargs returns for a command line. */
type YargsResult = Readonly<Record<string, unknown>> & { readonly _: readonly unknown[] };

/**
 * Read the arguments. Values stay as written: their own readers report what is wrong with them.
 * @throws UsageError
 */
export async function parseArguments(
  program: ProgramDefinition,
  argv: readonly string[],
  settings: ParseSettings = { versionText: program.name, width: UNKNOWN_WIDTH },
): Promise<ParsedCommand> {
  const { versionText, width } = settings;
  const words = withCommandFirst(program, argv);
  const beforeDashes = upToDoubleDash(words);
  if (['--version', '-V'].some((option) => beforeDashes.includes(option))) return { kind: 'print', text: versionText };
  const help = helpRequest(program, beforeDashes);
  if (help !== undefined) return { kind: 'print', text: helpText(program, help.subject, width) };
  if (words[0] === 'completion') {
    const { completionScript } = await import('./completion/completion-script.js');
    return { kind: 'print', text: completionScript(program, words[1]) };
  }
  return parseCommand(program, words, settings);
}

function upToDoubleDash(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** `--listen 10944` is `listen 10944`. */
function withCommandFirst({ commandOptions = {} }: ProgramDefinition, argv: readonly string[]): readonly string[] {
  const options = upToDoubleDash(argv);
  for (const [option, command] of Object.entries(commandOptions)) {
    const index = options.findIndex((word) => word === option || word.startsWith(`${option}=`));
    const value = options[index]?.slice(option.length + 1) ?? '';
    if (index >= 0)
      return [command, ...argv.slice(0, index), ...(value === '' ? [] : [value]), ...argv.slice(index + 1)];
  }
  return argv;
}

/** Whether help is asked for, and on what. Found without yargs, which takes as long to load as Node takes to start. */
function helpRequest(
  program: ProgramDefinition,
  words: readonly string[],
): { readonly subject: string | undefined } | undefined {
  if (words[0] === 'help') return { subject: words[1] };
  if (/^[-/]help$|^\/h$/i.test(words[0] ?? '')) return { subject: undefined };
  // -?, --? and /? are asked for help on Windows.
  const index = words.findIndex((word) => /^(?:-h|--help)(?:=|$)|^(?:--?|\/)\?$/.test(word));
  const option = words[index];
  if (option === undefined) return undefined;
  const command = program.commands.find(({ name }) => name !== '' && name === words[0])?.name;
  const subject = /=(.*)$/s.exec(option)?.[1] ?? words[index + 1];
  // A word behind --help may also be a host, or an option.
  const isSubject = subject !== undefined && (option.includes('=') || isNearSubject(program, subject));
  return { subject: isSubject ? subject : command };
}

function isNearSubject(program: ProgramDefinition, word: string): boolean {
  const subjects = helpSubjects(program);
  return subjects.includes(word) || closestMatches(word, subjects).length > 0;
}

async function parseCommand(
  program: ProgramDefinition,
  words: readonly string[],
  { width, env = {} }: ParseSettings,
): Promise<ParsedCommand> {
  const { command, result } = readPlainWords(program, words) ?? (await readByYargs(program, words));
  // Among other short options, as in -qh.
  if (result['help'] === true) return { kind: 'print', text: helpText(program, command.name || undefined, width) };
  checkOptions(program, command, result, words);
  const positionals = positionalsOf(command, result);
  refuseLooseUnit(command, positionals, words);
  const ifNotHost = suggestCommand(program, command, positionals, words);
  const path = typeof result['defaults'] === 'string' ? result['defaults'] : undefined;
  const unset = [...(await readDefaults(program, command, { path, env }))].filter(
    ([option]) => result[option] === undefined,
  );
  return omitUndefined({
    kind: 'run' as const,
    command: command.name,
    positionals,
    options: optionsOf({ ...result, ...Object.fromEntries(unset.map(([option, { values }]) => [option, values])) }),
    ifNotHost,
    sources: new Map(unset.map(([option, { source }]) => [option, source])),
  });
}

/** What yargs reads. Loaded only where {@link readPlainWords} leaves it to yargs. @throws UsageError */
export async function readByYargs(
  program: ProgramDefinition,
  words: readonly string[],
): Promise<{ readonly command: CommandDefinition; readonly result: YargsResult }> {
  const parsed: { command?: CommandDefinition; result?: YargsResult } = {};
  const { default: yargs } = await import('yargs');
  const parser = withCommands(yargs([...words]), program, program.commands, (command, result) =>
    Object.assign(parsed, { command, result }),
  );
  await reportingErrors(program, words, async () => parser.parseAsync([...words]));
  const { command, result } = parsed;
  if (command === undefined || result === undefined) throw unreadable(program);
  return { command, result };
}

/** yargs with the program's commands, each with its own options. */
function withCommands(
  yargs: Argv,
  program: ProgramDefinition,
  commands: readonly CommandDefinition[],
  onCommand: (command: CommandDefinition, result: YargsResult) => void,
): Argv {
  const parser = yargs
    .scriptName(program.name)
    .locale('en')
    // Ours in place of yargs's own: a text to print is returned, and the process goes on.
    .help(false)
    .version(false)
    .exitProcess(false)
    .option('help', { alias: 'h', type: 'boolean' })
    .option('version', { alias: 'V', type: 'boolean' })
    .option('color', { type: 'string', requiresArg: true })
    .option('defaults', { type: 'string', requiresArg: true })
    // Known before the command is, so that none of them takes the command for its value.
    .boolean(program.commands.flatMap(({ options }) => flagNames(options)))
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    // yargs passes null for the message of an error that was thrown; its types do not say so.
    .fail((message: string | null, error: Error) => {
      throw error instanceof UsageError ? error : usageErrorOf(program, message ?? error.message);
    });
  for (const command of commands) {
    parser.command<object>({
      command: `${command.name === '' ? '$0' : command.name} ${command.positionals}`.trimEnd(),
      describe: command.summary,
      builder: (builder: Argv) => builder.options(yargsOptions(command)),
      handler: (result) => onCommand(command, result),
    });
  }
  return parser;
}

/** The options without what only the help knows. */
function yargsOptions({ options }: CommandDefinition): Record<string, object> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { placeholder: _, common: __, example: ___, values: ____, ...option }]) => [
      name,
      option,
    ]),
  );
}

function flagNames(options: CommandDefinition['options']): string[] {
  return Object.entries(options).flatMap(([name, { type, alias }]) =>
    type === 'boolean' ? [name, alias ?? []].flat() : [],
  );
}

/** yargs cannot read options such as `--constructor`, and throws whatever it stumbled over. */
async function reportingErrors(
  program: ProgramDefinition,
  words: readonly string[],
  parse: () => Promise<unknown>,
): Promise<void> {
  try {
    await parse();
  } catch (error) {
    if (error instanceof MissingValueError) throw missingValue(program, commandIn(program, words), error.option);
    throw error instanceof UsageError ? error : unreadable(program);
  }
}

/** yargs found no value behind an option, before it was known which command has that option. */
class MissingValueError extends UsageError {
  readonly option: string;

  constructor(option: string) {
    super(`${dashed(option)} needs a value`);
    this.option = option;
  }
}

/** The command that the words name, as yargs finds it: by the first word that is not an option. */
function commandIn({ commands }: ProgramDefinition, words: readonly string[]): CommandDefinition {
  const [main] = commands;
  return commands.find(({ name }) => name !== '' && upToDoubleDash(words).includes(name)) ?? main;
}

function missingValue(program: ProgramDefinition, command: CommandDefinition, option: string): UsageError {
  const [name = option, definition] =
    Object.entries({ ...command.options, defaults: defaultsOption(program) }).find(([name, { alias }]) =>
      [name, alias ?? []].flat().includes(option),
    ) ?? [];
  if (definition === undefined) return unknownOption(program, command, option);
  return new UsageError(`${dashed(option)} needs a value, as in ${optionExample(name, definition)}`);
}

function unreadable({ name }: ProgramDefinition): UsageError {
  return new UsageError(`the arguments cannot be read; see ${name} --help`);
}

function usageErrorOf({ name }: ProgramDefinition, message: string): UsageError {
  const [, option] = /^Not enough arguments following: (.*)$/s.exec(message) ?? [];
  if (option !== undefined) return new MissingValueError(option);
  return new UsageError(`${message.replaceAll(/\s*\n\s*/g, ': ')}; see ${name} --help`);
}

function checkOptions(
  program: ProgramDefinition,
  command: CommandDefinition,
  result: YargsResult,
  words: readonly string[],
): void {
  const names = new Map<string, string>();
  for (const [option, { alias }] of Object.entries(command.options))
    for (const name of [option, alias ?? []].flat()) names.set(name, option);
  const known = new Set([
    '_',
    '$0',
    'help',
    'h',
    'version',
    'V',
    'color',
    'defaults',
    ...names.keys(),
    ...positionalNames(command),
  ]);
  // yargs takes a positional argument's name for an option, and the value of a flag for "false" unless it is "true".
  for (const word of upToDoubleDash(words)) {
    const [, dashes = '', name = '', value] = /^(--?)([^=]+)(=.*)?$/s.exec(word) ?? [];
    if (dashes === '--' && positionalNames(command).includes(name)) throw unknownOption(program, command, name);
    if (value !== undefined && command.options[names.get(name) ?? '']?.type === 'boolean')
      throw new UsageError(`${dashes}${name} does not take a value; use ${dashes}${name}, or leave it out`);
  }
  if (Array.isArray(result['defaults'])) throw new UsageError('--defaults is given several times; use it once');
  for (const [option, value] of Object.entries(result)) {
    if (!known.has(option)) throw unknownOption(program, command, option);
    const definition = command.options[option];
    if (definition === undefined) continue;
    if (Array.isArray(value) && definition.array !== true)
      throw new UsageError(`${dashed(option)} is given ${value.length} times; use it once`);
    // Without requiresArg the value may be left out.
    if (definition.requiresArg === true && (value === '' || (Array.isArray(value) && value.includes(''))))
      throw new UsageError(
        `${dashed(option)} ${quote('')} needs a value, as in ${optionExample(names.get(option) ?? option, definition)}`,
      );
  }
}

function unknownOption(program: ProgramDefinition, command: CommandDefinition, option: string): UsageError {
  const written = dashed(option);
  const foreign = program.foreignOptions?.[written];
  const owner = program.commands.find((other) => other !== command && namesOf(other).includes(option));
  if (owner !== undefined && foreign === undefined) {
    const here = command.name === '' ? `${program.name} without a command` : command.name;
    const usage = `${commandName(program, owner)} ${owner.synopsis}`.trimEnd();
    return new UsageError(`${written} is not an option of ${here}, but of ${usage}; leave it out, or use that command`);
  }
  const sameName = program.commands.find(({ name }) => name === option);
  // With few letters almost everything is similar.
  const matches =
    option.length <= 2
      ? []
      : closestMatches(option, [
          ...namesOf(command),
          'help',
          'version',
          'color',
          'defaults',
          ...commandOptionNames(program),
        ]);
  const hint =
    sameName !== undefined
      ? `it is a command: ${commandName(program, sameName)} ${sameName.synopsis}`
      : (foreign ??
        (matches.length > 0
          ? `did you mean ${matches.map(dashed).join(' or ')}?`
          : `see ${commandName(program, command)} --help${command.name === '' ? ' all' : ''}`));
  return new UsageError(`unknown option ${written}; ${hint}`);
}

function commandOptionNames({ commandOptions = {} }: ProgramDefinition): string[] {
  return Object.keys(commandOptions).map((option) => option.replace(/^-+/, ''));
}

/** The names of a command's options, long and short. */
function namesOf({ options }: CommandDefinition): string[] {
  return Object.entries(options).flatMap(([name, { alias }]) => [name, alias ?? []].flat());
}

function dashed(option: string): string {
  return option.length === 1 ? `-${option}` : `--${option}`;
}

function positionalNames({ positionals }: CommandDefinition): string[] {
  return [...positionals.matchAll(/[[<]([\w-]+)/g)].map(([, name = '']) => name);
}

/** What yargs assigned to the command's positional arguments, then what it left over, as all behind `--`. */
function positionalsOf(command: CommandDefinition, result: YargsResult): string[] {
  const assigned = positionalNames(command).flatMap((name) => result[name] ?? []);
  const left = command.name === '' ? result._ : result._.slice(1);
  return [...assigned, ...left].map(String);
}

/** Units of durations, sizes and rates. */
const UNIT = /^(?:us|ms|s|sec|m|min|h|[kmgt]i?b?|bytes?)$/i;

/** `--timeout 5 s` is an option and a host. @throws UsageError that shows how to write the value. */
function refuseLooseUnit(command: CommandDefinition, positionals: readonly string[], words: readonly string[]): void {
  const options = upToDoubleDash(words);
  for (const [index, unit] of options.entries()) {
    const [option = '', number = ''] = options.slice(Math.max(0, index - 2), index);
    if (!positionals.includes(unit) || !UNIT.test(unit) || !/^\d+(?:\.\d+)?$/.test(number)) continue;
    if (namesOf(command).some((name) => dashed(name) === option))
      throw new UsageError(`${option}: ${quote(`${number} ${unit}`)} has a space; write ${option} ${number}${unit}`);
  }
}

/**
 * Where hosts are expected, a word that is nearly a command and has more behind it was probably meant to be one.
 * @returns the same as a question where the word is alone: then it may as well be a host.
 * @throws UsageError that names the command.
 */
function suggestCommand(
  program: ProgramDefinition,
  command: CommandDefinition,
  positionals: readonly string[],
  words: readonly string[],
): string | undefined {
  const beforeDashes = upToDoubleDash(words);
  const candidates = positionals.filter((word) => beforeDashes.includes(word));
  const [first, ...more] = candidates;
  if (command.name !== '' || program.commands.length === 1 || first === undefined) return undefined;
  const names = [...program.commands.flatMap(({ name }) => name || []), ...Object.keys(BUILT_IN_COMMANDS)];
  const exact = candidates.find((word) => names.includes(word));
  if (exact !== undefined && positionals.length > 1) {
    const others = positionals.filter((word) => word !== exact).join(' ');
    const usage = exact === 'help' || exact === 'completion' ? exact : `${exact} ${others}`;
    throw new UsageError(`${exact} must be the first word, as in ${program.name} ${usage}. ${asHost(program, exact)}`);
  }
  // Most names of hosts have a digit, a dot or a hyphen, and no command has one.
  const matches = /^[a-z]+$/i.test(first)
    ? closestMatches(first, [...names, 'version'], first.length <= SHORT_WORD_CHARS ? 1 : 2)
    : [];
  if (matches.length === 0) return undefined;
  const commands = matches.map((name) => (name === 'version' ? '--version' : name)).join(' or ');
  const question = `did you mean ${commands}? ${asHost(program, first)}`;
  if (more.length > 0) throw new UsageError(`unknown command ${quote(first)}; ${question}`);
  return `no host is named ${quote(first)}; ${question}`;
}

/** In a word of four letters, two errors are half of it. */
const SHORT_WORD_CHARS = 4;

function asHost({ name }: ProgramDefinition, word: string): string {
  return `For a host of that name, write ${name} -- ${word}`;
}

function optionsOf(result: YargsResult): ParsedOptions {
  const all = (option: string): string[] => [result[option] ?? []].flat().map(String);
  return { flag: (option) => all(option)[0] === 'true', value: (option) => all(option)[0], all };
}
