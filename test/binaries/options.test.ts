import { parseArguments, parseCheckOptions, parseRecordMax, UsageError } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { READ_FILES, WRITTEN_FILES } from '../../packages/protocol/src/cli/output-file.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { parseThresholds } from '../../packages/ping/src/options/thresholds.js';
import { parsePollingServerOptions } from '../../packages/ping/src/options/polling-server-options.js';
import { parseServeOptions } from '../../packages/ping/src/options/serve-options.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { parseListenOptions } from '../../packages/pong/src/options/listen-options.js';
import { parsePollOptions } from '../../packages/pong/src/options/poll-options.js';
import {
  type CommandDefinition,
  type OptionDefinition,
  optionExample,
  type ProgramDefinition,
} from '../../packages/protocol/src/cli/definition.js';

/** One option of one command, by each of its names. */
interface Case {
  readonly program: ProgramDefinition;
  readonly command: CommandDefinition;
  readonly option: string;
  readonly name: string;
  readonly definition: OptionDefinition;
}

const cases: Case[] = [PING, PONG].flatMap((program) =>
  program.commands.flatMap((command) =>
    Object.entries(command.options).flatMap(([option, definition]) =>
      [option, definition.alias ?? []].flat().map((name) => ({ program, command, option, name, definition })),
    ),
  ),
);
const titled = (list: readonly Case[]): [string, Case][] =>
  list.map((option) => [`${option.program.name} ${option.command.name} ${dashed(option.name)}`, option]);
const withValue = cases.filter(({ definition }) => definition.requiresArg === true);

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** The command with its argument, so that only the option is wrong. */
function before({ program, command }: Case): string[] {
  if (command.name === '') return program === PONG ? [] : ['web01'];
  return [command.name, ...(command.name === 'diagnose' ? ['web01'] : [])];
}

/** What parsing and checking the values reports: one line; undefined where nothing is wrong. */
async function problemOf(test: Case, ...argv: string[]): Promise<string | undefined> {
  try {
    const command = await parseArguments(test.program, [...before(test), ...argv]);
    if (command.kind !== 'run') throw new Error('it prints a text');
    const { positionals, options } = command;
    if (command.command === 'check') parseCheckOptions(positionals, options);
    else if (test.program === PONG)
      (options.value('poll') === undefined ? parseListenOptions : parsePollOptions)(positionals, options);
    else if (command.command === 'listen') parsePollingServerOptions(positionals, options);
    else if (command.command === 'serve') parseServeOptions(positionals, options);
    else if (command.command === '' || command.command === 'diagnose') {
      parseRunOptions(positionals, options);
      parseRecordMax(options);
      parseThresholds(options);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    return error.message;
  }
}

describe('an option that needs a value', () => {
  it.each(titled(withValue))('%s without one: an example', async (_, test) => {
    const { name, option, definition } = test;
    const example = optionExample(option, definition);
    expect(example).toMatch(/^--[\w-]+ \S+$/);
    for (const argv of [[dashed(name)], [dashed(name), '--json'], [dashed(name), ''], [`${dashed(name)}=`]]) {
      const problem = await problemOf(test, ...argv);
      expect(problem, argv.join(' ')).toMatch(new RegExp(`^(?:${dashed(name)}|--${option}) `));
      expect(problem, argv.join(' ')).toContain(example);
    }
  });

  it.each(titled(withValue.filter(({ definition }) => definition.array !== true)))(
    '%s given twice',
    async (_, test) => {
      expect(await problemOf(test, dashed(test.name), 'a', dashed(test.name), 'b')).toMatch(/^-.* is given 2 times/);
    },
  );
});

it.each(titled(cases.filter(({ definition }) => definition.type === 'boolean')))(
  'the flag %s with a value',
  async (_, test) => {
    expect(await problemOf(test, `${dashed(test.name)}=yes`)).toContain(`${dashed(test.name)} does not take a value`);
  },
);

describe('a value that is not a number or time', () => {
  const values = [
    'NaN',
    'Infinity',
    '-1',
    '0x10',
    '1e3',
    '\uff11\uff10',
    '99999999999999999999999',
    '5 parsecs',
    '1,5',
    'x',
  ];
  const numbers = withValue.filter(({ definition: { placeholder = '' } }) =>
    ['N', 'TIME', 'SIZE', 'RATE', 'PORT'].includes(placeholder),
  );

  it.each(titled(numbers))('%s', async (_, test) => {
    for (const value of values) {
      // Those of polling need a server.
      const poll =
        test.program === PONG && ['connections', 'timeout'].includes(test.option) ? ['--poll', 'octopus01'] : [];
      const problem = await problemOf(test, ...poll, `${dashed(test.name)}=${value}`);
      expect(problem, value).toContain(`--${test.option}: "${value}"`);
      expect(problem, value).toMatch(/; use /);
    }
  });
});

it.each(titled(cases.filter(({ name, command, program }) => name.length > 4 && command === program.commands[0])))(
  '%s with two letters swapped: the right name',
  async (_, test) => {
    const { name } = test;
    const typo = `${name.slice(0, 1)}${name.slice(2, 3)}${name.slice(1, 2)}${name.slice(3)}`;
    if (typo === name) return;
    expect(await problemOf(test, `--${typo}=1`)).toContain(`did you mean --${name}`);
  },
);

describe('an option of another command of tentacle-ping', () => {
  const foreign = PING.commands.flatMap((command) => {
    const own = Object.keys(command.options);
    const others = PING.commands
      .flatMap(({ options }) => Object.entries(options))
      .filter(([name]) => !own.includes(name));
    return others.map(([name, definition]) => ({ program: PING, command, option: name, name, definition }));
  });

  it.each(titled(foreign))('%s', async (_, test) => {
    const { definition, name } = test;
    const value = definition.requiresArg === true ? ['x'] : [];
    const problem = await problemOf(test, dashed(name), ...value);
    const hint = PING.foreignOptions?.[dashed(name)];
    if (hint === undefined)
      expect(problem).toMatch(new RegExp(`^${dashed(name)} is not an option of .*, but of tentacle-ping`));
    else expect(problem).toContain(hint);
  });
});

it('options that name files are those that are compared with each other', () => {
  const named = cases.filter(({ definition }) => /^(?:FILE|OUT)/.test(definition.placeholder ?? ''));
  // Every command has --defaults from the parser.
  expect(new Set(['defaults', ...named.map(({ option }) => option)])).toEqual(
    new Set([...WRITTEN_FILES, ...READ_FILES]),
  );
});
