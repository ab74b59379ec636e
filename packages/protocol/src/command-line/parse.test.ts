import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, type CommandLine, parseArguments } from './parse.js';
import { UsageError } from './usage-error.js';

const COMMAND_LINE: CommandLine = {
  name: 'probe',
  version: '1.2.3',
  usage: 'probe HOST [options]\n\nLooks at a host.',
  examples: [['probe tentacle.example --count 3', 'three times']],
  epilogue: 'Exit status: 0 all well.',
  options: {
    count: { alias: 'c', type: 'string', requiresArg: true, describe: 'How often' },
    trust: { type: 'string', array: true, nargs: 1, requiresArg: true, describe: 'Whom' },
    json: { type: 'boolean', describe: 'As JSON' },
    ipv4: { alias: '4', type: 'boolean', describe: 'IPv4 only' },
  },
};

const parse = (...argv: string[]): Promise<Asked> => parseArguments(COMMAND_LINE, argv);

async function run(...argv: string[]): Promise<Extract<Asked, { kind: 'run' }>> {
  const asked = await parse(...argv);
  if (asked.kind !== 'run') throw new Error(`it prints ${asked.text}`);
  return asked;
}

/** What is said of arguments that will not do: one line. */
async function complaintOf(...argv: string[]): Promise<string> {
  const error: unknown = await parse(...argv).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  return message;
}

describe('parseArguments', () => {
  it('leaves every value as it was written', async () => {
    const { words, given } = await run('007', '--count', '1e3', '--trust', 'a', '--trust=b', '1.10', '-4');
    expect(words).toEqual(['007', '1.10']);
    expect(given.one('count')).toBe('1e3');
    expect(given.all('trust')).toEqual(['a', 'b']);
    expect([given.has('ipv4'), given.has('json')]).toEqual([true, false]);
    expect(given.one('json')).toBeUndefined();
    expect(given.all('nothing')).toEqual([]);
  });

  it.each([
    [['-c', '5'], '5'],
    [['-c5'], '5'],
    [['--count=5'], '5'],
    [['--count', '-5'], '-5'],
    [['--count=-5'], '-5'],
    [['--count', '10O'], '10O'],
  ])('reads the value of %j', async (argv, value) => {
    expect((await run(...argv)).given.one('count')).toBe(value);
  });

  it('takes what stands behind -- for words', async () => {
    const { words, given } = await run('host', '--', '--json', '-x');
    expect(words).toEqual(['host', '--json', '-x']);
    expect(given.has('json')).toBe(false);
  });

  it.each([
    [['--nope'], 'there is no option --nope'],
    [['--nope=1'], 'there is no option --nope'],
    [['-x'], 'there is no option -x'],
    [['--no-json'], 'there is no option --no-json'],
    [['--jsom'], 'there is no option --jsom'],
    [['--count.x', '1'], 'there is no option --count.x'],
    [['--constructor=1'], 'probe --help'],
    [['--__proto__=1'], 'there is no option'],
    [['--count'], 'count'],
    [['--count='], '--count "" needs a value'],
    [['--count', ''], '--count "" needs a value'],
    [['--trust='], 'trust'],
    [['--count', '1', '--count', '2'], '--count is given 2 times; give it once'],
    [['-c', '1', '--count', '2'], 'is given 2 times; give it once'],
    [['--json=yes'], '--json takes no value'],
    [['-4=no'], '-4 takes no value'],
    [['--nope\n\x1b[2J'], 'there is no option'],
  ])('says what is wrong with %j, in one line', async (argv, words) => {
    const complaint = await complaintOf(...argv);
    expect(complaint).toContain(words);
    expect(complaint).not.toMatch(/^\s*$/);
  });

  it.each([['--help'], ['-h'], ['host', '--help', '--count', '3'], ['--help', '--nope']])(
    'prints the help for %j',
    async (...argv) => {
      const asked = await parse(...argv);
      if (asked.kind !== 'print') throw new Error('it runs');
      for (const part of ['probe HOST', 'probe tentacle.example --count 3', '--count', 'How often', 'Exit status: 0']) {
        expect(asked.text).toContain(part);
      }
      for (const line of asked.text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it.each([['--version'], ['-V'], ['host', '-V', '--nope']])('prints the version for %j', async (...argv) => {
    expect(await parse(...argv)).toEqual({ kind: 'print', text: '1.2.3' });
  });

  it('runs, prints or complains in one line, whatever is written', async () => {
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
        const asked = await parse(...argv).catch((error: unknown) => error);
        if (asked instanceof Error) await complaintOf(...argv);
      }),
      { numRuns: 200 },
    );
  });
});
