import { ExitStatus, toJsonLine } from 'tentacle-protocol/cli';
import { measureSizes } from '../../measurements/sizes/measure-sizes.js';
import type { SizesMode } from '../../options/data-options.js';
import { parseReportTextOptions } from '../../options/report-text-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { heading } from '../../output/heading.js';
import { triedLine } from '../../output/sizes-text.js';
import { terminalReport } from '../../output/terminal-report.js';
import { type MeasureRun, progressWriter } from './measure-run.js';

/** `tentacle-ping HOST --sizes`: a line for each size that was tried, then the report. @returns the exit status. */
export async function findSizeLimits(run: MeasureRun<RunOptions & { readonly mode: SizesMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stdout, stop } = environment;
  const write = progressWriter(run);
  write(heading(options, identity.thumbprint, environment));
  const report = await measureSizes({
    options,
    identity,
    version,
    stop,
    onTried: (tried) => write(triedLine(tried)),
  });
  stdout(
    parsed.flag('json') ? toJsonLine(report) : terminalReport(report, environment, parseReportTextOptions(parsed)),
  );
  return report.verdict.id === 'ok' && report.attempts.failed === 0 ? ExitStatus.OK : ExitStatus.FAILED;
}
