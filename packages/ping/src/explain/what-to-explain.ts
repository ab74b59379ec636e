import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { catalogue, type FailureId, type Row, quote, UsageError } from 'tentacle-protocol';
import type { Match } from './explanation.js';
import { matchOfRow } from './tally.js';

/** What was asked for: a row by its id, or a text to look through. */
export type WhatToExplain =
  | { readonly kind: 'failure'; readonly row: Row<FailureId> }
  | { readonly kind: 'log-line'; readonly match: Match }
  | { readonly kind: 'message'; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly kind: 'log'; readonly name: string; readonly chunks: AsyncIterable<Uint8Array> };

/** Larger pieces are faster up to here. */
const CHUNK_BYTES = 256 * 1024;

/**
 * An id, else a file, else a message; `-` and nothing at all are standard input.
 * @throws UsageError
 */
export async function whatToExplain(
  words: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
): Promise<WhatToExplain> {
  const [word = '-'] = words;
  if (words.length > 1) {
    if (await areFiles(words))
      throw new UsageError('one file at a time; or join them: cat FILE FILE | tentacle-ping explain -');
    return message(words.join(' '));
  }
  if (word === '-') return { kind: 'log', name: 'standard input', chunks: stdin };
  const row = catalogue.find(({ id }) => id === word);
  if (row !== undefined) return { kind: 'failure', row };
  const match = matchOfRow(word);
  if (match !== undefined) return { kind: 'log-line', match };
  const file = await openFile(word);
  return file === undefined ? message(word) : { kind: 'log', name: word, chunks: chunksOf(file, word) };
}

function message(text: string): WhatToExplain {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text));
  };
  return { kind: 'message', chunks: chunks() };
}

/** Undefined where there is no such file and the word need not mean one. */
async function openFile(word: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(word);
    const about = await file.stat();
    if (!about.isDirectory()) return file;
    await file.close();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    // A long message is no file name to the system either.
    if (!isPathLike(word) && ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ERR_INVALID_ARG_VALUE'].includes(code))
      return undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new UsageError(`${quote(word)}: ${why}; give a file, an id, a message in quotes, or - for standard input`);
  }
  throw new UsageError(`${quote(word)} is a folder; give one of the files in it`);
}

async function* chunksOf(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream('', { fd: file, highWaterMark: CHUNK_BYTES });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(`${quote(name)}: the file cannot be read (${code})`);
  }
}

async function areFiles(words: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    words.map(async (word) =>
      stat(word).then(
        (about) => about.isFile(),
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/** Windows's longest, and longer than most others. */
const PATH_MAX_CHARS = 260;

/** Written like a file name: it begins as a path does, or is one word that ends as a log does or has a slash in it. */
function isPathLike(word: string): boolean {
  if (word.length > PATH_MAX_CHARS || /[\r\n]/.test(word)) return false;
  if (/^(?:[.~]{0,2}[\\/](?![\\/])|\\\\|[A-Za-z]:[\\/])/.test(word)) return true;
  if (/\s|:\/\//.test(word)) return false;
  return /[\\/]/.test(word) || /\.(?:txt|log|json|ndjson|csv|md|out|err|evtx|gz|zip|pcap(?:ng)?|\d{1,3})$/i.test(word);
}
