import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * The most text that waits for its reader. It is about two thousand lines of a log, half a minute of the most that pong
 * writes, and no burden for any machine.
 */
export const WAITING_MAX_CHARS = 1024 * 1024;

/** Beyond it, room for errors of the program itself, which explain what follows: a hundred lines. */
const RESERVE_CHARS = 64 * 1024;

/** Options of one text. */
export interface ErrorTextOptions {
  /** An error of the program itself: it is dropped last. */
  readonly isImportant?: boolean;
}

/**
 * Writes progress, errors and logs to stderr without ever waiting for its reader: a pipe that is not read, or a terminal
 * that is stopped (Ctrl+S), delays nothing. What finds no room is dropped and counted, and a line says so once there is
 * room. (A console of Windows is the exception: the system takes each line before the program continues.)
 */
export class ErrorOutput {
  readonly #stream: NodeJS.Process['stderr'];
  readonly #onReaderGone: () => void;
  #describeDropped: (lines: number) => string;
  #isLog = false;
  #hasReader = true;
  /** Dropped since the last line that reported it. */
  #unreported = 0;
  #droppedLines = 0;
  /** A full disk accepted only a part of the last text. */
  #isIncomplete = false;

  /** @param onReaderGone called once when no process reads the texts anymore, unless they are a log. */
  constructor(name: string, stream: NodeJS.Process['stderr'], onReaderGone: () => void) {
    this.#stream = stream;
    this.#onReaderGone = onReaderGone;
    this.#describeDropped = (lines) =>
      `${name}: ${lines} ${lines === 1 ? 'line is' : 'lines are'} missing here, because this output was not read\n`;
    stopBlocking(stream);
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      // The results do not go there: on a full disk only these texts are lost.
      if (code === 'EPIPE') this.#readerHasGone();
    });
  }

  /** Lines that were not written, because they found no room. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /**
   * From now on the texts are a log, which is not a reason to stop when its reader has gone.
   * @param describeDropped returns the line that reports how many lines were dropped.
   */
  becomeLog(describeDropped: (lines: number) => string): void {
    this.#isLog = true;
    this.#describeDropped = describeDropped;
  }

  write(text: string, { isImportant = false }: ErrorTextOptions = {}): void {
    this.#reportDropped();
    if (!this.#hasReader || !this.#hasRoom(text, isImportant) || !this.#pass(text)) this.#drop(text);
  }

  #hasRoom(text: string, isImportant: boolean): boolean {
    const max = WAITING_MAX_CHARS + (isImportant ? RESERVE_CHARS : 0);
    return this.#stream.writableLength + text.length <= max;
  }

  /** @returns whether the system or the queue took it. */
  #pass(text: string): boolean {
    // Node's types know only terminals here; a pipe is a socket too, and a file is not.
    if ((this.#stream as Writable) instanceof Socket) {
      this.#stream.write(text, (error) => {
        if (error === null || error === undefined) this.#reportDropped();
        else this.#drop(text);
      });
      return true;
    }
    return this.#passToFile(text);
  }

  /** Node's stream would be destroyed by the first error, and a full disk may have room again. */
  #passToFile(text: string): boolean {
    const bytes = Buffer.from(this.#isIncomplete ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#stream.fd, bytes, written);
      this.#isIncomplete = false;
      return true;
    } catch {
      this.#isIncomplete ||= written > 0;
      return false;
    }
  }

  #drop(text: string): void {
    const lines = text.split('\n').length - 1;
    this.#droppedLines += lines;
    this.#unreported += lines;
  }

  /** Reports it where half of the room is free, so that the report is not followed by the next gap at once. */
  #reportDropped(): void {
    if (this.#unreported === 0 || !this.#hasReader || this.#stream.writableLength > WAITING_MAX_CHARS / 2) return;
    const lines = this.#unreported;
    this.#unreported = 0;
    if (!this.#pass(this.#describeDropped(lines))) this.#unreported = lines;
  }

  #readerHasGone(): void {
    if (!this.#hasReader) return;
    this.#hasReader = false;
    if (!this.#isLog) this.#onReaderGone();
  }
}

/**
 * Lets writes to a pipe or a terminal return at once. Node lets those to a terminal block, and on Windows those to a
 * pipe, because a process that exits immediately would lose what waits. Here that is waited for.
 */
export function stopBlocking(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (isBlocking: boolean) => number } | null };
  // It returns an error code where this is impossible, as for a console of Windows.
  handle?.setBlocking?.(false);
}
