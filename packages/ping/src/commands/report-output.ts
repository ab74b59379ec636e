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
import type { PageContext } from '../pages/page-context.js';

/** Builds the pages of a result. */
export type BuildPages<Result> = (result: Result, context: PageContext) => PageResult | readonly PageResult[];

/** The results of a command beyond its text: JSON and the page of `--html`, both as `--redact` shows them. */
export class ReportOutput {
  readonly #file: HtmlFile | undefined;
  readonly #redactor: Redactor | undefined;
  readonly #version: string;
  readonly #environment: Environment;
  readonly #print: (text: string) => void;
  #isBroken = false;

  /** Opens the file of `--html`, if it is used. @throws UsageError when it cannot be written. */
  static async open(parsed: ParsedOptions, version: string, environment: Environment): Promise<ReportOutput> {
    const path = parsed.value('html');
    const redactor = isRedacted(parsed) ? new Redactor() : undefined;
    if (path === undefined) return new ReportOutput(undefined, redactor, parsed, version, environment);
    // Loaded only here: most runs write no page.
    const { HtmlFile } = await import('tentacle-protocol/html');
    return new ReportOutput(new HtmlFile(path), redactor, parsed, version, environment);
  }

  private constructor(
    file: HtmlFile | undefined,
    redactor: Redactor | undefined,
    parsed: ParsedOptions,
    version: string,
    environment: Environment,
  ) {
    this.#file = file;
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
    this.#isBroken = problem !== undefined;
    if (problem === undefined) this.#print(`HTML report: ${quote(this.#file.path)}\n`);
    else this.#environment.stderr(`tentacle-ping: --html: ${problem}\n`);
  }

  /** The exit status of a command: not that of its result where the page could not be written. */
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
