import { type Environment, type ParsedCommand, quote, UsageError } from 'tentacle-protocol';
import { compare } from '../compare/compare.js';
import { type Document, readDocuments, WANTED } from '../compare/read-file.js';
import { NotAReportError, sideOfReport } from '../compare/read-report.js';
import type { Side } from '../compare/side.js';
import { comparisonText } from '../reporters/comparison.js';
import { compareEndsOf } from './compare-ends.js';

/** As diff has it. */
const ALIKE = 0;
const DIFFERENT = 1;

/** What a table for people can hold. */
const REPORTS_MOST = 10;

/** `tentacle-ping compare A B [C ...]`: reports set side by side. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  if (positionals.length === 0)
    throw new UsageError(
      'which reports? tentacle-ping compare FILE FILE, each made by tentacle-ping HOST --json >FILE',
    );
  const twice = positionals.find((word, i) => positionals.indexOf(word) !== i);
  if (twice !== undefined) throw new UsageError(`${quote(twice)} is given twice; a report is like itself`);
  const status = await compareEndsOf(positionals, version, options.flag('json'), environment);
  if (status !== undefined) return status;
  const sides: Side[] = [];
  for (const word of positionals) sides.push(...(await sidesOf(word)));
  const [first, second, ...others] = sides;
  if (first === undefined || second === undefined)
    throw new UsageError('compare it with which other report? tentacle-ping compare FILE FILE');
  if (sides.length > REPORTS_MOST)
    throw new UsageError(`at most ${REPORTS_MOST} reports at a time, not ${sides.length}; give fewer`);
  const comparison = compare(version, [first, second, ...others]);
  environment.stdout(options.flag('json') ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
  return comparison.pairs.some(({ verdict }) => verdict.id === 'differs') ? DIFFERENT : ALIKE;
}

/** What a file gives to compare, by what its first document says that it is. */
async function sidesOf(path: string): Promise<readonly Side[]> {
  const { schema, all } = await readDocuments(path);
  switch (schema) {
    case 'tentacle-ping/report/1':
      return sidesOfReports(path, all);
    default: {
      const what = schema === undefined ? 'names no schema' : `is ${quote(schema)}`;
      throw new UsageError(`${quote(path)} ${what}, which cannot be compared; ${WANTED}`);
    }
  }
}

/** One report; of a run with several targets one each, before the line that sums them up. */
function sidesOfReports(path: string, documents: readonly Document[]): Side[] {
  const reports = documents.filter((document) => document['schema'] === 'tentacle-ping/report/1');
  return reports.map((report, i) => {
    const file = reports.length === 1 ? path : `${path}, report ${i + 1}`;
    try {
      return sideOfReport(file, report);
    } catch (error) {
      if (!(error instanceof NotAReportError)) throw error;
      throw new UsageError(`${quote(file)} is a damaged report: ${error.message}; ${WANTED}`);
    }
  });
}
