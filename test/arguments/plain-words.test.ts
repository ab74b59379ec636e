import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readByYargs } from '../../packages/protocol/src/cli/parse.js';
import { readPlainWords } from '../../packages/protocol/src/cli/read-plain-words.js';
import type { ProgramDefinition } from '../../packages/protocol/src/cli/definition.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';

/** Words that are read in several ways, and values that yargs changes. */
const ODD_WORDS = ['', '-', '--', '---', '-=', '--no-json', '-qv', '-c1', '-c=1', '--count=1', '--toString', '--Count'];
const VALUES = ['1', '-1', '1e3', '0x10', '007', 'true', 'false', 'a b', 'a=b', '"q"', "'q'", '`q`', '[::1]:2', 'help'];
const MORE_VALUES = [
  'web01.example',
  'undefined',
  'null',
  'NaN',
  'constructor',
  '__proto__',
  'C:\\a\\b',
  'a\nb',
  '\u{1F419}',
];

/** Command lines of a program: mostly of known options, each now and then with a value, in any order. */
function commandLines(program: ProgramDefinition): fc.Arbitrary<string[]> {
  const options = program.commands.flatMap((command) =>
    Object.entries(command.options).flatMap(([name, { alias }]) =>
      [name, alias ?? []].flat().map((each) => (each.length === 1 ? `-${each}` : `--${each}`)),
    ),
  );
  const values = fc.constantFrom(...VALUES, ...MORE_VALUES);
  const option = fc.constantFrom(...options, '--color', '--defaults');
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(option, values) },
    { weight: 2, arbitrary: fc.tuple(option) },
    { weight: 2, arbitrary: fc.tuple(values) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...ODD_WORDS)) },
  );
  const names = program.commands.map(({ name }) => (name === '' ? [] : [name]));
  return fc
    .tuple(fc.constantFrom(...names), fc.array(part, { maxLength: 4 }))
    .map(([name, parts]) => [...name, ...parts.flat()]);
}

/** The values that were set: yargs lists some that were not, and names the program. */
function valuesIn(result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isSet = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(result).filter(([name, value]) => name !== '$0' && isSet(value)));
}

it.each([PING, PONG])('plain words mean what yargs reads in them ($name)', async (program) => {
  let readWithoutYargs = 0;
  await fc.assert(
    fc.asyncProperty(commandLines(program), async (words) => {
      const plain = readPlainWords(program, words);
      if (plain === undefined) return;
      readWithoutYargs++;
      const { command, result } = await readByYargs(program, words);
      expect(plain.command).toBe(command);
      expect(valuesIn(plain.result)).toEqual(valuesIn(result));
    }),
    { numRuns: 400 },
  );
  expect(readWithoutYargs).toBeGreaterThan(20);
});

it.each([
  [PING, ['web01', '-c', '1']],
  [PING, ['explain', 'tcp.refused']],
  [PING, ['diagnose', 'web01:10933', '--json', '--timeout', '5s']],
  [PONG, ['--port', '0', '--json', '--color', 'never']],
  [PONG, ['check', '--verbose']],
])('usual command lines are plain (%#)', (program, words) => {
  expect(readPlainWords(program, words)).toBeDefined();
});

it.each([[['web01', '--nothing']], [['web01', '--count']], [['web01', '-c', '1', '-c', '2']], [['--trust', 'X']]])(
  'what may be an error is left to yargs: %j',
  (words) => {
    expect(readPlainWords(PING, words)).toBeUndefined();
  },
);
