import { ExitStatus } from 'tentacle-protocol/cli';
import { measureSizes } from '../../measurements/sizes/measure-sizes.js';
import type { SizesMode } from '../../options/data-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { heading } from '../../output/heading.js';
import { triedLine } from '../../output/sizes-text.js';
import { LiveSizes } from './live-sizes.js';
import { type MeasureRun, printReport, progressWriter } from './measure-run.js';

/** `tentacle-ping HOST --sizes`: a line for each size that was tried, then the report. @returns the exit status. */
export async function findSizeLimits(run: MeasureRun<RunOptions & { readonly mode: SizesMode }>): Promise<number> {
  const { options, identity, version, environment } = run;
  const { stop } = environment;
  const write = progressWriter(run);
  write(heading(options, identity.thumbprint, environment));
  const live = new LiveSizes(options.mode.ladderBytes.length, environment);
  const report = await measureSizes({
    options,
    identity,
    version,
    stop,
    onBegin: live.onBegin,
    onTried: (tried) => {
      live.onTried(tried);
      write(triedLine(tried));
    },
  }).finally(live.stop);
  await printReport(run, report);
  return report.verdict.id === 'ok' && report.attempts.failed === 0 ? ExitStatus.OK : ExitStatus.FAILED;
}
