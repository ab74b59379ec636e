import { nowUs } from 'tentacle-protocol';
import { type Environment, omitUndefined, showLive } from 'tentacle-protocol/cli';
import { measureTransfers, type TransferObserver } from '../../measurements/transfer/measure-transfers.js';
import { bytesPerSecond } from '../../measurements/transfer/transfer-tally.js';
import type { TransferMode } from '../../options/data-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { attemptLines } from '../../output/attempt-line.js';
import { heading } from '../../output/heading.js';
import { bytesLine } from '../../output/live-text.js';
import { progressLine } from '../../output/transfers-text.js';
import type { Report } from '../../report/report.js';
import type { TransferRequest } from '../../report/transfer-report.js';
import { RecentRate } from '../recent-rate.js';
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
  const lines = attemptLines(options, environment);
  write(heading(options, identity.thumbprint, environment));
  write(lines.head);
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
          write(lines.line(record));
        },
      },
    }),
  );
  const report = withThresholds(measured, run.thresholds);
  file?.end(report);
  await printReport(run, report);
  return statusOfAttempts(report);
}

/** Where stderr is not a terminal, an occasional line is enough. */
const REPEAT_MS = 5000;

/** Shows progress on stderr while data is transferred, also while the transfer stalls. */
async function withProgress(
  environment: Environment,
  isQuiet: boolean,
  transfer: (progress: Omit<TransferObserver, 'onAttempt'>) => Promise<Report>,
): Promise<Report> {
  const { stderr, status } = environment;
  let current: MovingData | undefined;
  const rate = new RecentRate();
  let last = { movedBytes: 0, atUs: 0 };
  const report = (): void => {
    if (current === undefined) return;
    const { movedBytes } = current;
    const recentPerSecond = bytesPerSecond(movedBytes - last.movedBytes, nowUs() - last.atUs);
    last = { movedBytes, atUs: nowUs() };
    stderr(`${progressLine({ ...current, recentPerSecond })}\n`);
  };
  const timer = isQuiet || status !== undefined ? undefined : setInterval(report, REPEAT_MS).unref();
  const stopLive = showLive(environment, (screen) => {
    if (current === undefined) return undefined;
    const { direction: label, sizeBytes: totalBytes, movedBytes: doneBytes, movedAtUs } = current;
    const perSecond = rate.perSecond(doneBytes);
    return bytesLine(
      { label, doneBytes, totalBytes, stalledUs: nowUs() - movedAtUs, ...omitUndefined({ perSecond }) },
      screen,
    );
  });
  try {
    return await transfer({
      onBegin: (request) => {
        const atUs = nowUs();
        current = { ...request, movedBytes: 0, movedAtUs: atUs };
        last = { movedBytes: 0, atUs };
        rate.restart();
      },
      onMoved: (bytes) => {
        if (current === undefined) return;
        current.movedBytes += bytes;
        current.movedAtUs = nowUs();
      },
      onEnd: () => {
        current = undefined;
        status?.clear();
      },
    });
  } finally {
    stopLive();
    clearInterval(timer);
  }
}

/** The data stream that is under way. */
type MovingData = TransferRequest & { movedBytes: number; movedAtUs: number };
