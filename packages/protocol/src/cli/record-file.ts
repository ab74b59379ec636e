import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { describeWriteError } from '../text/system-error.js';
import { UsageError } from './usage-error.js';
import { quote, toJsonLine } from '../text/sanitize.js';

/**
 * A file of JSON lines (NDJSON). Each line is written immediately and completely, so that all earlier lines survive
 * however the process ends. An existing file is appended to; an incomplete last line stays, and a new line begins.
 */
export class RecordFile {
  readonly #descriptor: number;
  readonly #warn: (text: string) => void;
  readonly #path: string;
  /** The last line is incomplete, because the disk was full. */
  #isIncomplete: boolean;
  #hasWarned = false;

  /**
   * @param header the first line of this run.
   * @param warn called once when a later line cannot be written; the run continues without it.
   * @throws UsageError when the file cannot be opened, or the header cannot be written.
   */
  static open(path: string, header: object, warn: (text: string) => void): RecordFile {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'a+', 0o600);
    } catch (error) {
      throw unusable(path, error);
    }
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile() && !stats.isCharacterDevice())
        throw new UsageError(`--record: ${quote(path)} is not a file; use a path to a file`);
      const file = new RecordFile(descriptor, path, stats.isFile() && endsIncomplete(descriptor, stats.size), warn);
      file.#write(header);
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error instanceof UsageError ? error : unusable(path, error);
    }
  }

  private constructor(descriptor: number, path: string, isIncomplete: boolean, warn: (text: string) => void) {
    this.#descriptor = descriptor;
    this.#path = path;
    this.#isIncomplete = isIncomplete;
    this.#warn = warn;
  }

  /** Write one line. It never throws. */
  add(document: object): void {
    try {
      this.#write(document);
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      this.#warn(
        `--record: ${quote(this.#path)} cannot be written anymore: ${describeWriteError(error)}; later records may be missing`,
      );
    }
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Nothing is lost: each line was passed to the system when it was written.
    }
  }

  #write(document: object): void {
    const line = Buffer.from(`${this.#isIncomplete ? '\n' : ''}${toJsonLine(document)}`);
    let written = 0;
    try {
      // A nearly full disk accepts only a part.
      while (written < line.length) written += writeSync(this.#descriptor, line, written);
      this.#isIncomplete = false;
    } finally {
      if (written > 0 && written < line.length) this.#isIncomplete = true;
    }
  }
}

/** Whether the last line is incomplete. */
function endsIncomplete(descriptor: number, sizeBytes: number): boolean {
  if (sizeBytes === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, sizeBytes - 1);
  return last[0] !== 0x0a;
}

function unusable(path: string, error: unknown): UsageError {
  return new UsageError(
    `--record: ${quote(path)} cannot be written: ${describeWriteError(error)}; use a file that can`,
  );
}
