import { open } from 'node:fs/promises';

/** Reads at most this many bytes of a file of the system. Undefined if it is missing or may not be read. */
export async function readText(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const chunks: Buffer[] = [];
    let left = maxBytes;
    while (left > 0) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, CHUNK_BYTES)));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return undefined;
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Files of /proc have no size before they are read. */
const CHUNK_BYTES = 64 * 1024;
