import { wrap } from '../text/units.js';
import { closestMatches } from './closest.js';
import { COLOR_OPTION } from './color-option.js';
import { defaultsOption } from './defaults.js';
import {
  BUILT_IN_COMMANDS,
  type CommandDefinition,
  commandName,
  type OptionDefinition,
  type ProgramDefinition,
} from './definition.js';
import { quote } from '../text/sanitize.js';
import { UsageError } from './usage-error.js';

/** Two spaces before a term, and at least two behind it. */
const MARGIN = '  ';

/** A longer option gets a line of its own, because descriptions need the space. */
const TERM_MAX_CHARS = 24;

/** Below the long name of an option whose placeholder does not fit beside it. */
const TERM_INDENT = ' '.repeat(8);

/** Three words; where fewer columns are left beside the terms, descriptions are below them. */
const DESCRIPTION_MIN_COLUMNS = 20;

/** At most this share of the width, so that descriptions stay readable on narrow terminals. */
const TERM_MAX_SHARE = 0.6;

/** Options of the help itself, which are on every screen of it. */
const HELP_OPTIONS: Readonly<Record<string, OptionDefinition>> = {
  help: { alias: 'h', describe: 'show help, or help on a topic', placeholder: '[TOPIC]', group: 'help' },
  version: { alias: 'V', describe: 'show the version', group: 'help' },
};

/** Options that every command has besides its own. */
export function commonOptions(program: ProgramDefinition): Readonly<Record<string, OptionDefinition>> {
  return { defaults: defaultsOption(program), color: COLOR_OPTION, ...HELP_OPTIONS };
}

/**
 * The help that was asked for: the first screen, a topic, a command, or all of it.
 * @throws UsageError for a word that is none of these.
 */
export function helpText(program: ProgramDefinition, subject: string | undefined, width: number): string {
  if (subject === undefined) return programHelp(program, width);
  if (subject === 'all') return allHelp(program, width);
  const topic = Object.hasOwn(program.topics, subject) ? program.topics[subject] : undefined;
  const command = program.commands.find(({ name }) => name !== '' && name === (topic?.command ?? subject));
  if (command !== undefined) return commandHelp(program, command, width);
  if (topic !== undefined) return topicHelp(program, subject, width);
  throw unknownSubject(program, subject);
}

/** Everything that help can be asked about. */
export function helpSubjects({ topics, commands }: ProgramDefinition): string[] {
  return [...Object.keys(topics), 'all', ...commands.flatMap(({ name }) => (name === '' ? [] : [name]))];
}

function unknownSubject(program: ProgramDefinition, subject: string): UsageError {
  const [match] = closestMatches(subject, helpSubjects(program));
  const hint =
    match === undefined
      ? `use one of ${helpSubjects(program).join(', ')}`
      : `did you mean ${program.name} help ${match}?`;
  return new UsageError(`no help on ${quote(subject)}; ${hint}`);
}

/** The first screen: what the program does, its commands, real examples, and the options that most people need. */
function programHelp(program: ProgramDefinition, width: number): string {
  const [main, ...others] = program.commands;
  const commands: (readonly [string, string])[] = [
    ...(others.length === 0 ? [] : ([[main.synopsis, main.summary]] as const)),
    ...others.map(({ name, synopsis, summary }) => [`${name} ${synopsis}`.trimEnd(), summary] as const),
    ['help [TOPIC]', BUILT_IN_COMMANDS.help],
    ['completion SHELL', BUILT_IN_COMMANDS.completion],
  ];
  const common = Object.entries(main.options).filter(([, { common }]) => common === true);
  return joined([
    usage(program, main, width),
    paragraph(main.description, width),
    section('Commands', commands, width),
    section('Examples', main.examples, width, Number.POSITIVE_INFINITY),
    section('Common options', optionRows([...common, ...Object.entries(HELP_OPTIONS)]), width),
    wrap(`Topics: ${[...Object.keys(program.topics), 'all'].join(', ')}`, '', MARGIN, width),
    main.epilogue
      .slice(0, 1)
      .map((text) => paragraph(text, width))
      .join('\n'),
  ]);
}

function topicHelp(program: ProgramDefinition, topic: string, width: number): string {
  const [main] = program.commands;
  return joined([usage(program, main, width), group(program, main, topic, width)]);
}

/** One command with all its options, group by group. */
export function commandHelp(program: ProgramDefinition, command: CommandDefinition, width: number): string {
  return joined([
    usage(program, command, width),
    paragraph(command.description, width),
    section('Examples', command.examples, width, Number.POSITIVE_INFINITY),
    ...Object.keys(program.topics).map((topic) => group(program, command, topic, width)),
    section('All commands', optionRows(Object.entries(commonOptions(program))), width),
    ...command.epilogue.map((text) => paragraph(text, width)),
  ]);
}

function allHelp(program: ProgramDefinition, width: number): string {
  return program.commands.map((command) => commandHelp(program, command, width)).join('\n\n');
}

function usage(program: ProgramDefinition, command: CommandDefinition, width: number): string {
  const words = command.name === '' && program.commands.length > 1 ? '[command] ' : '';
  return wrap(`Usage: ${commandName(program, command)} ${words}${command.synopsis}`.trimEnd(), '', MARGIN, width);
}

/** The options of a command that belong to a topic; empty when it has none. */
function group(program: ProgramDefinition, command: CommandDefinition, topic: string, width: number): string {
  const options = Object.entries(command.options).filter(([, { group }]) => group === topic);
  return section(program.topics[topic]?.title ?? topic, optionRows(options), width);
}

function optionRows(options: readonly (readonly [string, OptionDefinition])[]): (readonly [string, string])[] {
  return options.map(([name, option]) => [
    optionTerm(name, option),
    `${option.describe}${option.defaultDescription === undefined ? '' : ` (default: ${option.defaultDescription})`}`,
  ]);
}

/** `-c, --count N`; without a short name the long ones are aligned below each other. */
function optionTerm(name: string, { alias, placeholder }: OptionDefinition): string {
  const [short, ...long] = [name, alias ?? []].flat().sort((a, b) => a.length - b.length);
  const names = short?.length === 1 ? [`-${short}`, ...long.map((word) => `--${word}`)].join(', ') : `    --${name}`;
  return placeholder === undefined ? names : `${names} ${placeholder}`;
}

/** A heading, and below it terms with their descriptions in a column of their own. */
function section(
  heading: string,
  rows: readonly (readonly [term: string, description: string])[],
  width: number,
  termMaxChars = TERM_MAX_CHARS,
): string {
  if (rows.length === 0) return '';
  const longest = Math.max(...rows.map(([term]) => (term.length <= termMaxChars ? term.length : 0)));
  const beside = MARGIN.length + Math.min(longest, Math.floor(width * TERM_MAX_SHARE)) + MARGIN.length;
  const column = width - beside < DESCRIPTION_MIN_COLUMNS ? TERM_INDENT.length : beside;
  const indent = ' '.repeat(column);
  const lines = rows.map(([term, description]) => {
    const first = `${MARGIN}${term}`;
    return first.length + MARGIN.length <= column
      ? wrap(description, first.padEnd(column), indent, width)
      : `${wrap(term, MARGIN, TERM_INDENT, width)}\n${wrap(description, indent, indent, width)}`;
  });
  return [heading, ...lines].join('\n');
}

function paragraph(text: string, width: number): string {
  return wrap(text, '', '', width);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
