import { closeSync, constants, existsSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.js';
import { quote } from '../text/sanitize.js';
import { describeWriteError } from '../text/system-error.js';

/**
 * The file of `--html`. It is opened at the start, so that a path that cannot be used is reported before anything is sent.
 * What it held before is replaced by the page at the end; a new file without a page is removed.
 */
export class HtmlFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #isNew: boolean;
  #isOpen = true;

  /** @throws UsageError when it cannot be written. */
  constructor(path: string) {
    this.path = path;
    if (path === '') throw new UsageError('--html: the name of a file is missing, as in --html report.html');
    this.#isNew = !existsSync(path);
    try {
      // Not blocking, where a system has that: it would wait for the reader of a pipe.
      this.#descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o666);
    } catch (error) {
      throw unusable(path, `cannot be written: ${describeWriteError(error)}`);
    }
    const stats = fstatSync(this.#descriptor);
    if (stats.isFile() || stats.isCharacterDevice()) return;
    this.close();
    throw unusable(path, 'is not a file');
  }

  /** Writes the page, and closes the file. @returns why it could not be written, as text; undefined if it was. */
  write(page: string): string | undefined {
    try {
      if (fstatSync(this.#descriptor).isFile()) ftruncateSync(this.#descriptor);
      const bytes = Buffer.from(page);
      // A nearly full disk accepts only a part.
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
      return undefined;
    } catch (error) {
      return `${quote(this.path)} cannot be written: ${describeWriteError(error)}`;
    } finally {
      this.close();
    }
  }

  /** Closes it. It never throws. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      const stats = fstatSync(this.#descriptor);
      closeSync(this.#descriptor);
      if (this.#isNew && stats.isFile() && stats.size === 0) unlinkSync(this.path);
    } catch {
      // What was written was passed to the system.
    }
  }
}

function unusable(path: string, reason: string): UsageError {
  return new UsageError(`--html: ${quote(path)} ${reason}; use a path to a file that can be written`);
}
