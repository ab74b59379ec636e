import type { Document } from 'yaml';
import { quote } from '../text/sanitize.js';
import { closestMatches } from './closest.js';
import { type CommandDefinition, type OptionDefinition, type ProgramDefinition, valueOption } from './definition.js';
import { readTextFile } from './read-text-file.js';
import { UsageError } from './usage-error.js';

/** The values of one option that were set elsewhere than on the command line. */
export interface DefaultValues {
  /** As they would be written there. */
  readonly values: readonly string[];
  /** Where: a variable, or a file. */
  readonly source: string;
}

/** Where defaults come from. */
export interface DefaultSources {
  /** The file of `--defaults`, or none. */
  readonly path: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** More than all options with long values take. */
const FILE_MAX_BYTES = 1024 * 1024;

const REMEDY = 'write one option a line without dashes, as in count: 100';

/** An option of every command. */
export function defaultsOption(program: ProgramDefinition): OptionDefinition {
  const [{ options }] = program.commands;
  const [option, value] = options['count'] === undefined ? ['deadline', '10m'] : ['count', '100'];
  return valueOption(
    'help',
    'FILE',
    `take values of options from this file (YAML or JSON), as in ${option}: ${value}; or set variables, as in ${variableOf(program, option)}=${value}`,
    { example: 'defaults.yaml' },
  );
}

/** The variable that sets an option: `TENTACLE_PING_MAX_LOSS`. */
export function variableOf({ name }: ProgramDefinition, option: string): string {
  return `${name}-${option}`.replaceAll('-', '_').toUpperCase();
}

/**
 * The values for options of a command from variables and from the file of defaults; variables override the file. Those of
 * other commands are left out.
 * @throws UsageError for an unknown option, or a value that no option can have.
 */
export async function readDefaults(
  program: ProgramDefinition,
  command: CommandDefinition,
  { path, env }: DefaultSources,
): Promise<ReadonlyMap<string, DefaultValues>> {
  const fromVariables = variables(program, env);
  const file = path ?? fromVariables.get('defaults')?.values[0];
  const all = new Map([...(file === undefined ? [] : await fileEntries(program, file)), ...fromVariables]);
  const ofCommand = [...all].filter(([option]) => command.options[option] !== undefined);
  return new Map(ofCommand.map(([option, set]) => [option, checked(option, command.options[option], set)]));
}

/**
 * The variables that Kubernetes sets in each pod beside a service named tentacle-pong, which are no options. The one for
 * the port of an option has the form of a URL.
 */
const OF_KUBERNETES = /^(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;
const URL_OF_KUBERNETES = /^(?:tcp|udp|sctp):\/\//;

function variables(program: ProgramDefinition, env: DefaultSources['env']): Map<string, DefaultValues> {
  const prefix = variableOf(program, '');
  const names = new Map(['defaults', ...allOptions(program)].map((option) => [variableOf(program, option), option]));
  const found = new Map<string, DefaultValues>();
  for (const [variable, value = ''] of Object.entries(env)) {
    // An empty variable is how many tools unset one.
    if (!variable.startsWith(prefix) || value === '') continue;
    const option = names.get(variable);
    const isOfKubernetes = OF_KUBERNETES.test(variable.slice(prefix.length)) || URL_OF_KUBERNETES.test(value);
    if (option !== undefined && !URL_OF_KUBERNETES.test(value))
      found.set(option, { values: [value], source: variable });
    else if (!isOfKubernetes) throw unknownVariable(program, variable, [...names.keys()]);
  }
  return found;
}

function unknownVariable({ name }: ProgramDefinition, variable: string, known: readonly string[]): UsageError {
  const matches = closestMatches(variable, known);
  const hint = matches.length > 0 ? `did you mean ${matches.join(' or ')}?` : `unset it, or see ${name} --help all`;
  return new UsageError(`the variable ${variable} is not an option; ${hint}`);
}

async function fileEntries(program: ProgramDefinition, path: string): Promise<[string, DefaultValues][]> {
  const text = await readTextFile(path, { option: '--defaults', maxBytes: FILE_MAX_BYTES, remedy: REMEDY });
  const source = quote(path);
  return [...(await parseDefaults(text, path))].map(([key, value]) => {
    const option = String(key);
    if (!allOptions(program).includes(option)) throw unknownKey(program, source, option);
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    if (!values.every((one) => typeof one === 'string'))
      throw new UsageError(`--defaults: ${source}: ${quote(option)} has to be a text, a number or a list; ${REMEDY}`);
    return [option, { values, source }];
  });
}

/** Keys and values, all of them as texts: a thumbprint of digits is not a number. @throws UsageError without any of the text. */
async function parseDefaults(text: string, path: string): Promise<ReadonlyMap<unknown, unknown>> {
  const { default: yaml } = await import('yaml');
  const { LineCounter, parseDocument } = yaml;
  const lineCounter = new LineCounter();
  // JSON is YAML too.
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    const problem = error.code === 'DUPLICATE_KEY' ? 'repeats a key' : 'is neither YAML nor JSON';
    throw new UsageError(`--defaults: line ${line} of ${quote(path)} ${problem}; ${REMEDY}`);
  }
  const content = contentOf(document);
  if (content instanceof Map) return content as ReadonlyMap<unknown, unknown>;
  // A file of comments.
  if (document.contents === null) return new Map();
  throw new UsageError(`--defaults: ${quote(path)} has no options; ${REMEDY}`);
}

/** Undefined where the document refers to parts of itself, by which a small one could become large. */
function contentOf(document: Pick<Document, 'toJS'>): unknown {
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 0 }) as unknown;
  } catch {
    return undefined;
  }
}

function unknownKey(program: ProgramDefinition, source: string, key: string): UsageError {
  const written = `--${key}`;
  const matches = closestMatches(key, allOptions(program));
  const hint =
    OTHERWISE[key] ??
    program.foreignOptions?.[written] ??
    (matches.length > 0 ? `did you mean ${matches.join(' or ')}?` : `see ${program.name} --help all`);
  return new UsageError(`--defaults: ${source}: unknown option ${quote(key)}; ${hint}`);
}

/** Options that a file of defaults cannot have. */
const OTHERWISE: Readonly<Record<string, string>> = {
  color: 'it is read first; use --color, or set NO_COLOR or FORCE_COLOR',
  defaults: 'one file cannot name another one; leave it out',
};

function allOptions({ commands }: ProgramDefinition): string[] {
  return [...new Set(commands.flatMap(({ options }) => Object.keys(options)))];
}

/** Checks what yargs checks of arguments: the values of flags, and how many there are. */
function checked(option: string, definition: OptionDefinition | undefined, { values, source }: DefaultValues) {
  const fail = (problem: string): never => {
    throw new UsageError(`--${option}, set in ${source}, ${problem}`);
  };
  if (values.length > 1 && definition?.array !== true) fail('has several values; use one');
  if (definition?.requiresArg === true && values.includes('')) fail('needs a value');
  if (definition?.type === 'boolean') {
    const [flag = ''] = values;
    if (!['true', 'false', '1', '0'].includes(flag)) fail(`is ${quote(flag)}; use true or false`);
    return { values: [flag === 'true' || flag === '1' ? 'true' : 'false'], source };
  }
  return { values, source };
}

/** Adds to an error where the options that it names were set, unless on the command line. */
export function withSources(error: UsageError, sources: ReadonlyMap<string, string>): UsageError {
  const named = [...new Set(error.message.match(/(?<![\w-])--?[a-z0-9][a-z0-9-]*/g) ?? [])];
  const notes = named.flatMap((word) => {
    const source = sources.get(word.replace(/^-+/, ''));
    return source === undefined || error.message.includes(source) ? [] : [`${word} is set in ${source}`];
  });
  return notes.length === 0 ? error : new UsageError(`${error.message} (${notes.join('; ')})`);
}
