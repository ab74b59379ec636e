import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type PlatformPath, posix, win32 } from 'node:path';
import { describeSystemError } from '../../text/system-error.js';
import type { Host } from '../host.js';
import type { UnreadPlace } from './configuration.js';

/** A file of the host: its bytes, or why they were not read. */
export type HostFile =
  | { readonly kind: 'read'; readonly bytes: Buffer; readonly modifiedAt: Date }
  | { readonly kind: 'unread'; readonly place: UnreadPlace };

/** Where a path of the host is read: in a test, below a folder that replaces the root. */
export function hostPath({ fileRoot }: Pick<Host, 'fileRoot'>, path: string): string {
  return fileRoot === '' ? path : `${fileRoot}/${path.replace(/^([a-z]):/i, '$1').replaceAll('\\', '/')}`;
}

/** The rules of paths on the host, which in a test is another system than this one. */
export function pathsOf({ platform }: Pick<Host, 'platform'>): PlatformPath {
  return platform === 'win32' ? win32 : posix;
}

/** Reads a whole file of the host, which is malformed when it is longer. */
export async function readHostFile(host: Host, path: string, maxBytes: number): Promise<HostFile> {
  return read(host, path, (size) =>
    size > maxBytes ? `it is larger than ${maxBytes.toLocaleString('en-US')} bytes` : { from: 0, maxBytes },
  );
}

/** Reads the last bytes of a file of the host. */
export async function readEndOfHostFile(host: Host, path: string, maxBytes: number): Promise<HostFile> {
  return read(host, path, (size) => ({ from: Math.max(0, size - maxBytes), maxBytes }));
}

interface Part {
  readonly from: number;
  readonly maxBytes: number;
}

async function read(host: Host, path: string, choosePart: (size: number) => Part | string): Promise<HostFile> {
  try {
    // The open of a pipe would wait for its other end.
    const file = await open(
      hostPath(host, path),
      host.platform === 'win32' ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK,
    );
    try {
      const stat = await file.stat();
      const part = stat.isFile() ? choosePart(stat.size) : 'it is not a file';
      if (typeof part === 'string') return unread(path, 'malformed', part);
      return { kind: 'read', bytes: await readPart(file, part), modifiedAt: stat.mtime };
    } finally {
      await file.close();
    }
  } catch (error) {
    return unread(path, reasonOf(error), describeSystemError(error));
  }
}

async function readPart(file: FileHandle, { from, maxBytes }: Part): Promise<Buffer> {
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const { bytesRead } = await file.read(buffer, length, maxBytes - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function unread(path: string, why: UnreadPlace['why'], detail: string): HostFile {
  return { kind: 'unread', place: { path, why, detail } };
}

/** Why the system refused to open or list a place. */
export function reasonOf(error: unknown): UnreadPlace['why'] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'malformed';
}
