import { open } from 'node:fs/promises';
import { decodeText } from '../text/decode-text.js';
import { describeSystemError } from '../text/system-error.js';
import { quote } from '../text/sanitize.js';
import { UsageError } from './usage-error.js';

/** A text file that an option or argument names. */
export interface TextFileRequest {
  /** The option, for messages: `--targets`; absent for an argument. */
  readonly option?: string;
  readonly maxBytes: number;
  /** What to use in place of a file that cannot be read: `use a file with one host per line`. */
  readonly remedy: string;
}

/**
 * Reads a whole text file in any encoding that PowerShell writes, also from a pipe.
 * @throws UsageError in one line, which contains nothing of the file.
 */
export async function readTextFile(path: string, { option, maxBytes, remedy }: TextFileRequest): Promise<string> {
  const name = option === undefined ? quote(path) : `${option}: ${quote(path)}`;
  try {
    const file = await open(path);
    try {
      if ((await file.stat()).isDirectory()) throw new UsageError(`${name} is a folder; use a file in it`);
      // A pipe has no size, so the bytes are counted as they arrive.
      const pieces: Buffer[] = [];
      let bytes = 0;
      for await (const piece of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes)
          throw new UsageError(`${name} is too large (more than ${maxBytes.toLocaleString('en-US')} bytes); ${remedy}`);
        pieces.push(piece);
      }
      const text = decodeText(Buffer.concat(pieces));
      // A null character is in nearly every file that is not text, such as a PFX, and in no text.
      if (text.includes('\0')) throw new UsageError(`${name} is not a text file; ${remedy}`);
      return text;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name} cannot be read: ${describeSystemError(error)}; ${remedy}`);
  }
}
