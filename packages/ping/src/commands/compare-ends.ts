import { type Environment, UsageError } from 'tentacle-protocol';
import { compareFiles } from '../remote-records/compare-files.js';
import { readRecordFile } from '../remote-records/read-record-file.js';
import { endsText } from '../reporters/other-end.js';

/** As diff has it. */
const ALIKE = 0;
const DIFFERENT = 1;

/**
 * `tentacle-ping compare` of what ping and pong recorded of one run: both ends, joined.
 * @returns the exit status; undefined where neither file is pong's.
 * @throws UsageError
 */
export async function compareEndsOf(
  positionals: readonly string[],
  version: string,
  json: boolean,
  environment: Environment,
): Promise<number | undefined> {
  const files = await Promise.all(positionals.map(readRecordFile));
  const pong = files.find((file) => file?.kind === 'pong');
  if (pong?.kind !== 'pong') return undefined;
  const ping = files.find((file) => file?.kind === 'ping');
  if (positionals.length !== 2 || ping?.kind !== 'ping')
    throw new UsageError(
      "pong's records are compared with one run of ping's: give its report (--json) or its records (--record), and pong's",
    );
  if (ping.attempts.length === 0) throw new UsageError("ping's file holds no attempt; there is nothing to compare");
  const comparison = compareFiles(version, ping, pong);
  environment.stdout(json ? `${JSON.stringify(comparison)}\n` : endsText(comparison));
  const { attempts, failures, translated, tls, certificates, firstBytes } = comparison.otherEnd;
  const differences = [failures, translated, tls, certificates, firstBytes].some((list) => list.length > 0);
  return differences || attempts.neverArrived > 0 ? DIFFERENT : ALIKE;
}
