import { WireError } from 'tentacle-protocol';
import type { CheckReport } from 'tentacle-protocol/check';
import { quote, readTextFile, UsageError } from 'tentacle-protocol/cli';
import type { ShownPollReport, ShownSummary } from 'tentacle-protocol/html';
import type { Comparison } from '../../compare/comparison.js';
import { parseReport } from '../../compare/parse-report.js';
import type { ParsedReport } from '../../compare/parsed-report.js';
import type { DiagnosisReport } from '../../diagnose/diagnosis-report.js';
import type { Explanation } from '../../explain/explanation.js';
import type { PollingReport } from '../../measurements/polling-server/polling-report.js';
import type { TargetsReport } from '../../measurements/targets/targets-report.js';
import type { EndsComparison, EndsTotals } from '../../compare/ends-comparison.js';
import type { ConnectionsReport } from '../../pages/connections-page.js';
import type { Report } from '../../report/report.js';
import { completeReport, type JsonObject } from './complete-report.js';
import { readPingRecords } from './read-ping-records.js';
import { readPongRecords } from './read-pong-records.js';

/** One result in a file. What a file holds is checked where it decides anything; texts are escaped where they are shown. */
export type Result =
  | { readonly kind: 'report'; readonly report: Report; readonly parsed: ParsedReport | undefined }
  | { readonly kind: 'targets'; readonly report: TargetsReport }
  | { readonly kind: 'diagnosis'; readonly report: DiagnosisReport }
  | { readonly kind: 'polling'; readonly report: PollingReport }
  | { readonly kind: 'comparison'; readonly report: Comparison }
  | { readonly kind: 'ends'; readonly report: EndsComparison | EndsTotals }
  | { readonly kind: 'explanation'; readonly report: Explanation }
  | { readonly kind: 'check'; readonly report: CheckReport }
  | { readonly kind: 'connections'; readonly report: ConnectionsReport }
  | { readonly kind: 'summary'; readonly report: ShownSummary }
  | { readonly kind: 'poll-report'; readonly report: ShownPollReport };

/** A file of records at its default limit (--record-max) has 100 MB; a report has about one. */
const FILE_MAX_BYTES = 128 * 1024 * 1024;

/** Reports of one file that are shown each; of more targets, their summary is shown. */
const REPORTS_EACH_MAX = 10;

const REMEDY = 'use files that --json or --record wrote';

/**
 * Reads the results in a file: JSON documents of either program, one or one in each line, or records (NDJSON).
 * @throws UsageError in one line.
 */
export async function readResults(path: string): Promise<readonly Result[]> {
  const text = await readTextFile(path, { maxBytes: FILE_MAX_BYTES, remedy: REMEDY });
  if (text.trim() === '') throw new UsageError(`${quote(path)} is empty; ${REMEDY}`);
  const documents = documentsIn(text);
  const schema = documents[0]?.['schema'];
  try {
    if (schema === 'tentacle-ping/records/1') return [{ kind: 'report', ...readPingRecords(path, documents) }];
    if (schema === 'tentacle-pong/records/1') return [{ kind: 'connections', report: readPongRecords(documents) }];
    if (documents.some((document) => document[BROKEN] === true))
      throw new UsageError(`${quote(path)} is not a result in JSON, or is truncated; ${REMEDY}`);
    const results = documents.filter((document) => !STARTS.includes(document['schema']));
    if (results.length === 0)
      throw new UsageError(
        `${quote(path)} has only the start of a run; stop tentacle-pong, which then writes its result`,
      );
    return selectShown(results.map((document) => resultOf(path, document)));
  } catch (error) {
    if (error instanceof WireError) throw new UsageError(`${quote(path)} is a damaged ${error.message}; ${REMEDY}`);
    throw error;
  }
}

/** What tentacle-pong prints when it starts, before its result. */
const STARTS: readonly unknown[] = ['tentacle-pong/listening/1', 'tentacle-pong/polling/1'];

/** Marks a line that is not a JSON object. No file can contain it. */
const BROKEN = Symbol('broken');

type ReadDocument = JsonObject & { readonly [BROKEN]?: true };

function documentsIn(text: string): readonly ReadDocument[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parsed(line) ?? { [BROKEN]: true });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function resultOf(path: string, document: JsonObject): Result {
  const { schema } = document;
  switch (schema) {
    case 'tentacle-ping/report/1':
      return { kind: 'report', report: completeReport(document), parsed: parseReport(path, document) };
    case 'tentacle-ping/targets/1':
      return { kind: 'targets', report: document as unknown as TargetsReport };
    case 'tentacle-ping/diagnosis/1':
      return { kind: 'diagnosis', report: document as unknown as DiagnosisReport };
    case 'tentacle-ping/polling-report/1':
      return { kind: 'polling', report: document as unknown as PollingReport };
    case 'tentacle-ping/comparison/1':
      return { kind: 'comparison', report: document as unknown as Comparison };
    case 'tentacle-ping/ends/1':
    case 'tentacle-ping/ends-totals/1':
      return { kind: 'ends', report: document as unknown as EndsComparison | EndsTotals };
    case 'tentacle-ping/explanation/1':
      return { kind: 'explanation', report: document as unknown as Explanation };
    case 'tentacle-ping/check/1':
    case 'tentacle-pong/check/1':
      return { kind: 'check', report: document as unknown as CheckReport };
    case 'tentacle-pong/summary/1':
      return { kind: 'summary', report: document as unknown as ShownSummary };
    case 'tentacle-pong/poll-report/1':
      return { kind: 'poll-report', report: document as unknown as ShownPollReport };
    default: {
      const problem = typeof schema === 'string' ? `is ${quote(schema)}` : 'has no schema';
      throw new UsageError(`${quote(path)} ${problem}, for which no page exists; ${REMEDY}`);
    }
  }
}

/** Many targets are shown by their summary, few with a page each. */
function selectShown(results: readonly Result[]): readonly Result[] {
  const reports = results.filter(({ kind }) => kind === 'report');
  const isSummarized = results.some(({ kind }) => kind === 'targets');
  if (!isSummarized || reports.length <= REPORTS_EACH_MAX) return [...results].sort((a, b) => orderOf(a) - orderOf(b));
  return results.filter(({ kind }) => kind !== 'report');
}

function orderOf({ kind }: Result): number {
  return kind === 'targets' ? 0 : 1;
}
