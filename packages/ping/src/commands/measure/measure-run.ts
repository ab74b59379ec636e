import type { Identity } from 'tentacle-protocol';
import {
  count,
  type Environment,
  omitUndefined,
  type ParsedOptions,
  parseRecordMax,
  RecordFile,
} from 'tentacle-protocol/cli';
import { parseReportTextOptions } from '../../options/report-text-options.js';
import type { ReportOutput } from '../report-output.js';
import type { RunOptions } from '../../options/run-options.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import { attemptCsvRow, attemptsCsvHead } from '../../output/attempts-csv.js';
import { terminalReport } from '../../output/terminal-report.js';
import { thresholdsText } from '../../output/thresholds-text.js';
import type { Report } from '../../report/report.js';
import type { Threshold } from '../../options/thresholds.js';
import { compareWithThresholds } from '../../report/threshold.js';

/** One run of `tentacle-ping HOST`: what it measures, as which client, and where its output goes. */
export interface MeasureRun<Options extends RunOptions = RunOptions> {
  readonly options: Options;
  readonly identity: Identity;
  /** What decides the exit status; empty: only whether attempts succeed. */
  readonly thresholds: readonly Threshold[];
  /** The options as they were written, for those that concern only the output. */
  readonly parsed: ParsedOptions;
  /** Where results beyond the text go. */
  readonly output: ReportOutput;
  readonly version: string;
  readonly environment: Environment;
}

/** Writes the lines before the report: to stdout, to stderr where stdout is JSON or CSV, or nowhere with --quiet. */
export function progressWriter({ parsed, environment }: Pick<MeasureRun, 'parsed' | 'environment'>) {
  if (parsed.flag('quiet')) return () => undefined;
  return parsed.flag('json') || parsed.flag('csv') ? environment.stderr : environment.stdout;
}

/** The report with the thresholds of the run, as it is printed. */
export function withThresholds(report: Report, thresholds: readonly Threshold[]): Report {
  const { verdict, warnings, records, recordsDropped, ...rest } = report;
  const results = thresholds.length === 0 ? undefined : compareWithThresholds(thresholds, report);
  return omitUndefined({ ...rest, thresholds: results, verdict, warnings, records, recordsDropped });
}

/** Prints the report: as JSON or text on stdout; as text on stderr where stdout is CSV. Then it writes the metrics and the page, if any. */
export async function printReport(
  run: Pick<MeasureRun, 'parsed' | 'environment' | 'output'>,
  report: Report,
): Promise<void> {
  printText(run, report);
  run.output.addMetrics(report);
  await run.output.writeMetrics();
  await run.output.writePage(report, async () => (await import('../../pages/report-page.js')).reportPage);
}

function printText(
  { parsed, environment, output }: Pick<MeasureRun, 'parsed' | 'environment' | 'output'>,
  report: Report,
): void {
  if (parsed.flag('json')) {
    output.printJson(report);
    return;
  }
  const print = parsed.flag('csv') ? environment.stderr : environment.stdout;
  print(
    `${terminalReport(report, environment, parseReportTextOptions(parsed))}${thresholdsText(report.thresholds ?? [], environment)}`,
  );
}

/** Writes a row of CSV for each attempt, after the head; undefined without --csv. */
export function openCsv({ parsed, environment }: MeasureRun): ((record: AttemptRecord) => void) | undefined {
  if (!parsed.flag('csv')) return undefined;
  environment.stdout(attemptsCsvHead());
  return (record) => environment.stdout(attemptCsvRow(record));
}

/** The file of --record. */
export interface AttemptFile {
  readonly add: (record: AttemptRecord) => void;
  /** Writes the report, and closes the file. */
  readonly end: (report: Report) => void;
}

/** Opens the file that every attempt is written to, with its first line. @throws UsageError when it cannot be written. */
export function openRecordFile(run: MeasureRun): AttemptFile | undefined {
  const { options, identity, parsed, version, environment } = run;
  const path = parsed.value('record');
  const maxBytes = parseRecordMax(parsed);
  if (path === undefined) return undefined;
  const header = {
    schema: 'tentacle-ping/records/1',
    tool: { name: 'tentacle-ping', version },
    startedAt: new Date().toISOString(),
    target: { host: options.host, port: options.port },
    throughProxy: options.proxyChoice?.proxy !== undefined,
    ownThumbprint: identity.thumbprint,
  };
  const warn = (text: string): void => environment.stderr(`tentacle-ping: ${text}\n`);
  const file = RecordFile.open({ path, maxBytes, warn }, header);
  return {
    add: (record) => file.add({ record }),
    end: (report) => {
      // The file already has the records, line by line.
      file.end({ report: { ...report, records: [], recordsDropped: report.attempts.sent } });
      if (file.leftOut > 0) warn(`--record: the file lacks ${count(file.leftOut, 'attempt')}; the report includes all`);
    },
  };
}
