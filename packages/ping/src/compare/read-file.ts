import { open } from 'node:fs/promises';
import { shown, UsageError } from 'tentacle-protocol';
import { NotAReportError, sideOfReport } from './read-report.js';
import type { Side } from './side.js';

/** A report with all its records is about a megabyte. */
const FILE_BYTES_MOST = 64 * 1024 * 1024;

const WANTED = 'give reports of tentacle-ping HOST --json';

/**
 * One of the files to compare, recognised by the schema that it names.
 * @throws UsageError in one line.
 */
export async function readSide(path: string): Promise<Side> {
  const document = parsed(path, await contents(path));
  const schema = document['schema'];
  if (schema !== 'tentacle-ping/report/1') {
    const what = typeof schema === 'string' ? `is ${shown(schema)}` : 'names no schema';
    throw new UsageError(`${shown(path)} ${what}, which cannot be compared; ${WANTED}`);
  }
  try {
    return sideOfReport(path, document);
  } catch (error) {
    if (!(error instanceof NotAReportError)) throw error;
    throw new UsageError(`${shown(path)} is a damaged report: ${error.message}; ${WANTED}`);
  }
}

async function contents(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const about = await file.stat();
      if (about.isDirectory()) throw new UsageError(`${shown(path)} is a folder; ${WANTED}`);
      // A pipe has no size, so what comes is counted.
      const pieces: Buffer[] = [];
      let sizeBytes = 0;
      for await (const piece of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        sizeBytes += piece.length;
        if (sizeBytes > FILE_BYTES_MOST) throw new UsageError(`${shown(path)} is too large for a report; ${WANTED}`);
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
        ? `${shown(path)}: there is no such file; ${WANTED}`
        : `${shown(path)}: the file cannot be read (${code}); ${WANTED}`,
    );
  }
}

/** Windows PowerShell writes UTF-16 where a command's output goes to a file (`>`), and a byte order mark. */
function textOf(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8';
  return bytes.toString(encoding).replace(/^\ufeff/, '');
}

function parsed(path: string, text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') throw new UsageError(`${shown(path)} is empty; ${WANTED}`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UsageError(`${shown(path)} is no JSON, or was cut short; ${WANTED}`);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new UsageError(`${shown(path)} is no report; ${WANTED}`);
  return document as Record<string, unknown>;
}
