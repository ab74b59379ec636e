import { parseArguments, UsageError } from 'tentacle-protocol/cli';
import { expect, test } from 'vitest';
import { PONG } from './definition.js';
import {
  DEFAULT_TRANSFER_LIMITS,
  describeTransferLimits,
  type GivenTransferLimits,
  parseTransferLimits,
} from './transfer-limit-options.js';

async function parsed(...argv: string[]): Promise<GivenTransferLimits> {
  const command = await parseArguments(PONG, argv);
  if (command.kind !== 'run') throw new Error(command.text);
  return parseTransferLimits(command.options);
}

const GIB = 1024 ** 3;

test.each<[string[], GivenTransferLimits]>([
  [[], {}],
  [['--transfer-limit', '1GiB,5m'], { each: { bytes: GIB, ms: 300_000 } }],
  [['--transfer-limit', '100MB'], { each: { bytes: 1e8, ms: DEFAULT_TRANSFER_LIMITS.each.ms } }],
  [['--transfer-limit', '0'], { each: { bytes: 0, ms: DEFAULT_TRANSFER_LIMITS.each.ms } }],
  [
    ['--transfer-limit-per-address', '2G,90s', '--transfer-limit-total', 'none'],
    {
      perAddress: { bytes: 2 * GIB, ms: 90_000 },
      total: { bytes: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY },
    },
  ],
])('%j', async (argv, expected) => {
  expect(await parsed(...argv)).toEqual(expected);
});

test.each([
  ['--transfer-limit', 'much'],
  ['--transfer-limit', '1GiB,'],
  ['--transfer-limit', '1GiB,0'],
  ['--transfer-limit', '1GiB,5m,3'],
  ['--transfer-limit-total', '-1'],
])('%s %s is rejected in one line', async (option, value) => {
  const error: unknown = await parsed(`${option}=${value}`).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toContain(option);
  expect((error as UsageError).message).not.toContain('\n');
});

test('the limits in force are written as the options that set them', async () => {
  const argv = ['--transfer-limit', '1GiB,5m', '--transfer-limit-total', 'none'];
  const text = describeTransferLimits({ ...DEFAULT_TRANSFER_LIMITS, ...(await parsed(...argv)) });
  for (const part of ['--transfer-limit 1GiB,5m;', '--transfer-limit-per-address 50GiB,2h;', '-total none'])
    expect(text).toContain(part);
});
