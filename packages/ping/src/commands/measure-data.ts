import { type Identity, nowUs } from 'tentacle-protocol';
import { type Environment, type ParsedOptions } from 'tentacle-protocol/cli';
import type { SizesMode, TransferMode } from '../options/data-options.js';
import { measureSizes } from '../measurements/sizes/measure-sizes.js';
import { measureTransfers } from '../measurements/transfer/measure-transfers.js';
import type { TransferRequest } from '../report/transfer-report.js';
import { bytesPerSecond } from '../measurements/transfer/transfer-tally.js';
import type { Report } from '../report/report.js';
import type { RunOptions } from '../options/run-options.js';
import { attemptLine } from '../output/attempt-line.js';
import { progressLine, triedLine } from '../output/data.js';
import { heading } from '../output/heading.js';
import { terminalReport } from '../output/terminal.js';

/** `tentacle-ping HOST --upload SIZE --download SIZE`, or `--sizes`: from the plan to the printed report. */
export async function measureData(
  { mode, ...plan }: RunOptions & { readonly mode: TransferMode | SizesMode },
  identity: Identity,
  options: ParsedOptions,
  version: string,
  environment: Environment,
): Promise<number> {
  const json = options.flag('json');
  const lines = options.flag('quiet') ? () => undefined : json ? environment.stderr : environment.stdout;
  lines(heading({ ...plan, mode }, identity.thumbprint));
  const session = { identity, version, stop: environment.stop };
  const report =
    mode.kind === 'sizes'
      ? await measureSizes({ ...session, plan: { ...plan, mode }, onTried: (tried) => lines(triedLine(tried)) })
      : await withProgress(environment, options.flag('quiet'), (progress) =>
          measureTransfers({
            ...session,
            plan: { ...plan, mode },
            observer: { ...progress, onAttempt: (record) => lines(attemptLine(record)) },
          }),
        );
  environment.stdout(json ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return report.verdict.id === 'ok' && report.attempts.failed === 0 ? 0 : 1;
}

/** On a terminal one line is redrawn often enough to appear live; elsewhere an occasional line is enough. */
const REDRAW_MS = 250;
const REPEAT_MS = 5000;

/** Shows progress on stderr while data is transferred, also while the transfer stalls. */
async function withProgress(
  environment: Environment,
  quiet: boolean,
  run: (progress: {
    onBegin: (request: TransferRequest) => void;
    onMoved: (bytes: number) => void;
    onEnd: () => void;
  }) => Promise<Report>,
): Promise<Report> {
  let current: (TransferRequest & { movedBytes: number }) | undefined;
  let shown = { movedBytes: 0, atUs: 0 };
  const showProgress = (): void => {
    if (current === undefined) return;
    const { direction, sizeBytes, movedBytes } = current;
    const line = progressLine(
      direction,
      sizeBytes,
      movedBytes,
      bytesPerSecond(movedBytes - shown.movedBytes, nowUs() - shown.atUs),
    );
    shown = { movedBytes, atUs: nowUs() };
    environment.stderr(environment.stderrIsTerminal ? `\r${line.padEnd(LINE_CHARS)}` : `${line}\n`);
  };
  const timer = quiet ? undefined : setInterval(showProgress, environment.stderrIsTerminal ? REDRAW_MS : REPEAT_MS);
  try {
    return await run({
      onBegin: (request) => {
        current = { ...request, movedBytes: 0 };
        shown = { movedBytes: 0, atUs: nowUs() };
      },
      onMoved: (bytes) => {
        if (current !== undefined) current.movedBytes += bytes;
      },
      onEnd: () => {
        current = undefined;
        if (environment.stderrIsTerminal && !quiet) environment.stderr(`\r${' '.repeat(LINE_CHARS)}\r`);
      },
    });
  } finally {
    clearInterval(timer);
  }
}

/** One less than the narrowest terminal, so that the line never wraps. */
const LINE_CHARS = 79;
