import { nowUs } from 'tentacle-protocol';
import { type Environment } from 'tentacle-protocol/cli';
import { measureTransfers, type TransferObserver } from '../../measurements/transfer/measure-transfers.js';
import { bytesPerSecond } from '../../measurements/transfer/transfer-tally.js';
import type { TransferMode } from '../../options/data-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { attemptLine } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import { progressLine } from '../../output/transfers-text.js';
import type { Report } from '../../report/report.js';
import type { TransferRequest } from '../../report/transfer-report.js';
import { statusOfAttempts } from './exit-status.js';
import {
  type MeasureRun,
  openCsv,
  openRecordFile,
  printReport,
  progressWriter,
  withThresholds,
} from './measure-run.js';

/** `tentacle-ping HOST --upload SIZE --download SIZE`: the progress, then the report. @returns the exit status. */
export async function measureData(run: MeasureRun<RunOptions & { readonly mode: TransferMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stop } = environment;
  const write = progressWriter(run);
  const file = openRecordFile(run);
  const writeRow = openCsv(run);
  write(heading(options, identity.thumbprint));
  const measured = await withProgress(environment, parsed.flag('quiet'), async (progress) =>
    measureTransfers({
      options,
      identity,
      version,
      stop,
      observer: {
        ...progress,
        onAttempt: (record) => {
          file?.add(record);
          writeRow?.(record);
          write(attemptLine(record));
        },
      },
    }),
  );
  const report = withThresholds(measured, run.thresholds);
  file?.end(report);
  printReport(run, report);
  return statusOfAttempts(report);
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
