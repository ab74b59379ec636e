import { nowUs } from 'tentacle-protocol';
import { ExitStatus, toJsonLine } from 'tentacle-protocol/cli';
import type { OnProgress } from '../../measurements/idle/idle-search.js';
import { isIdleHealthy, measureIdleTimeout } from '../../measurements/idle/measure-idle.js';
import type { IdleMode } from '../../options/idle-options.js';
import { parseReportTextOptions } from '../../options/report-text-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { heading } from '../../output/heading.js';
import { idlePreview, idleProgress } from '../../output/idle-text.js';
import { terminalReport } from '../../output/terminal-report.js';
import type { MeasureRun } from './measure-run.js';

/** `tentacle-ping HOST --idle`: the progress on stderr, then the report. @returns the exit status. */
export async function measureIdle(run: MeasureRun<RunOptions & { readonly mode: IdleMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stderr, stdout, stop, width } = environment;
  const isQuiet = parsed.flag('quiet');
  if (!isQuiet) stderr(`${heading(options, identity.thumbprint, environment)}${idlePreview(options.mode, width)}`);
  const onProgress: OnProgress = isQuiet
    ? () => undefined
    : (waiting, ended) => stderr(idleProgress(waiting, ended, nowUs()));
  const report = await measureIdleTimeout({ options, identity, version, onProgress, stop });
  stdout(
    parsed.flag('json') ? toJsonLine(report) : terminalReport(report, environment, parseReportTextOptions(parsed)),
  );
  return isIdleHealthy(report) ? ExitStatus.OK : ExitStatus.FAILED;
}
