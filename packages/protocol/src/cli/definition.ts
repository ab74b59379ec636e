import type { Options } from 'yargs';

/** One option: what yargs needs, and what help and docs/options.md show. */
export interface OptionDefinition extends Options {
  readonly describe: string;
  /** The topic of the help that lists it. */
  readonly group: string;
  /** The name of its value in the help, as in `--count N`; absent for a flag. In brackets when the value may be left out. */
  readonly placeholder?: string;
  /** Its values, where they are few words: for completion scripts. */
  readonly values?: readonly string[];
  /** Listed on the first screen of the help. */
  readonly common?: boolean;
  /** Why its default is what it is: for docs/options.md, not for the help. */
  readonly reason?: string;
  /** A value as it is written, for errors; absent: that of the placeholder. */
  readonly example?: string;
}

/** One command: everything its help and docs/options.md are made from. */
export interface CommandDefinition {
  /** The word behind the program's name; empty for the default command. */
  readonly name: string;
  /** Its positional arguments as yargs writes them: `[host..]`. */
  readonly positionals: string;
  /** The same for people, behind the program's name and the command's: `HOST[:PORT]...`. */
  readonly synopsis: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  /** Sentences about what it does. */
  readonly description: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** Last lines of the help: exit status, formats, where to read on. */
  readonly epilogue: readonly string[];
}

/** A topic of the help: a group of options, or the help of a command under another name. */
export interface HelpTopic {
  readonly title: string;
  readonly command?: string;
}

/** A whole program. */
export interface ProgramDefinition {
  readonly name: string;
  /** The default command first. */
  readonly commands: readonly [CommandDefinition, ...CommandDefinition[]];
  readonly topics: Readonly<Record<string, HelpTopic>>;
  /** Options that stand for a command: `{ '--listen': 'listen' }`. */
  readonly commandOptions?: Readonly<Record<string, string>>;
  /** Options of similar programs, as they are written, with what to use here: `{ '-n': 'use --count 4' }`. */
  readonly foreignOptions?: Readonly<Record<string, string>>;
}

/** A value for each placeholder, as it is written. */
const EXAMPLES: Readonly<Record<string, string>> = {
  N: '10',
  TIME: '10s',
  '[TIME]': '5m',
  SIZE: '10MB',
  '[SIZE,...]': '512,1400,64KB',
  RATE: '10/s',
  PORT: '10934',
  ADDRESS: '192.0.2.10',
  'HOST[:PORT]': 'octopus01:10943',
  NAME: 'web01.example.com',
  URL: 'http://proxy:3128',
  ID: 'poll://abcdefghij0123456789/',
  VERSION: '1.2',
  // SHA-1 of a certificate.
  X: '0123456789ABCDEF0123456789ABCDEF01234567',
};

/** An option with a value as it is written: `--count 10`. */
export function optionExample(name: string, { example, placeholder = '' }: OptionDefinition): string {
  return `--${name} ${example ?? EXAMPLES[placeholder] ?? placeholder}`;
}

/** An option with a value that is given once. */
export function valueOption(
  group: string,
  placeholder: string,
  describe: string,
  more: Partial<OptionDefinition> = {},
): OptionDefinition {
  return { type: 'string', requiresArg: true, group, placeholder, describe, ...more };
}

/** An option without a value. */
export function flagOption(group: string, describe: string, more: Partial<OptionDefinition> = {}): OptionDefinition {
  return { type: 'boolean', group, describe, ...more };
}

/** Commands that every program has besides its own. */
export const BUILT_IN_COMMANDS = {
  help: 'show help on a topic or a command',
  completion: 'print a completion script for a shell',
} as const;

/** The program's name and the command's, as it is typed. */
export function commandName(program: ProgramDefinition, command: CommandDefinition): string {
  return command.name === '' ? program.name : `${program.name} ${command.name}`;
}
