import { type Environment, ExitStatus, type ParsedOptions, quote, UsageError } from 'tentacle-protocol/cli';
import { HtmlFile, type PageResult, renderPage } from 'tentacle-protocol/html';
import { createPageContext, type PageContext } from '../pages/page-context.js';

/** The file of --html. */
export class HtmlOutput {
  readonly #file: HtmlFile | undefined;
  readonly #isJson: boolean;
  readonly #version: string;
  readonly #environment: Environment;

  /** Opens the file of --html, if it is used. @throws UsageError when it cannot be written. */
  constructor(parsed: ParsedOptions, version: string, environment: Environment) {
    const path = parsed.value('html');
    if (path === '') throw new UsageError('--html: a file is required, as in --html report.html');
    this.#file = path === undefined ? undefined : HtmlFile.open(path);
    this.#isJson = parsed.flag('json');
    this.#version = version;
    this.#environment = environment;
  }

  /**
   * Writes the page of a result, and names the file in the last line of the output.
   * @returns the exit status, which is not that of the result where the file could not be written.
   */
  end(status: number, build: (context: PageContext) => PageResult): number {
    if (this.#file === undefined) return status;
    const { stdout, stderr, runtime } = this.#environment;
    const context = createPageContext(runtime);
    const result = build(context);
    const generator = `tentacle-ping ${this.#version}`;
    const problem = this.#file.write(renderPage({ generator, results: [result], glossary: context.glossary }));
    if (problem !== undefined) {
      stderr(`tentacle-ping: --html: ${problem}\n`);
      return ExitStatus.FAILED;
    }
    (this.#isJson ? stderr : stdout)(`HTML report: ${quote(this.#file.path)}\n`);
    return status;
  }
}
