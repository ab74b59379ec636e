import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.js';
import { quote } from '../text/sanitize.js';
import { describeWriteError } from '../text/system-error.js';

/**
 * The file that a page is written to at the end of a run. It is opened at the start, so that a wrong path is reported
 * before anything is measured. What an existing file holds stays until the new page replaces it.
 */
export class HtmlFile {
  readonly path: string;
  readonly #descriptor: number;

  /** @throws UsageError when it cannot be written. */
  static open(path: string, option = '--html'): HtmlFile {
    const unusable = (reason: string): UsageError =>
      new UsageError(`${option}: ${quote(path)} ${reason}; use a path to a file that can be written`);
    let descriptor: number;
    try {
      descriptor = openSync(path, 'a', 0o600);
    } catch (error) {
      throw unusable(`cannot be written: ${describeWriteError(error)}`);
    }
    const stats = fstatSync(descriptor);
    if (stats.isFile() || stats.isCharacterDevice()) return new HtmlFile(path, descriptor);
    closeSync(descriptor);
    throw unusable('is not a file');
  }

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Writes the page and closes the file. @returns why it could not be written, as text; undefined if it was. */
  write(page: string): string | undefined {
    const bytes = Buffer.from(page);
    try {
      if (fstatSync(this.#descriptor).isFile()) ftruncateSync(this.#descriptor);
      // A nearly full disk accepts only a part.
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
      closeSync(this.#descriptor);
      return undefined;
    } catch (error) {
      return `${quote(this.path)} cannot be written: ${describeWriteError(error)}`;
    }
  }
}
