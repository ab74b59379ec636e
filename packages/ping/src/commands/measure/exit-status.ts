import { ExitStatus } from 'tentacle-protocol/cli';
import type { Report } from '../../report/report.js';

/**
 * The exit status of a run of attempts: 1 where none succeeded, or something beyond their losses is wrong with the path;
 * 3 where some failed, or a threshold was not met. Losses within `--max-loss` are none.
 */
export function statusOfAttempts({ attempts, outcomes, thresholds = [], verdict }: Report): number {
  if (attempts.ok === 0) return ExitStatus.FAILED;
  // As an interception, which all attempts survived.
  const isBeyondLosses = verdict.id !== 'ok' && outcomes[verdict.id] === undefined;
  if (isBeyondLosses) return ExitStatus.FAILED;
  if (thresholds.some(({ isMet }) => !isMet)) return ExitStatus.PARTIAL;
  const mayLose = thresholds.some(({ name }) => name === 'max-loss');
  return attempts.failed === 0 || mayLose ? ExitStatus.OK : ExitStatus.PARTIAL;
}
