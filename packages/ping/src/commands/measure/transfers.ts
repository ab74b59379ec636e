import { nowUs } from 'tentacle-protocol';
import { type Environment, ExitStatus, toJsonLine } from 'tentacle-protocol/cli';
import { measureTransfers, type TransferObserver } from '../../measurements/transfer/measure-transfers.js';
import { bytesPerSecond } from '../../measurements/transfer/transfer-tally.js';
import type { TransferMode } from '../../options/data-options.js';
import { parseReportTextOptions } from '../../options/report-text-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { attemptLines } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import { terminalReport } from '../../output/terminal-report.js';
import { progressLine } from '../../output/transfers-text.js';
import type { Report } from '../../report/report.js';
import type { TransferRequest } from '../../report/transfer-report.js';
import { type MeasureRun, openRecordFile, progressWriter } from './measure-run.js';

/** `tentacle-ping HOST --upload SIZE --download SIZE`: the progress, then the report. @returns the exit status. */
export async function measureData(run: MeasureRun<RunOptions & { readonly mode: TransferMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stdout, stop } = environment;
  const write = progressWriter(run);
  const file = openRecordFile(run);
  const lines = attemptLines(options, environment);
  write(heading(options, identity.thumbprint, environment));
  write(lines.head);
  const report = await withProgress(environment, parsed.flag('quiet'), async (progress) =>
    measureTransfers({
      options,
      identity,
      version,
      stop,
      observer: {
        ...progress,
        onAttempt: (record) => {
          file?.add(record);
          write(lines.line(record));
        },
      },
    }),
  );
  file?.end(report);
  stdout(
    parsed.flag('json') ? toJsonLine(report) : terminalReport(report, environment, parseReportTextOptions(parsed)),
  );
  return report.verdict.id === 'ok' && report.attempts.failed === 0 ? ExitStatus.OK : ExitStatus.FAILED;
}

/** On a terminal one line is redrawn often enough to appear live; elsewhere an occasional line is enough. */
const REDRAW_MS = 250;
const REPEAT_MS = 5000;

/** Shows progress on stderr while data is transferred, also while the transfer stalls. */
async function withProgress(
  { stderr, status }: Pick<Environment, 'stderr' | 'status'>,
  isQuiet: boolean,
  transfer: (progress: Omit<TransferObserver, 'onAttempt'>) => Promise<Report>,
): Promise<Report> {
  let current: (TransferRequest & { movedBytes: number }) | undefined;
  let last = { movedBytes: 0, atUs: 0 };
  const showProgress = (): void => {
    if (current === undefined) return;
    const { movedBytes } = current;
    const recentPerSecond = bytesPerSecond(movedBytes - last.movedBytes, nowUs() - last.atUs);
    const line = progressLine({ ...current, recentPerSecond });
    last = { movedBytes, atUs: nowUs() };
    if (status === undefined) stderr(`${line}\n`);
    else status.show(line);
  };
  const timer = isQuiet ? undefined : setInterval(showProgress, status === undefined ? REPEAT_MS : REDRAW_MS);
  try {
    return await transfer({
      onBegin: (request) => {
        current = { ...request, movedBytes: 0 };
        last = { movedBytes: 0, atUs: nowUs() };
      },
      onMoved: (bytes) => {
        if (current !== undefined) current.movedBytes += bytes;
      },
      onEnd: () => {
        current = undefined;
        status?.clear();
      },
    });
  } finally {
    clearInterval(timer);
  }
}
