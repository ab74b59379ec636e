import { BUILT_IN_COMMANDS, type OptionDefinition, type ProgramDefinition } from '../definition.js';
import { commonOptions, helpSubjects } from '../help.js';

/** Shells for which there is a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell offers for a value or an argument: files, names of hosts, these words, or nothing. */
export type Candidates =
  | { readonly kind: 'files' }
  | { readonly kind: 'hosts' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedOption {
  /** As they are written: `-c`, `--count`. */
  readonly names: readonly string[];
  /** One clause, without marks that a shell reads. */
  readonly description: string;
  /** What follows it; absent for a flag, and where the value may be left out. */
  readonly value?: Candidates;
}

export interface CompletedCommand {
  /** Empty for the default command. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly operands: Candidates;
}

/** Everything that a completion script of a program contains. The default command is the first. */
export interface CompletedProgram {
  readonly name: string;
  readonly commands: readonly CompletedCommand[];
}

export function completedProgram(program: ProgramDefinition): CompletedProgram {
  const common = Object.entries(commonOptions(program));
  const own = program.commands.map(({ name, summary, synopsis, options }) => ({
    name,
    description: plain(summary),
    options: [...Object.entries(options), ...common].map(([option, definition]) => completedOption(option, definition)),
    operands: operandsOf(synopsis),
  }));
  const builtIn = (name: keyof typeof BUILT_IN_COMMANDS, words: readonly string[]): CompletedCommand => ({
    name,
    description: plain(BUILT_IN_COMMANDS[name]),
    options: [],
    operands: { kind: 'words', words },
  });
  return {
    name: program.name,
    commands: [...own, builtIn('help', [...new Set(helpSubjects(program))]), builtIn('completion', SHELLS)],
  };
}

function completedOption(name: string, { alias, placeholder, describe, values }: OptionDefinition): CompletedOption {
  const names = [name, alias ?? []].flat().map((word) => (word.length === 1 ? `-${word}` : `--${word}`));
  const option = { names, description: plain(describe) };
  if (placeholder === undefined || placeholder.startsWith('[')) return option;
  if (values !== undefined) return { ...option, value: { kind: 'words', words: values } };
  return { ...option, value: operandsOf(placeholder) };
}

function operandsOf(synopsis: string): Candidates {
  if (/\b(?:FILE|OUT)\b/.test(synopsis)) return { kind: 'files' };
  return /\bHOST\b/.test(synopsis) ? { kind: 'hosts' } : { kind: 'nothing' };
}

/** The first clause. It has no colons or brackets, which have a meaning in zsh. */
function plain(text: string): string {
  const [clause = ''] = text.split(/[;([]|: |\. |, as in /);
  return clause.replaceAll(':', '').replace(/,\s*$/, '').trim();
}
