import { type Asked, shown, UsageError } from 'tentacle-protocol';
import { compare } from '../compare/compare.js';
import { readSide } from '../compare/read-file.js';
import type { Side } from '../compare/side.js';
import { compareLine } from '../options.js';
import { comparisonText } from '../reporters/comparison.js';
import type { Command, Io } from './command.js';

/** `tentacle-ping compare A B [C ...]`: reports set side by side. */
export const command: Command = { commandLine: compareLine, run };

/** As diff has it. */
const ALIKE = 0;
const DIFFERENT = 1;

/** What a table for people can hold. */
const FILES_MOST = 10;

async function run({ words, given }: Asked & { kind: 'run' }, version: string, io: Io): Promise<number> {
  const [first, second, ...others] = words;
  if (first === undefined || second === undefined)
    throw new UsageError(
      'which reports? tentacle-ping compare FILE FILE, each made by tentacle-ping HOST --json >FILE',
    );
  if (words.length > FILES_MOST) throw new UsageError(`at most ${FILES_MOST} files at a time, not ${words.length}`);
  const twice = words.find((word, i) => words.indexOf(word) !== i);
  if (twice !== undefined) throw new UsageError(`${shown(twice)} is given twice; a report is like itself`);
  const sides: [Side, Side, ...Side[]] = [await readSide(first), await readSide(second)];
  for (const other of others) sides.push(await readSide(other));
  const comparison = compare(version, sides);
  io.stdout(given.has('json') ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
  return comparison.pairs.some(({ verdict }) => verdict.id === 'differs') ? DIFFERENT : ALIKE;
}
