import { ExitStatus, toJsonLine } from 'tentacle-protocol/cli';
import { measureLatency } from '../../measurements/measure-latency.js';
import { parseReportTextOptions } from '../../options/report-text-options.js';
import { attemptLines } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import { terminalReport } from '../../output/terminal-report.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import { type MeasureRun, openRecordFile, progressWriter } from './measure-run.js';

/** `tentacle-ping HOST`: a line for each attempt, then the report. @returns the exit status. */
export async function measureRoundTrips(run: MeasureRun): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const write = progressWriter(run);
  const isQuiet = parsed.flag('quiet');
  const file = openRecordFile(run);
  const lines = attemptLines(options, environment);
  write(heading(options, identity.thumbprint, environment));
  write(lines.head);
  const onAttempt = (record: AttemptRecord): void => {
    file?.add(record);
    // Not even formatted: that takes 3 us of a round trip.
    if (!isQuiet) write(lines.line(record));
  };
  const report = await measureLatency({ options, identity, version, onAttempt, stop: environment.stop });
  file?.end(report);
  environment.stdout(
    parsed.flag('json') ? toJsonLine(report) : terminalReport(report, environment, parseReportTextOptions(parsed)),
  );
  return report.verdict.id === 'ok' ? ExitStatus.OK : ExitStatus.FAILED;
}
