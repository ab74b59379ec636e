import { getSystemErrorMap } from 'node:util';

/** The words of the errors that people meet with files; the others have those of the system's own list. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EDQUOT: "the account's disk quota is used up",
  EFBIG: 'it is larger than its file system allows',
  EROFS: 'its file system is read-only',
  EBUSY: 'another process uses it',
  ETXTBSY: 'another process uses it',
  EMFILE: 'this process has too many open files',
  ENFILE: 'this machine has too many open files',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a circular symbolic link',
  EIO: 'the disk reports an error',
  ENXIO: 'it is a device or a pipe without another end',
  ENODEV: 'its device is missing',
  EPIPE: 'its reader has ended',
  ESTALE: 'its network share has changed',
  EAGAIN: 'it is a pipe without data',
  // A name with a null character.
  ERR_INVALID_ARG_VALUE: 'its name is not valid',
};

/** In words and without a code, why a file or port cannot be used: `no such file`. */
export function describeSystemError(error: unknown): string {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  const known = code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  const [, words] = (errno === undefined ? undefined : getSystemErrorMap().get(errno)) ?? [];
  return known ?? words ?? 'the system reports an unknown error';
}

/** The same for a file that is to be created, where a missing part is a folder. */
export function describeWriteError(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    ? 'its folder does not exist'
    : describeSystemError(error);
}
