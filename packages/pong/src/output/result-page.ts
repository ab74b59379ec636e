import { type Environment, quote, Redactor, toJsonLine } from 'tentacle-protocol/cli';
import type { Glossary, HtmlFile, PageResult } from 'tentacle-protocol/html';
import type { SharedOptions } from '../options/shared-options.js';

/** What a result is written as beyond its text: JSON and the page of `--html`, both as `--redact` shows them. */
export class ResultPage {
  readonly #file: HtmlFile | undefined;
  readonly #redactor: Redactor | undefined;
  readonly #version: string;
  readonly #environment: Environment;
  readonly #print: (text: string) => void;

  /** Opens the file of `--html`, so that it is known before the run whether it can be written. @throws UsageError */
  static async open(
    { htmlFile, redact, json }: SharedOptions,
    version: string,
    environment: Environment,
  ): Promise<ResultPage> {
    // Loaded only here: most runs write no page.
    const file = htmlFile === undefined ? undefined : new (await import('tentacle-protocol/html')).HtmlFile(htmlFile);
    const print = json ? environment.stderr : environment.stdout;
    return new ResultPage(
      { file, print, redactor: redact === true ? new Redactor() : undefined },
      version,
      environment,
    );
  }

  private constructor(
    parts: {
      readonly file: HtmlFile | undefined;
      readonly print: (text: string) => void;
      readonly redactor: Redactor | undefined;
    },
    version: string,
    environment: Environment,
  ) {
    this.#file = parts.file;
    this.#print = parts.print;
    this.#redactor = parts.redactor;
    this.#version = version;
    this.#environment = environment;
  }

  /** Prints a document as JSON. */
  printJson(document: object): void {
    this.#environment.stdout(toJsonLine(this.#shown(document)));
  }

  /** Writes the page, if there is one, and names its file in the last line. @returns whether it could be written. */
  async write<Result>(
    result: Result,
    load: () => Promise<(result: Result, glossary: Glossary, runtime?: string) => PageResult>,
  ): Promise<boolean> {
    if (this.#file === undefined) return true;
    const { Glossary, renderPage } = await import('tentacle-protocol/html');
    const glossary = new Glossary();
    const build = await load();
    const results = [build(this.#shown(result), glossary, this.#environment.runtime)];
    const problem = this.#file.write(renderPage({ generator: `tentacle-pong ${this.#version}`, results, glossary }));
    if (problem === undefined) this.#print(`HTML report: ${quote(this.#file.path)}\n`);
    else this.#environment.stderr(`tentacle-pong: --html: ${problem}\n`);
    return problem === undefined;
  }

  /** Removes a new file that has no page. */
  close(): void {
    this.#file?.close();
  }

  #shown<Result>(result: Result): Result {
    return this.#redactor === undefined ? result : this.#redactor.redact(result);
  }
}
