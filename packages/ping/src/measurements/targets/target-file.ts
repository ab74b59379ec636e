import { open } from 'node:fs/promises';
import { quote, UsageError } from 'tentacle-protocol';

/** A hundred thousand names of the longest kind are 25 MB; whatever is larger is no list of targets. */
const FILE_MAX_BYTES = 32 * 1024 * 1024;

/** The text of the file that --targets names. @throws UsageError where it cannot be read. */
export async function readTargetFile(name: string): Promise<string> {
  try {
    const file = await open(name);
    try {
      const buffer = Buffer.alloc(64 * 1024);
      const parts: Buffer[] = [];
      let bytes = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer);
        if (bytesRead === 0) break;
        bytes += bytesRead;
        if (bytes > FILE_MAX_BYTES)
          throw new UsageError(`${quote(name)} is larger than any list of targets; is it the right file?`);
        parts.push(Buffer.from(buffer.subarray(0, bytesRead)));
      }
      return textOf(Buffer.concat(parts));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--targets ${quote(name)} cannot be read (${code ?? message}); give a file with a host[:port] on each line`,
    );
  }
}

/** UTF-8, or UTF-16 as PowerShell's `>` writes it. */
function textOf(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8');
}
