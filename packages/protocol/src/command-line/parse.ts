import type { Options } from 'yargs';
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

/** The help is laid out for the narrowest terminal that remote consoles give. */
const HELP_COLUMNS = 80;

/**
 * Read the arguments against the table. Values stay as written: their own readers say what is wrong with them.
 * @throws UsageError
 */
export async function parseArguments(commandLine: CommandLine, argv: readonly string[]): Promise<Asked> {
  if (argv.includes('--version') || argv.includes('-V')) return { kind: 'print', text: commandLine.version };
  const { default: yargs } = await import('yargs');
  const help = 'Show this help';
  const parser = yargs([])
    .scriptName(commandLine.name)
    // Ours in place of yargs's own: a text to print is returned, the process is not ended.
    .help(false)
    .version(false)
    .options({ ...commandLine.options })
    .option('help', { alias: 'h', type: 'boolean', describe: help })
    .option('version', { alias: 'V', type: 'boolean', describe: 'Show the version' })
    .epilogue(commandLine.epilogue)
    .wrap(HELP_COLUMNS)
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
  if (parsed['help'] === true)
    return { kind: 'print', text: `${usageWithExamples(commandLine)}\n${await parser.getHelp()}` };
  checkOptions(commandLine, parsed);
  return { kind: 'run', words: parsed._.map(String), given: givenBy(parsed) };
}

/** Real commands first: most readers need no more. */
function usageWithExamples({ usage, examples }: CommandLine): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
  return [usage, '', ...lines, ''].join('\n');
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
