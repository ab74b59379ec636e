import type { CommandLine } from './parse.js';

/** Laid out for the narrowest terminal that remote consoles give. */
const HELP_COLUMNS = 80;

/** Two before an option, two behind it. */
const MARGIN = '  ';

/** What every command knows besides its own options. */
const COMMON: CommandLine['options'] = {
  help: { alias: 'h', describe: 'Show this help' },
  version: { alias: 'V', describe: 'Show the version' },
};

/** The help of a command: what it does, real commands, its options, its exit status. */
export function helpText({ usage, examples, options, epilogue }: CommandLine): string {
  const commands = examples.map(([command]) => command.length);
  const rows = Object.entries({ ...options, ...COMMON }).map(([name, about]): [string, string] => [
    names(name, [about.alias ?? []].flat()),
    `${about.describe ?? ''}${about.defaultDescription === undefined ? '' : ` [default: ${about.defaultDescription}]`}`,
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const column = width + 2 * MARGIN.length;
  return [
    usage,
    '',
    ...examples.map(([command, what]) => `${MARGIN}${command.padEnd(Math.max(...commands))}${MARGIN}${what}`),
    '',
    'Options:',
    ...rows.map(([name, what]) => {
      const [first = '', ...more] = wrapped(what, HELP_COLUMNS - column);
      return [`${MARGIN}${name.padEnd(width)}${MARGIN}${first}`, ...more.map((line) => ' '.repeat(column) + line)].join(
        '\n',
      );
    }),
    '',
    ...epilogue.split('\n').flatMap((line) => wrapped(line, HELP_COLUMNS)),
  ].join('\n');
}

/** `-c, --count`; without a short one the long ones still stand below each other. */
function names(name: string, aliases: readonly string[]): string {
  const [short, ...long] = [name, ...aliases].sort((a, b) => a.length - b.length);
  if (short?.length !== 1) return `    --${name}`;
  return [`-${short}`, ...long.map((word) => `--${word}`)].join(', ');
}

/** Lines of at most so many columns, cut between words. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
