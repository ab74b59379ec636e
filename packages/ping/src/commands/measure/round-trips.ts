import { measureLatency } from '../../measurements/measure-latency.js';
import { attemptLines } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import { LiveRun } from './live-run.js';
import { statusOfAttempts } from './exit-status.js';
import {
  type MeasureRun,
  openCsv,
  openRecordFile,
  printReport,
  progressWriter,
  withThresholds,
} from './measure-run.js';

/** `tentacle-ping HOST`: a line for each attempt, then the report. @returns the exit status. */
export async function measureRoundTrips(run: MeasureRun): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const write = progressWriter(run);
  const isQuiet = parsed.flag('quiet');
  const file = openRecordFile(run);
  const writeRow = openCsv(run);
  const lines = attemptLines(options, environment);
  write(heading(options, identity.thumbprint, environment));
  write(lines.head);
  const onAttempt = (record: AttemptRecord): void => {
    file?.add(record);
    writeRow?.(record);
    // Not even formatted: that takes 3 us of a round trip.
    if (!isQuiet) write(lines.line(record));
  };
  const live = new LiveRun(environment);
  const { onSession } = live;
  const settings = { options, identity, version, onAttempt, onSession, stop: environment.stop };
  const measured = await measureLatency(settings).finally(live.stop);
  const report = withThresholds(measured, run.thresholds);
  file?.end(report);
  await printReport(run, report);
  return statusOfAttempts(report);
}
