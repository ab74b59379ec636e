import type { Options } from 'yargs';
import { helpText } from './help.js';
import { UsageError } from './usage-error.js';
import { shown } from './values.js';

/** A command's whole face: what --help shows and docs/options.md is made from. */
export interface CommandLine {
  readonly name: string;
  readonly version: string;
  /** First lines of the help: what it does, and the arguments. */
  readonly usage: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly options: Readonly<Record<string, Options>>;
  /** Last lines of the help: exit status, where to read on. */
  readonly epilogue: string;
}

/** What was asked: to run with these values, or only to print a text. */
export type Asked =
  | { readonly kind: 'run'; readonly words: readonly string[]; readonly given: Given }
  | { readonly kind: 'print'; readonly text: string };

/** The options that were given, as they were written. */
export interface Given {
  has(option: string): boolean;
  /** The value of an option; undefined when it was not given. */
  one(option: string): string | undefined;
  all(option: string): readonly string[];
}

/**
 * Read the arguments against the table. Values stay as written: their own readers say what is wrong with them.
 * @throws UsageError
 */
export async function parseArguments(commandLine: CommandLine, argv: readonly string[]): Promise<Asked> {
  if (argv.includes('--version') || argv.includes('-V')) return { kind: 'print', text: commandLine.version };
  const options = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  if (options.includes('--help') || options.includes('-h')) return { kind: 'print', text: helpText(commandLine) };
  // Only now: it takes as long to load as Node to start.
  const { default: yargs } = await import('yargs');
  const parser = yargs([])
    .scriptName(commandLine.name)
    // Ours in place of yargs's own: a text to print is returned, the process is not ended.
    .help(false)
    .version(false)
    .options({ ...commandLine.options })
    .option('help', { alias: 'h', type: 'boolean' })
    .option('version', { alias: 'V', type: 'boolean' })
    .exitProcess(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    // Yargs gives no message where a reader threw; its types do not say so.
    .fail((message: string | null, error: Error) => {
      throw new UsageError(`${message ?? error.message}; see ${commandLine.name} --help`.replaceAll(/\s*\n\s*/g, ': '));
    });
  refuseValuesOfFlags(commandLine, argv);
  const parsed = await parsedBy(() => parser.parseAsync([...argv]), commandLine.name);
  // Among others, as in -qh.
  if (parsed['help'] === true) return { kind: 'print', text: helpText(commandLine) };
  checkOptions(commandLine, parsed);
  return { kind: 'run', words: parsed._.map(String), given: givenBy(parsed) };
}

/** Yargs takes `--json=yes` for `--json=false`, and says nothing. */
function refuseValuesOfFlags({ options }: CommandLine, argv: readonly string[]): void {
  const end = argv.indexOf('--');
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const [, dashed = '', name = ''] = /^(--?([^=]+))=/.exec(word) ?? [];
    const flag = Object.entries(options).find(([option, { alias }]) =>
      [option, alias ?? []].flat().includes(name),
    )?.[1];
    if (flag?.type === 'boolean') throw new UsageError(`${dashed} takes no value; leave it out where it is not meant`);
  }
}

/** Yargs stumbles over options such as `--constructor`. */
async function parsedBy(parse: () => unknown, name: string): Promise<Record<string, unknown> & { _: unknown[] }> {
  try {
    return (await parse()) as Record<string, unknown> & { _: unknown[] };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the arguments cannot be read; see ${name} --help`);
  }
}

function checkOptions({ name, options }: CommandLine, parsed: Readonly<Record<string, unknown>>): void {
  const known = new Set(['_', '$0', 'help', 'h', 'version', 'V']);
  for (const [option, { alias }] of Object.entries(options)) {
    known.add(option);
    for (const other of [alias ?? []].flat()) known.add(other);
  }
  for (const [option, value] of Object.entries(parsed)) {
    const dashed = option.length === 1 ? `-${option}` : `--${option}`;
    if (!known.has(option)) throw new UsageError(`there is no option ${dashed}; see ${name} --help`);
    if (Array.isArray(value) && option !== '_' && options[option]?.array !== true) {
      throw new UsageError(`${dashed} is given ${value.length} times; give it once`);
    }
    // Without requiresArg an option may stand alone.
    if (options[option]?.requiresArg === true && (value === '' || (Array.isArray(value) && value.includes('')))) {
      throw new UsageError(`${dashed} ${shown('')} needs a value; see ${name} --help`);
    }
  }
}

function givenBy(parsed: Readonly<Record<string, unknown>>): Given {
  const all = (option: string): string[] => [parsed[option] ?? []].flat().map(String);
  return { has: (option) => parsed[option] === true, one: (option) => all(option)[0], all };
}
