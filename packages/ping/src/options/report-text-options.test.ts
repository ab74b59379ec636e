import { parseArguments, UsageError } from 'tentacle-protocol/cli';
import { expect, it } from 'vitest';
import { PING } from './definitions.js';
import { parseReportTextOptions, type ReportTextOptions } from './report-text-options.js';

async function parsed(...args: readonly string[]): Promise<ReportTextOptions> {
  const command = await parseArguments(PING, ['web01', ...args]);
  if (command.kind !== 'run') throw new Error('nothing to run');
  return parseReportTextOptions(command.options);
}

it('reads --verbose, -v and the stage of the histogram', async () => {
  expect(await parsed()).toMatchObject({ isVerbose: false });
  expect(await parsed('-v')).toMatchObject({ isVerbose: true });
  expect(await parsed('--verbose', '--histogram', 'tls')).toMatchObject({ isVerbose: true, histogram: 'tls' });
  expect(await parsed('--histogram', 'none')).toMatchObject({ isVerbose: false, histogram: 'none' });
});

it('rejects what is not a stage', async () => {
  await expect(parsed('--histogram', 'trust')).rejects.toThrow(UsageError);
});
