import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { describeWriteError } from '../text/system-error.js';
import { UsageError } from './usage-error.js';
import { quote, toJsonLine } from '../text/sanitize.js';
import { count } from '../text/units.js';

/** A file of records, and its limit. */
export interface RecordFileOptions {
  readonly path: string;
  /** The size that the file may reach. Lines that are written with {@link RecordFile.end} do not count. */
  readonly maxBytes: number;
  /** Called once when a line is not written for a reason; the run continues without it. */
  readonly warn: (text: string) => void;
}

/**
 * A file of JSON lines (NDJSON). Each line is written immediately and completely, so that all earlier lines survive
 * however the process ends. An existing file is appended to; an incomplete last line stays, and a new line begins. Lines
 * beyond its limit, or that the disk does not take, are left out and counted.
 */
export class RecordFile {
  readonly #descriptor: number;
  readonly #options: RecordFileOptions;
  #sizeBytes: number;
  #isFull = false;
  #leftOut = 0;
  /** The last line is incomplete, because the disk was full. */
  #isIncomplete: boolean;
  #hasWarned = false;

  /**
   * @param header the first line of this run.
   * @throws UsageError when the file cannot be opened, or the header cannot be written.
   */
  static open(options: RecordFileOptions, header: object): RecordFile {
    const { path } = options;
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
      const sizeBytes = stats.isFile() ? stats.size : 0;
      const file = new RecordFile(descriptor, options, sizeBytes, endsIncomplete(descriptor, sizeBytes));
      file.#write(header);
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error instanceof UsageError ? error : unusable(path, error);
    }
  }

  private constructor(descriptor: number, options: RecordFileOptions, sizeBytes: number, isIncomplete: boolean) {
    this.#descriptor = descriptor;
    this.#options = options;
    this.#sizeBytes = sizeBytes;
    this.#isIncomplete = isIncomplete;
  }

  /** Lines that were not written. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Write one line, unless the file is full. It never throws. */
  add(document: object): void {
    if (this.#isFull) {
      this.#leftOut++;
      return;
    }
    try {
      this.#write(document, this.#options.maxBytes);
    } catch (error) {
      this.#leftOut++;
      this.#warnOnce(`cannot be written anymore: ${describeWriteError(error)}`);
    }
  }

  /** Write the last line, whatever the size, and close the file. It never throws. */
  end(document: object): void {
    try {
      this.#write(document);
    } catch (error) {
      this.#warnOnce(`cannot be written anymore: ${describeWriteError(error)}`);
    }
    try {
      closeSync(this.#descriptor);
    } catch {
      // Nothing is lost: each line was passed to the system when it was written.
    }
  }

  #warnOnce(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.warn(`--record: ${quote(this.#options.path)} ${reason}; later records are missing`);
  }

  /** A line that would exceed the size is left out, and so are all after it: what is there is complete up to one moment. */
  #write(document: object, maxBytes = Number.POSITIVE_INFINITY): void {
    const line = Buffer.from(`${this.#isIncomplete ? '\n' : ''}${toJsonLine(document)}`);
    if (this.#sizeBytes + line.length > maxBytes) {
      this.#isFull = true;
      this.#leftOut++;
      this.#warnOnce(`has reached its limit of ${count(maxBytes, 'byte')} (--record-max)`);
      return;
    }
    let written = 0;
    try {
      // A nearly full disk accepts only a part.
      while (written < line.length) written += writeSync(this.#descriptor, line, written);
      this.#isIncomplete = false;
    } finally {
      this.#sizeBytes += written;
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
    `--record: ${quote(path)} cannot be written: ${describeWriteError(error)}; use a path to a file that can be written`,
  );
}
