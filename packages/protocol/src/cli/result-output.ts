import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { quote } from '../text/sanitize.js';
import { describeSystemError } from '../text/system-error.js';
import type { OutputFile } from './output-file.js';

/** The streams of a process that results may go to. */
export interface OutputStreams {
  readonly stdout: NodeJS.Process['stdout'];
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Writes results to stdout, or to the file of `--output`. Where that is impossible, as on a full disk, they go to stderr
 * after one line that says why: what was measured is not lost. A reader that has gone (`| head`) is not an error.
 */
export class ResultOutput {
  readonly #name: string;
  readonly #streams: OutputStreams;
  readonly #onReaderGone: () => void;
  #file: OutputFile | undefined;
  #isBroken = false;
  #hasReader = true;

  /** @param onReaderGone called once when no process reads the results anymore. */
  constructor(name: string, streams: OutputStreams, onReaderGone: () => void) {
    this.#name = name;
    this.#streams = streams;
    this.#onReaderGone = onReaderGone;
    // Its write has a callback, which handles the error.
    streams.stdout.on('error', () => undefined);
  }

  /** From now on, results go to this file. */
  useFile(file: OutputFile): void {
    this.#file = file;
  }

  /** Whether results could not be written where they belong. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  write(text: string): void {
    const { stdout, stderr } = this.#streams;
    if (this.#file !== undefined && !this.#isBroken) {
      this.#writeOutputFile(this.#file, text);
      return;
    }
    // Node's types know only terminals here; a pipe is a socket too, and a file is not.
    const isSocket = (stdout as Writable) instanceof Socket;
    if (this.#isBroken) stderr.write(text);
    else if (isSocket) stdout.write(text, (error) => this.#handle(error, text));
    else this.#writeFile(stdout.fd, Buffer.from(text));
  }

  #writeOutputFile(file: OutputFile, text: string): void {
    try {
      file.write(text);
    } catch (error) {
      const reason = `${quote(file.path)} cannot be written: ${describeSystemError(error)}`;
      this.#fallBack(`--output: ${reason}`, text);
    }
  }

  /** Node ignores it when a nearly full disk accepts only a part. */
  #writeFile(descriptor: number, bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } catch (error) {
      this.#handle(error as NodeJS.ErrnoException, bytes.toString());
    }
  }

  #handle(error: NodeJS.ErrnoException | null | undefined, text: string): void {
    if (error === null || error === undefined || !this.#hasReader) return;
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') {
      this.#hasReader = false;
      this.#onReaderGone();
      return;
    }
    this.#fallBack(`the results cannot be written: ${describeSystemError(error)}`, text);
  }

  #fallBack(reason: string, text: string): void {
    const { stderr } = this.#streams;
    if (!this.#isBroken) stderr.write(`${this.#name}: ${reason}; the results follow here\n`);
    this.#isBroken = true;
    stderr.write(text);
  }
}
