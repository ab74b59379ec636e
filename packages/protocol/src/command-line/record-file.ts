import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { UsageError } from './usage-error.js';
import { shown } from './values.js';

/**
 * A file of lines of JSON (NDJSON) to which each is written at once and whole, so that whatever ends the process, all
 * lines before are there. A file that is there is added to; a line that was torn off in it stays, and ours begin anew.
 */
export class RecordFile {
  readonly #descriptor: number;
  readonly #warn: (text: string) => void;
  readonly #path: string;
  /** The last line has no end, for want of room. */
  #isTorn: boolean;
  #hasWarned = false;

  /**
   * @param header the first line of this run.
   * @param warn is told once when a later line cannot be written; the run goes on without it.
   * @throws UsageError when it cannot be opened, or takes not even the header.
   */
  static open(path: string, header: object, warn: (text: string) => void): RecordFile {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'a+', 0o600);
    } catch (error) {
      throw unusable(path, error);
    }
    try {
      const about = fstatSync(descriptor);
      if (!about.isFile() && !about.isCharacterDevice()) throw new UsageError(`--record ${shown(path)} is no file`);
      const file = new RecordFile(descriptor, path, about.isFile() && endsTorn(descriptor, about.size), warn);
      file.#write(header);
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error instanceof UsageError ? error : unusable(path, error);
    }
  }

  private constructor(descriptor: number, path: string, isTorn: boolean, warn: (text: string) => void) {
    this.#descriptor = descriptor;
    this.#path = path;
    this.#isTorn = isTorn;
    this.#warn = warn;
  }

  /** Write one line. It never throws. */
  add(document: object): void {
    try {
      this.#write(document);
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      this.#warn(`--record ${shown(this.#path)} takes no more (${codeOf(error)}); what comes now may be missing in it`);
    }
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Nothing of ours is lost: each line was handed over when it was written.
    }
  }

  #write(document: object): void {
    const line = Buffer.from(`${this.#isTorn ? '\n' : ''}${JSON.stringify(document)}\n`);
    let written = 0;
    try {
      // A disk that is nearly full takes a part.
      while (written < line.length) written += writeSync(this.#descriptor, line, written);
      this.#isTorn = false;
    } finally {
      if (written > 0 && written < line.length) this.#isTorn = true;
    }
  }
}

/** Whether the last line has no end. */
function endsTorn(descriptor: number, sizeBytes: number): boolean {
  if (sizeBytes === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, sizeBytes - 1);
  return last[0] !== 0x0a;
}

function unusable(path: string, error: unknown): UsageError {
  return new UsageError(`--record ${shown(path)} cannot be written (${codeOf(error)}); give a file that can`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
