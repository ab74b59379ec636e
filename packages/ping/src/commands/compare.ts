import { WireError } from 'tentacle-protocol';
import { type Environment, ExitStatus, type ParsedCommand, quote, UsageError } from 'tentacle-protocol/cli';
import { compare } from '../compare/compare-reports.js';
import { type Document, readDocuments, EXPECTED_INPUT } from '../compare/read-file.js';
import { parseReport } from '../compare/parse-report.js';
import type { ParsedReport } from '../compare/parsed-report.js';
import { comparisonText } from '../output/comparison-text.js';
import { ReportOutput } from './report-output.js';
import { compareEnds } from './compare/ends.js';

/** As many columns as a table can show. */
const MAX_REPORTS = 10;

/** `tentacle-ping compare A B [C ...]`: compares reports. @returns the exit status, as that of diff. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  if (positionals.length === 0)
    throw new UsageError(
      'two report files are required: tentacle-ping compare FILE FILE; create each with tentacle-ping HOST --json --output FILE',
    );
  const repeated = positionals.find((file, i) => positionals.indexOf(file) !== i);
  if (repeated !== undefined) throw new UsageError(`${quote(repeated)} is named twice; name two different reports`);
  const status = await compareEnds(positionals, options, version, environment);
  if (status !== undefined) return status;
  const reports: ParsedReport[] = [];
  for (const file of positionals) reports.push(...(await readReports(file)));
  const [first, second, ...others] = reports;
  if (first === undefined || second === undefined)
    throw new UsageError('a second report is required: tentacle-ping compare FILE FILE');
  if (reports.length > MAX_REPORTS)
    throw new UsageError(`${reports.length} reports are too many; compare at most ${MAX_REPORTS} at a time`);
  const output = await ReportOutput.open(options, version, environment);
  const comparison = compare(version, [first, second, ...others]);
  if (options.flag('json')) output.printJson(comparison);
  else environment.stdout(comparisonText(comparison, environment, { isVerbose: options.flag('verbose') }));
  await output.writePage(comparison, async () => (await import('../pages/comparison-page.js')).comparisonPage);
  return output.status(
    comparison.pairs.some(({ verdict }) => verdict.id === 'differs') ? ExitStatus.FAILED : ExitStatus.OK,
  );
}

/** The reports in a file, by the schema of its first document. */
async function readReports(path: string): Promise<readonly ParsedReport[]> {
  const { schema, all } = await readDocuments(path);
  switch (schema) {
    case 'tentacle-ping/report/1':
      return parseReports(path, all);
    default: {
      const problem = schema === undefined ? 'has no schema' : `is ${quote(schema)}`;
      throw new UsageError(`${quote(path)} ${problem}, which cannot be compared; ${EXPECTED_INPUT}`);
    }
  }
}

/** One report; for a run with several targets, one per target, followed by their summary. */
function parseReports(path: string, documents: readonly Document[]): ParsedReport[] {
  const reports = documents.filter((document) => document['schema'] === 'tentacle-ping/report/1');
  return reports.map((report, i) => {
    const file = reports.length === 1 ? path : `${path}, report ${i + 1}`;
    try {
      return parseReport(file, report);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new UsageError(`${quote(file)} is a damaged ${error.message}; ${EXPECTED_INPUT}`);
    }
  });
}
