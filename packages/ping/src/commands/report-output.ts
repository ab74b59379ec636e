import {
  type Environment,
  ExitStatus,
  isRedacted,
  type ParsedOptions,
  quote,
  Redactor,
  toJsonLine,
} from 'tentacle-protocol/cli';
import type { HtmlFile, PageResult } from 'tentacle-protocol/html';
import type { MetricsFile } from '../exporter/metrics-file.js';
import type { PageContext } from '../pages/page-context.js';
import type { Report } from '../report/report.js';

/** What it is created from. */
interface Parts {
  readonly file: HtmlFile | undefined;
  readonly metrics: MetricsFile | undefined;
  readonly redactor: Redactor | undefined;
}

/** Builds the pages of a result. */
export type BuildPages<Result> = (result: Result, context: PageContext) => PageResult | readonly PageResult[];

/** The results of a command beyond its text: JSON and the page of `--html`, both as `--redact` shows them, and metrics. */
export class ReportOutput {
  readonly #file: HtmlFile | undefined;
  readonly #metrics: MetricsFile | undefined;
  readonly #redactor: Redactor | undefined;
  readonly #version: string;
  readonly #environment: Environment;
  readonly #print: (text: string) => void;
  #isBroken = false;

  /** Opens the files of `--html` and `--metrics-file`, if they are used. @throws UsageError when one cannot be written. */
  static async open(parsed: ParsedOptions, version: string, environment: Environment): Promise<ReportOutput> {
    const [path, metricsPath] = [parsed.value('html'), parsed.value('metrics-file')];
    const redactor = isRedacted(parsed) ? new Redactor() : undefined;
    // Loaded only here: most runs write no page, and no metrics.
    const metrics =
      metricsPath === undefined
        ? undefined
        : new (await import('../exporter/metrics-file.js')).MetricsFile(metricsPath);
    const file = path === undefined ? undefined : new (await import('tentacle-protocol/html')).HtmlFile(path);
    return new ReportOutput({ file, metrics, redactor }, parsed, version, environment);
  }

  private constructor(
    { file, metrics, redactor }: Parts,
    parsed: ParsedOptions,
    version: string,
    environment: Environment,
  ) {
    this.#file = file;
    this.#metrics = metrics;
    this.#redactor = redactor;
    this.#version = version;
    this.#environment = environment;
    // Where stdout has data for programs, lines for people are on stderr.
    this.#print = parsed.flag('json') || parsed.flag('csv') ? environment.stderr : environment.stdout;
  }

  /** Whether a page is written. */
  get hasPage(): boolean {
    return this.#file !== undefined;
  }

  /** Prints a result as JSON. */
  printJson(result: object): void {
    this.#environment.stdout(toJsonLine(this.#shown(result)));
  }

  /** Writes the page of a result, and names its file in the last line of the output. */
  async writePage<Result>(result: Result, load: () => Promise<BuildPages<Result>>): Promise<void> {
    if (this.#file === undefined) return;
    const { Glossary, renderPage } = await import('tentacle-protocol/html');
    const context = { glossary: new Glossary(), runtime: this.#environment.runtime };
    const build = await load();
    const results = [build(this.#shown(result), context)].flat();
    const generator = `tentacle-ping ${this.#version}`;
    const problem = this.#file.write(renderPage({ generator, results, glossary: context.glossary }));
    this.#isBroken ||= problem !== undefined;
    if (problem === undefined) this.#print(`HTML report: ${quote(this.#file.path)}\n`);
    else this.#environment.stderr(`tentacle-ping: --html: ${problem}\n`);
  }

  /** Adds the result of a target to the file of metrics, if there is one. Targets keep their names: they are labels. */
  addMetrics(report: Report): void {
    this.#metrics?.add(report);
  }

  /** Writes the file of metrics, if there is one. */
  async writeMetrics(): Promise<void> {
    const problem = await this.#metrics?.write();
    if (problem === undefined) return;
    this.#isBroken = true;
    this.#environment.stderr(`tentacle-ping: --metrics-file: ${problem}\n`);
  }

  /** The exit status of a command: not that of its result where a file could not be written. */
  status(ofResult: number): number {
    return this.#isBroken && ofResult === ExitStatus.OK ? ExitStatus.FAILED : ofResult;
  }

  /** Removes a new file that has no page, where the command could not do its work. */
  close(): void {
    this.#file?.close();
  }

  #shown<Result>(result: Result): Result {
    return this.#redactor === undefined ? result : this.#redactor.redact(result);
  }
}
