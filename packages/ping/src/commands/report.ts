import { checkPage } from 'tentacle-protocol/check';
import { type Environment, ExitStatus, type ParsedCommand, quote, Redactor, UsageError } from 'tentacle-protocol/cli';
import {
  Glossary,
  h,
  HtmlFile,
  type PageResult,
  pollReportPage,
  renderPage,
  type Section,
  section,
  summaryPage,
} from 'tentacle-protocol/html';
import { compare } from '../compare/compare-reports.js';
import type { Comparison } from '../compare/comparison.js';
import type { ParsedReport } from '../compare/parsed-report.js';
import { comparisonPage, pairDetails } from '../pages/comparison-page.js';
import { connectionsPage } from '../pages/connections-page.js';
import { diagnosisPage } from '../pages/diagnosis-page.js';
import { endsPage } from '../pages/ends-page.js';
import { explanationPage } from '../pages/explanation-page.js';
import type { PageContext } from '../pages/page-context.js';
import { pollingPage } from '../pages/polling-page.js';
import { reportPage } from '../pages/report-page.js';
import { targetsPage } from '../pages/targets-page.js';
import { findEnds } from './compare/ends.js';
import { readResults, type Result } from './report/read-results.js';

/** More results on one page are not read. */
const RESULTS_MAX = 50;

/** As many runs as can be compared at a time. */
const COMPARED_MAX = 10;

/** `tentacle-ping report FILE... --html OUT`: turns results into one page. @returns the exit status. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const out = options.value('html');
  if (positionals.length === 0)
    throw new UsageError(
      'a file is missing; use tentacle-ping report FILE... --html OUT, with files of --json or --record',
    );
  if (out === undefined || out === '')
    throw new UsageError('--html is required: the file to write, as in tentacle-ping report run.json --html run.html');
  if (positionals.includes(out)) throw new UsageError(`--html: ${quote(out)} is one of the results; use another file`);
  const results: { readonly path: string; readonly result: Result }[] = [];
  for (const path of positionals) for (const result of await readResults(path)) results.push({ path, result });
  const ends = await findEnds(positionals, version);
  if (ends !== undefined) results.unshift({ path: out, result: { kind: 'ends', report: ends } });
  if (results.length > RESULTS_MAX)
    throw new UsageError(`${results.length} results are too many for one page; use at most ${RESULTS_MAX}`);
  const shown = options.flag('redact') ? new Redactor().redact(results) : results;
  const context = { glossary: new Glossary() };
  const all = shown.map(({ result }) => result);
  const comparison = compareRuns(version, all);
  const runs = comparison === undefined ? [] : runsOf(all).map(({ result }) => result);
  const pages = shown.map(({ path, result }) => {
    const page = safely(path, () => pageOf(result, context));
    const name = comparison?.sides[runs.indexOf(result)]?.name;
    return name === undefined ? page : { ...page, title: `${name}: ${page.title}` };
  });
  const overview = overviewOf(comparison, context);
  const page = renderPage({
    generator: `tentacle-ping ${version}`,
    results: pages,
    overview,
    glossary: context.glossary,
  });
  const problem = new HtmlFile(out).write(page);
  if (problem !== undefined) {
    environment.stderr(`tentacle-ping: --html: ${problem}\n`);
    return ExitStatus.FAILED;
  }
  environment.stdout(`HTML report: ${quote(out)}\n`);
  return ExitStatus.OK;
}

/** A file may lack anything or hold something else in its place. @throws UsageError in one line. */
function safely<T>(path: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      throw new UsageError(`${quote(path)} is damaged: a part of the result is missing or of another kind`);
    throw error;
  }
}

function pageOf(result: Result, context: PageContext): PageResult {
  switch (result.kind) {
    case 'report':
      return reportPage(result.report, context);
    case 'targets':
      return targetsPage(result.report, context);
    case 'diagnosis':
      return diagnosisPage(result.report, context);
    case 'polling':
      return pollingPage(result.report, context);
    case 'comparison':
      return comparisonPage(result.report, context);
    case 'ends':
      return endsPage(result.report, context);
    case 'explanation':
      return explanationPage(result.report, context);
    case 'check':
      return checkPage(result.report, context.glossary);
    case 'connections':
      return connectionsPage(result.report, context);
    case 'summary':
      return summaryPage(result.report, context.glossary);
    case 'poll-report':
      return pollReportPage(result.report, context.glossary);
  }
}

/** The runs that are compared, by their letters, as a comparison names them. Targets that a summary lists are not. */
function compareRuns(version: string, results: readonly Result[]): Comparison | undefined {
  if (results.some(({ kind }) => kind === 'targets')) return undefined;
  const [first, second, ...others] = runsOf(results).map(({ parsed }) => parsed);
  return first === undefined || second === undefined ? undefined : compare(version, [first, second, ...others]);
}

interface ComparedRun {
  readonly result: Result;
  readonly parsed: ParsedReport;
}

function runsOf(results: readonly Result[]): ComparedRun[] {
  const runs = results.flatMap((result) =>
    result.kind === 'report' && result.parsed !== undefined ? [{ result, parsed: result.parsed }] : [],
  );
  return runs.slice(0, COMPARED_MAX);
}

/** Each run with the first one, where they have a stage in common: their distributions over one axis. */
function overviewOf(comparison: Comparison | undefined, context: PageContext): (Section | undefined)[] {
  if (comparison === undefined) return [];
  const pairs = comparison.pairs.filter(({ stages }) => stages.length > 0);
  return pairs.map((pair) =>
    section(
      {
        id: `comparison-${pair.candidate.toLowerCase()}`,
        title: `${pair.reference} and ${pair.candidate}: ${pair.verdict.title}`,
      },
      h('p', {}, pair.verdict.means),
      pairDetails(pair, comparison, context),
    ),
  );
}
