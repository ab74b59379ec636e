import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, constants, unlinkSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { quote } from '../text/sanitize.js';
import { describeWriteError } from '../text/system-error.js';
import { type OptionDefinition, valueOption } from './definition.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';

/** The option of commands that print results. Shells write files too, but `>` of PowerShell 5.1 writes UTF-16. */
export const OUTPUT_OPTION = {
  output: valueOption('output', 'FILE', 'write the results to this file (UTF-8), not to stdout', {
    alias: 'o',
    common: true,
    example: 'result.json',
  }),
} as const satisfies Record<string, OptionDefinition>;

/** Options of both programs that name a file which is written. A test compares both lists with the options. */
export const WRITTEN_FILES: readonly string[] = ['output', 'record', 'html', 'bundle', 'metrics-file'];

/** Options that name a file which is read. */
export const READ_FILES: readonly string[] = [
  ...['pfx', 'cert', 'key', 'passphrase-file', 'proxy-password-file'],
  ...['targets', 'defaults', 'config', 'web-config', 'metrics-web-config'],
];

/** Two results in one file overwrite each other, and a result in the file of a key destroys the key. */
function requireDistinctFiles(options: ParsedOptions): void {
  const used = new Map<string, string>();
  for (const name of [...WRITTEN_FILES, ...READ_FILES]) {
    const [path, isWritten] = [options.value(name), WRITTEN_FILES.includes(name)];
    // Standard output, and the devices of a terminal, take several.
    if (path === undefined || path === '-' || path.startsWith('/dev/')) continue;
    const other = used.get(resolve(path));
    if (other !== undefined) throw new UsageError(`--${other} and --${name} name the same file; use two files`);
    if (isWritten) used.set(resolve(path), name);
  }
}

/**
 * The file of `--output`: UTF-8 without a byte order mark. It is opened before a command starts, so that a path that cannot
 * be used is reported then. What it held before is removed with the first result: until then, it may be the command's input.
 */
export class OutputFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #isNew: boolean;
  readonly #isRegular: boolean;
  #writtenBytes = 0;

  /** The file that the options name, if any. @throws UsageError */
  static of(options: ParsedOptions): OutputFile | undefined {
    requireDistinctFiles(options);
    const path = options.value('output');
    // As in other programs, stdout.
    if (path === undefined || path === '-') return undefined;
    return new OutputFile(path);
  }

  /** @throws UsageError where it cannot be written. */
  constructor(path: string) {
    this.path = path;
    this.#isNew = !existsSync(path);
    try {
      // Not blocking, where a system has that: it would wait for the reader of a pipe.
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK;
      this.#descriptor = openSync(path, flags, 0o666);
    } catch (error) {
      throw unusable(path, describeWriteError(error));
    }
    const stats = fstatSync(this.#descriptor);
    this.#isRegular = stats.isFile();
    if (!this.#isRegular && !stats.isCharacterDevice()) {
      closeSync(this.#descriptor);
      throw new UsageError(`--output: ${quote(path)} is not a file; use a path to a file`);
    }
  }

  /** Passes the text to the system at once: nothing of it is lost, however the process ends. @throws the system's error. */
  write(text: string): void {
    if (this.#writtenBytes === 0 && this.#isRegular) ftruncateSync(this.#descriptor);
    const bytes = Buffer.from(text);
    let written = 0;
    // A nearly full disk accepts only a part.
    while (written < bytes.length) {
      const count = writeSync(this.#descriptor, bytes, written);
      written += count;
      this.#writtenBytes += count;
    }
  }

  /** Closes it; a file that this run created, and had nothing to write to, is removed. It never throws. */
  close(): void {
    try {
      closeSync(this.#descriptor);
      if (this.#isNew && this.#isRegular && this.#writtenBytes === 0) unlinkSync(this.path);
    } catch {
      // What was written was passed to the system.
    }
  }
}

function unusable(path: string, reason: string): UsageError {
  return new UsageError(
    `--output: ${quote(path)} cannot be written: ${reason}; use a path to a file that can be written`,
  );
}
