import { open } from 'node:fs/promises';
import { quote, UsageError } from 'tentacle-protocol';

/** A report with all its records is about a megabyte. */
const FILE_BYTES_MOST = 64 * 1024 * 1024;

/** What is said of every file that will not do. */
export const WANTED = 'give reports of tentacle-ping HOST --json';

/** What a file holds: one JSON document, or one a line. */
export interface Documents {
  /** What the first one says that it is; undefined where it says nothing. */
  readonly schema: string | undefined;
  readonly all: readonly Document[];
}

export type Document = Readonly<Record<string, unknown>>;

/**
 * Read one of the files to compare.
 * @throws UsageError in one line.
 */
export async function readDocuments(path: string): Promise<Documents> {
  const text = await contents(path);
  if (text.trim() === '') throw new UsageError(`${quote(path)} is empty; ${WANTED}`);
  const whole = parsed(text);
  const all = whole === undefined ? lines(text).map(parsed) : [whole];
  if (all.includes(undefined)) throw new UsageError(`${quote(path)} is no JSON, or was cut short; ${WANTED}`);
  const documents = all.filter(isDocument);
  if (documents.length < all.length) throw new UsageError(`${quote(path)} is no report; ${WANTED}`);
  const schema = documents[0]?.['schema'];
  return { schema: typeof schema === 'string' ? schema : undefined, all: documents };
}

async function contents(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const about = await file.stat();
      if (about.isDirectory()) throw new UsageError(`${quote(path)} is a folder; ${WANTED}`);
      // A pipe has no size, so what comes is counted.
      const pieces: Buffer[] = [];
      let sizeBytes = 0;
      for await (const piece of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        sizeBytes += piece.length;
        if (sizeBytes > FILE_BYTES_MOST) throw new UsageError(`${quote(path)} is too large for a report; ${WANTED}`);
        pieces.push(piece);
      }
      return textOf(Buffer.concat(pieces));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT'
        ? `${quote(path)}: there is no such file; ${WANTED}`
        : `${quote(path)}: the file cannot be read (${code}); ${WANTED}`,
    );
  }
}

/** Windows PowerShell writes UTF-16 where a command's output goes to a file (`>`), and a byte order mark. */
function textOf(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8';
  return bytes.toString(encoding).replace(/^\ufeff/, '');
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
