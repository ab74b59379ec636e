import { constants, open, type FileHandle } from 'node:fs/promises';
import { describeSystemError } from '../text/system-error.js';
import { IdentityError } from './identity-error.js';

/** A certificate with its key has 3 KB, with a long chain 20 KB. A larger file is something else and is not read. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file that contains an identity.
 * @throws IdentityError not-found, no-permission, not-a-file, too-large, unreadable or empty.
 */
export async function readIdentityFile(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    // Non-blocking: opening a named pipe would otherwise wait for a writer. (Windows has no such flag.)
    handle = await open(file, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const stat = await handle.stat();
    if (stat.isDirectory()) throw notAFile(file, 'is a directory');
    if (!stat.isFile()) throw notAFile(file, 'is a device or a pipe');
    const bytes = await readAtMost(handle, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      const problem = `exceeds ${MAX_BYTES / 1024} KiB, so it is not a certificate or key`;
      throw new IdentityError('too-large', { file, problem, remedy: 'use the file of the certificate or key' });
    }
    if (bytes.length === 0) {
      throw new IdentityError('empty', { file, problem: 'is empty', remedy: 'export the certificate or key again' });
    }
    return bytes;
  } catch (error) {
    throw error instanceof IdentityError ? error : unreadable(file, error);
  } finally {
    await handle?.close();
  }
}

async function readAtMost(handle: FileHandle, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < maxBytes) {
    // 64 KiB: any ordinary file in one read.
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(64 * 1024, maxBytes - length)));
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(parts, length);
}

function notAFile(file: string, problem: string): IdentityError {
  return new IdentityError('not-a-file', { file, problem, remedy: 'use a PEM or PFX file' });
}

function unreadable(file: string, cause: unknown): IdentityError {
  const code = errnoOf(cause);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new IdentityError('not-found', {
        file,
        problem: 'the file does not exist',
        remedy: 'check the path',
        cause,
      });
    case 'EACCES':
    case 'EPERM': {
      const remedy = 'run as the account that owns it, or grant this account read access';
      return new IdentityError('no-permission', {
        file,
        problem: `this account may not read it`,
        remedy,
        cause,
      });
    }
    case 'EISDIR':
      return notAFile(file, 'is a directory');
    case 'ELOOP':
      return notAFile(file, 'is a circular symbolic link');
    default:
      return new IdentityError('unreadable', {
        file,
        problem: `cannot be read: ${describeSystemError(cause)}`,
        remedy: 'check the disk',
        cause,
      });
  }
}

/** Returns the system's code of a file system error (`EACCES`). */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
