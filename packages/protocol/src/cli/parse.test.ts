import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandDefinition, flagOption, type ProgramDefinition, valueOption } from './definition.js';
import { type ParsedCommand, parseArguments } from './parse.js';
import { UsageError } from './usage-error.js';

const measure: CommandDefinition = {
  name: '',
  positionals: '[host..]',
  synopsis: 'HOST...',
  summary: 'measure a host',
  description: 'Measures a host.',
  examples: [['probe tentacle.example --count 3', 'three times']],
  epilogue: ['Exit status: 0 all is well.', 'Durations: 10s.'],
  options: {
    count: valueOption('load', 'N', 'number of attempts', { alias: 'c', common: true }),
    trust: valueOption('load', 'X', 'clients to trust', { array: true, nargs: 1 }),
    json: flagOption('output', 'print JSON'),
    ipv4: flagOption('output', 'use IPv4 only', { alias: '4' }),
  },
};

const listen: CommandDefinition = {
  ...measure,
  name: 'listen',
  positionals: '[port]',
  synopsis: '[PORT]',
  summary: 'wait for clients',
  examples: [['probe listen 1', 'on port 1']],
  options: { json: flagOption('output', 'print JSON'), bind: valueOption('output', 'ADDRESS', 'address') },
};

const PROGRAM: ProgramDefinition = {
  name: 'probe',
  commands: [measure, listen],
  topics: { load: { title: 'Load' }, output: { title: 'Output' }, waiting: { title: 'Waiting', command: 'listen' } },
  commandOptions: { '--listen': 'listen' },
  foreignOptions: { '-n': 'use --count' },
};

const parse = (...argv: string[]): Promise<ParsedCommand> =>
  parseArguments(PROGRAM, argv, { versionText: 'probe 1.2.3', width: 80 });

async function run(...argv: string[]): Promise<Extract<ParsedCommand, { kind: 'run' }>> {
  const command = await parse(...argv);
  if (command.kind !== 'run') throw new Error(`it prints ${command.text}`);
  return command;
}

async function printed(...argv: string[]): Promise<string> {
  const command = await parse(...argv);
  if (command.kind !== 'print') throw new Error('it runs');
  return command.text;
}

/** What a shell offers for the words of a command line; zsh shows a description behind a colon. */

/** The error for arguments that cannot be used: one line. */
async function complaintOf(...argv: string[]): Promise<string> {
  const error: unknown = await parse(...argv).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  return message;
}

describe('parseArguments', () => {
  it('keeps every value as it was written', async () => {
    const { positionals, options } = await run('007', '--count', '1e3', '--trust', 'a', '--trust=b', '1.10', '-4');
    expect(positionals).toEqual(['007', '1.10']);
    expect(options.value('count')).toBe('1e3');
    expect(options.all('trust')).toEqual(['a', 'b']);
    expect([options.flag('ipv4'), options.flag('json')]).toEqual([true, false]);
    expect(options.value('json')).toBeUndefined();
    expect(options.all('nothing')).toEqual([]);
  });

  it.each([
    [['listen', '99'], ['99'], undefined],
    [['listen'], [], undefined],
    [['--listen', '99', '--json'], ['99'], 'json'],
    [['--listen=99'], ['99'], undefined],
    [['--listen'], [], undefined],
    [['--json', '--listen', '99'], ['99'], 'json'],
    [['--json', 'listen', '99'], ['99'], 'json'],
    [['listen', '1', '2'], ['1', '2'], undefined],
  ])('runs the command that %j names', async (argv, expected, flag) => {
    const { command, positionals, options } = await run(...argv);
    expect({ command, positionals }).toEqual({ command: 'listen', positionals: expected });
    expect(options.flag('json')).toBe(flag === 'json');
  });

  it.each([
    [['host'], ['host']],
    [['help.example'], ['help.example']],
    [
      ['help01', 'web02'],
      ['help01', 'web02'],
    ],
    [
      ['list', 'web02'],
      ['list', 'web02'],
    ],
    [
      ['lisen:10933', 'web02'],
      ['lisen:10933', 'web02'],
    ],
    [['s', '--count', '5'], ['s']],
    [['lisen'], ['lisen']],
    [['--', 'listen'], ['listen']],
    [
      ['--', 'lisen', 'host'],
      ['lisen', 'host'],
    ],
    [['--', '--listen'], ['--listen']],
    [
      ['web01', 'lisen'],
      ['web01', 'lisen'],
    ],
    [[], []],
  ])('takes hosts from %j', async (argv, hosts) => {
    const { command, positionals } = await run(...argv);
    expect({ command, positionals }).toEqual({ command: '', positionals: hosts });
  });

  it.each([
    [['-c', '5'], '5'],
    [['-c5'], '5'],
    [['--count=5'], '5'],
    [['--count', '-5'], '-5'],
    [['--count=-5'], '-5'],
    [['--count', '10O'], '10O'],
  ])('reads the value of %j', async (argv, value) => {
    expect((await run(...argv)).options.value('count')).toBe(value);
  });

  it.each([
    [['lisen'], 'did you mean listen?'],
    [['hepl', '--count', '3'], 'did you mean help?'],
    [['version'], 'did you mean --version?'],
    [['web'], undefined],
    [['lisen1'], undefined],
    [['lisen:1'], undefined],
    [['--', 'lisen'], undefined],
  ])('asks about %j only where no host has that name', async (argv, question) => {
    const { ifNotHost } = await run(...argv);
    if (question === undefined) expect(ifNotHost).toBeUndefined();
    else expect(ifNotHost).toContain(question);
  });

  it('takes everything behind -- as positional arguments', async () => {
    const { positionals, options } = await run('host', '--', '--json', '-x');
    expect(positionals).toEqual(['host', '--json', '-x']);
    expect(options.flag('json')).toBe(false);
  });

  it.each([
    [['--nope'], 'unknown option --nope; see probe --help'],
    [['--nope=1'], 'unknown option --nope'],
    [['-x'], 'unknown option -x'],
    [['--no-json'], 'unknown option --no-json'],
    [['--jsom'], 'did you mean --json?'],
    [['--cuont', '3'], 'did you mean --count?'],
    [['--count.x', '1'], 'unknown option --count.x'],
    [['--constructor=1'], 'probe --help'],
    [['--__proto__=1'], 'unknown option'],
    [['--host=1'], 'unknown option --host'],
    [['--bind', 'x'], '--bind is not an option of probe without a command, but of probe listen'],
    [['listen', '--count', '1'], '--count is not an option of listen, but of probe HOST'],
    [['lisen', 'host'], 'did you mean listen?'],
    [['Listen', 'host'], 'did you mean listen?'],
    [['lisetn', 'host', '--count', '3'], 'write probe -- lisetn'],
    [['hepl', 'load'], 'did you mean help?'],
    [['host', 'listen'], 'listen must be the first word, as in probe listen host.'],
    [['host', 'help'], 'as in probe help.'],
    [['--listn', '5'], 'did you mean --listen?'],
    [['-n', '5'], 'use --count'],
    [['--listen', '-n', '5'], 'use --count'],
    [['--trust'], '--trust needs a value, as in --trust 0123'],
    [['-c'], '-c needs a value, as in --count 10'],
    [['--count', '--json'], '--count needs a value, as in --count 10'],
    [['listen', '--bind'], '--bind needs a value, as in --bind 192.0.2.10'],
    [['listen', '--count'], 'but of probe HOST'],
    [['host', '--count', '5', 's'], 'write --count 5s'],
    [['host', '-c', '5', 'MB'], 'write -c 5MB'],
    [['host', 'listen', '--help', 'laod'], 'did you mean probe help load?'],
    [['help', 'nothing'], 'load, output, waiting, all, listen'],
    [['--count'], '--count needs a value'],
    [['--count='], '--count "" needs a value'],
    [['--count', ''], '--count "" needs a value'],
    [['--trust='], '--trust'],
    [['--count', '1', '--count', '2'], '--count is given 2 times'],
    [['-c', '1', '--count', '2'], 'is given 2 times'],
    [['--json=yes'], '--json does not take a value'],
    [['-4=no'], '-4 does not take a value'],
    [['--nope\n\x1b[2J'], 'unknown option'],
  ])('reports what is wrong with %j, in one line', async (argv, words) => {
    expect(await complaintOf(...argv)).toContain(words);
  });

  it.each([
    ['--help'],
    ['-h'],
    ['host', '--help', '--count', '3'],
    ['--help', '--nope'],
    ['help'],
    ['-4h'],
    ['-?'],
    ['--?'],
    ['/?'],
    ['/help'],
    ['-help'],
    ['/h'],
    ['host', '/?'],
  ])('prints the first screen of the help for %j', async (...argv) => {
    const text = await printed(...argv);
    for (const part of ['HOST...', 'probe tentacle.example --count 3', '-c, --count N', measure.epilogue[0] ?? ''])
      expect(text).toContain(part);
    expect(text).not.toContain('--trust');
  });

  it.each([
    [['--help', 'load'], '--trust', '--json'],
    [['--help=load'], '--trust', '--json'],
    [['help', 'output'], '--json', '--trust'],
    [['help', 'listen'], '--bind', '--trust'],
    [['help', 'waiting'], '--bind', '--trust'],
    [['listen', '--help'], '--bind', '--trust'],
    [['--listen', '--help'], '--bind', '--trust'],
    [['listen', '--help', 'load'], '--trust', '--bind'],
  ])('prints the help on a topic or a command for %j', async (argv, included, excluded) => {
    const text = await printed(...argv);
    expect(text).toContain(included);
    expect(text).not.toContain(excluded);
  });

  it('prints every option of every command for --help all', async () => {
    const text = await printed('--help', 'all');
    for (const { options, epilogue } of [measure, listen])
      for (const part of [...Object.keys(options).map((name) => `--${name}`), ...epilogue])
        expect(text).toContain(part);
  });

  it.each([['--version'], ['-V'], ['host', '-V', '--nope']])('prints the version for %j', async (...argv) => {
    expect(await printed(...argv)).toBe('probe 1.2.3');
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a completion script for %s', async (shell) => {
    const script = await printed('completion', shell);
    for (const word of ['listen', 'completion', 'waiting', 'count', 'bind']) expect(script).toContain(word);
  });

  it.each([[[]], [['tcsh']], [['bsh']], [['pwsh']]])('names the shells for completion %j', async (words) => {
    await expect(printed('completion', ...words)).rejects.toThrow(/completion (bash|powershell)/);
  });

  it('runs, prints or reports an error in one line, whatever is written', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '--count',
        '--json',
        '--trust',
        '-4',
        '-c',
        '--',
        '-',
        '=',
        '--=',
        '-h',
        '--toString',
        '--valueOf',
      ),
      fc.string().map((text) => `--${text}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (argv) => {
        const outcome = await parse(...argv).catch((error: unknown) => error);
        if (outcome instanceof Error) await complaintOf(...argv);
      }),
      { numRuns: 200 },
    );
  });
});
