import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { describeSystemError, quote, UsageError } from 'tentacle-protocol/cli';
import { readPipe } from './read-pipe.js';
import { findId, type IdentifiedRow } from './find-id.js';

/** The input of explain: a row by its id, or a text to search. */
export type ExplainInput =
  | IdentifiedRow
  /** `unknownId`: the error for a text that may be a misspelled id. */
  | { readonly kind: 'message'; readonly chunks: AsyncIterable<Uint8Array>; readonly unknownId: UsageError | undefined }
  /** `sizeBytes`: absent where it is unknown, as for a pipe. */
  | {
      readonly kind: 'log';
      readonly name: string;
      readonly chunks: AsyncIterable<Uint8Array>;
      readonly sizeBytes?: number;
    };

/** The name of an input that has no file. */
export const STANDARD_INPUT = 'standard input';

/** Up to this size, larger chunks are read faster. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The row of an id, else the content of a file, else a message; `-` or no argument is standard input.
 * @throws UsageError
 */
export async function findInput(words: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<ExplainInput> {
  const [word = '-'] = words;
  if (words.length > 1) {
    if (await areFiles(words))
      throw new UsageError(
        'explain reads one file at a time; to join several, use: cat FILE FILE | tentacle-ping explain -',
      );
    const rows = await Promise.all(words.map(async (other) => findId(other)));
    if (rows.every((row) => row !== undefined))
      throw new UsageError(`explain takes one id at a time; use tentacle-ping explain ${word}`);
    return message(words.join(' '));
  }
  if (word === '-') return { kind: 'log', name: STANDARD_INPUT, chunks: stdin };
  const row = await findId(word);
  if (row !== undefined) return row;
  if (await isPipe(word)) return { kind: 'log', name: word, chunks: readPipe(word) };
  const file = await openFile(word);
  if (file === undefined) return message(word);
  await requireLog(file, word);
  const { size: sizeBytes } = await file.stat();
  return { kind: 'log', name: word, chunks: chunksOf(file, word), sizeBytes };
}

async function message(text: string): Promise<ExplainInput> {
  const { describeUnknownId } = await import('./describe-unknown-id.js');
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text));
  };
  return { kind: 'message', chunks: chunks(), unknownId: describeUnknownId(text) };
}

async function isPipe(word: string): Promise<boolean> {
  return stat(word).then(
    (about) => about.isFIFO(),
    () => false,
  );
}

/** Undefined if the file does not exist and the word need not be a file name. */
async function openFile(word: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(word);
    const about = await file.stat();
    if (!about.isDirectory()) return file;
    await file.close();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    // The system does not accept a long message as a file name either.
    if (!isPathLike(word) && ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ERR_INVALID_ARG_VALUE'].includes(code))
      return undefined;
    const problem = code === 'ENOENT' ? '' : 'the file cannot be read: ';
    throw new UsageError(
      `${quote(word)}: ${problem}${describeSystemError(error)}; use a file, an id, a message in quotes, or - for standard input`,
    );
  }
  throw new UsageError(`${quote(word)} is a folder; use one of the files in it`);
}

/** How a result of this pair begins, and more than the longest schema needs. */
const RESULT = /^\uFEFF?\s*\{\s*"schema":\s*"(tentacle-(?:ping|pong)\/[\w/-]{1,40})"/;
const RESULT_HEAD_BYTES = 128;

/** A result has its explanation already, and other commands read it. */
async function requireLog(file: FileHandle, name: string): Promise<void> {
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(RESULT_HEAD_BYTES), 0, RESULT_HEAD_BYTES, 0)
    // A device has no positions; what cannot be read is reported when its text is.
    .catch(() => ({ buffer: Buffer.alloc(0), bytesRead: 0 }));
  const schema = RESULT.exec(buffer.toString('utf8', 0, bytesRead))?.[1];
  if (schema === undefined) return;
  await file.close();
  throw new UsageError(
    `${quote(name)} is not a log, but a result (${schema}); use tentacle-ping report FILE --html OUT to read it`,
  );
}

async function* chunksOf(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream('', { fd: file, highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw new UsageError(`${quote(name)}: the file cannot be read: ${describeSystemError(error)}`);
  }
}

async function areFiles(words: readonly string[]): Promise<boolean> {
  const isFile = await Promise.all(
    words.map(async (word) =>
      stat(word).then(
        (about) => about.isFile(),
        () => false,
      ),
    ),
  );
  return isFile.every(Boolean);
}

/** The longest path on Windows by default; most paths elsewhere are shorter too. */
const PATH_MAX_CHARS = 260;

/** Whether a word looks like a file name: it starts like a path, or is one word with a log's extension or a slash in it. */
function isPathLike(word: string): boolean {
  if (word.length > PATH_MAX_CHARS || /[\r\n]/.test(word)) return false;
  if (/^(?:[.~]{0,2}[\\/](?![\\/])|\\\\|[A-Za-z]:[\\/])/.test(word)) return true;
  if (/\s|:\/\//.test(word)) return false;
  return /[\\/]/.test(word) || /\.(?:txt|log|json|ndjson|csv|md|out|err|evtx|gz|zip|pcap(?:ng)?|\d{1,3})$/i.test(word);
}
