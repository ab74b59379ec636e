import type { Options } from 'yargs';

/** One option: what yargs needs, and what help and docs/options.md show. */
export interface OptionDefinition extends Options {
  readonly describe: string;
  /** The topic of the help that lists it. */
  readonly group: string;
  /** The name of its value in the help, as in `--count N`; absent for a flag. In brackets when the value may be left out. */
  readonly placeholder?: string;
  /** Listed on the first screen of the help. */
  readonly common?: boolean;
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
  completion: 'print a completion script for bash or zsh',
} as const;

/** The program's name and the command's, as it is typed. */
export function commandName(program: ProgramDefinition, command: CommandDefinition): string {
  return command.name === '' ? program.name : `${program.name} ${command.name}`;
}
