import { nowUs } from 'tentacle-protocol';
import { ExitStatus } from 'tentacle-protocol/cli';
import type { OnProgress } from '../../measurements/idle/idle-search.js';
import { isIdleHealthy, measureIdleTimeout } from '../../measurements/idle/measure-idle.js';
import type { IdleMode } from '../../options/idle-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { heading } from '../../output/heading.js';
import { idlePreview, idleProgress } from '../../output/idle-text.js';
import { type MeasureRun, printReport } from './measure-run.js';

/** `tentacle-ping HOST --idle`: the progress on stderr, then the report. @returns the exit status. */
export async function measureIdle(run: MeasureRun<RunOptions & { readonly mode: IdleMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stderr, stop, width } = environment;
  const isQuiet = parsed.flag('quiet');
  if (!isQuiet) stderr(`${heading(options, identity.thumbprint)}${idlePreview(options.mode, width)}`);
  const onProgress: OnProgress = isQuiet
    ? () => undefined
    : (waiting, ended) => stderr(idleProgress(waiting, ended, nowUs()));
  const report = await measureIdleTimeout({ options, identity, version, onProgress, stop });
  printReport(run, report);
  return isIdleHealthy(report) ? ExitStatus.OK : ExitStatus.FAILED;
}
