import { type Environment, ExitStatus, type ParsedOptions, UsageError } from 'tentacle-protocol/cli';
import { compareFiles } from '../../remote-records/compare-files.js';
import { readRecordFile } from '../../remote-records/read-record-file.js';
import { ReportOutput } from '../report-output.js';
import { endsText } from '../../output/remote-view-text.js';

/**
 * `tentacle-ping compare` with the records of ping and pong of one run: compares both ends.
 * @returns the exit status, as that of diff; undefined where neither file is pong's.
 * @throws UsageError
 */
export async function compareEnds(
  positionals: readonly string[],
  options: ParsedOptions,
  version: string,
  environment: Environment,
): Promise<number | undefined> {
  const files = await Promise.all(positionals.map(readRecordFile));
  const pong = files.find((file) => file?.kind === 'pong');
  if (pong?.kind !== 'pong') return undefined;
  const ping = files.find((file) => file?.kind === 'ping');
  if (positionals.length !== 2 || ping?.kind !== 'ping')
    throw new UsageError(
      "pong's records can be compared with one run of ping; use the report of the run (--json) or its records (--record), and pong's records",
    );
  if (ping.attempts.length === 0)
    throw new UsageError("ping's file contains no attempt, so there is nothing to compare");
  const comparison = compareFiles(version, ping, pong);
  const output = await ReportOutput.open(options, version, environment);
  if (options.flag('json')) output.printJson(comparison);
  else environment.stdout(endsText(comparison, environment));
  await output.writePage(comparison, async () => (await import('../../pages/ends-page.js')).endsPage);
  const { attempts, failures, translated, tls, certificates, firstBytes } = comparison.otherEnd;
  const differences = [failures, translated, tls, certificates, firstBytes].some((list) => list.length > 0);
  return output.status(differences || attempts.neverArrived > 0 ? ExitStatus.FAILED : ExitStatus.OK);
}
