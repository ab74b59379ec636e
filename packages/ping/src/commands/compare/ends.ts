import { type Environment, ExitStatus, type ParsedOptions, UsageError } from 'tentacle-protocol/cli';
import { compareRecords, compareTotals } from '../../compare/compare-ends.js';
import type { EndsComparison, EndsTotals } from '../../compare/ends-comparison.js';
import { endsText } from '../../output/ends-text.js';
import {
  type PingRecords,
  type PongRecords,
  type PongSummary,
  readRecordFile,
} from '../../remote-records/read-record-file.js';
import { ReportOutput } from '../report-output.js';

/**
 * `tentacle-ping compare` with the results of ping and pong of one run: compares both ends.
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
  const pong = files.find((file) => file?.kind === 'pong' || file?.kind === 'pong-summary');
  if (pong === undefined) return undefined;
  const ping = files.find((file): file is PingRecords => file?.kind === 'ping');
  if (positionals.length !== 2 || ping === undefined)
    throw new UsageError(
      "pong's records, or its summary, can be compared with one run of ping; use the report of the run (--json) or its records (--record)",
    );
  if (ping.attempts.length === 0)
    throw new UsageError("ping's file contains no attempt, so there is nothing to compare");
  const ends = compareBoth(version, ping, pong);
  const output = await ReportOutput.open(options, version, environment);
  if (options.flag('json')) output.printJson(ends);
  else environment.stdout(endsText(ends, environment, { isVerbose: options.flag('verbose') }));
  await output.writePage(ends, async () => (await import('../../pages/ends-page.js')).endsPage);
  return output.status(hasDifferences(ends) ? ExitStatus.FAILED : ExitStatus.OK);
}

/** The comparison of the two files of a run; undefined where they are not one of each end. */
export async function findEnds(
  paths: readonly string[],
  version: string,
): Promise<EndsComparison | EndsTotals | undefined> {
  if (paths.length !== 2) return undefined;
  const files = await Promise.all(paths.map(readRecordFile));
  const ping = files.find((file) => file?.kind === 'ping');
  const pong = files.find((file) => file?.kind === 'pong' || file?.kind === 'pong-summary');
  if (ping === undefined || pong === undefined || ping.attempts.length === 0) return undefined;
  return compareBoth(version, ping, pong);
}

function compareBoth(version: string, ping: PingRecords, pong: PongRecords | PongSummary): EndsComparison | EndsTotals {
  return pong.kind === 'pong' ? compareRecords(version, ping, pong) : compareTotals(version, ping, pong);
}

function hasDifferences(ends: EndsComparison | EndsTotals): boolean {
  if (!('otherEnd' in ends)) return ends.errors.some(({ id }) => id !== undefined);
  const { attempts, failures, translated, tls, certificates, firstBytes } = ends.otherEnd;
  const differences = [failures, translated, tls, certificates, firstBytes].some((list) => list.length > 0);
  return differences || attempts.neverArrived > 0;
}
