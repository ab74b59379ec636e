import { ExitStatus, RecordFile } from 'tentacle-protocol/cli';
import { measureLatency } from '../../measurements/measure-latency.js';
import { attemptLine } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import { terminalReport } from '../../output/terminal-report.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import { type MeasureRun, progressWriter } from './measure-run.js';

/** `tentacle-ping HOST`: a line for each attempt, then the report. @returns the exit status. */
export async function measureRoundTrips(run: MeasureRun): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const write = progressWriter(run);
  const isQuiet = parsed.flag('quiet');
  const file = openRecordFile(run);
  write(heading(options, identity.thumbprint));
  const onAttempt = (record: AttemptRecord): void => {
    file?.add({ record });
    // Not even formatted: that takes 3 us of a round trip.
    if (!isQuiet) write(attemptLine(record));
  };
  const report = await measureLatency({ options, identity, version, onAttempt, stop: environment.stop });
  // The file already has the records, line by line.
  file?.add({ report: { ...report, records: [], recordsDropped: report.attempts.sent } });
  file?.close();
  environment.stdout(parsed.flag('json') ? `${JSON.stringify(report)}\n` : terminalReport(report, environment.width));
  return report.verdict.id === 'ok' ? ExitStatus.OK : ExitStatus.FAILED;
}

/** Opens the file that every attempt is written to, with its first line. @throws UsageError when it cannot be written. */
function openRecordFile({ options, identity, parsed, version, environment }: MeasureRun): RecordFile | undefined {
  const path = parsed.value('record');
  if (path === undefined) return undefined;
  const header = {
    schema: 'tentacle-ping/records/1',
    tool: { name: 'tentacle-ping', version },
    startedAt: new Date().toISOString(),
    target: { host: options.host, port: options.port },
    throughProxy: options.proxyChoice?.proxy !== undefined,
    ownThumbprint: identity.thumbprint,
  };
  return RecordFile.open(path, header, (text) => environment.stderr(`tentacle-ping: ${text}\n`));
}
