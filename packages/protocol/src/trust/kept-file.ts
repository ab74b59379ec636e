import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { IdentityError, shownPath } from './identity-error.js';
import { errnoOf } from './identity-file.js';

/** Owner only: read, write and, for the directory, search. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const GROUP_AND_OTHERS = 0o077;

/** Whether anything has this name, be it a link to nothing. Any error but its absence is thrown. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * As ssh does: a key that others can read is no proof of who we are. Windows keeps its rights elsewhere.
 * @throws IdentityError `too-open`.
 */
export async function refuseIfOpen(path: string, platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return;
  const mode = await stat(path).then(
    (found) => (found.isFile() ? found.mode : 0),
    () => 0, // Gone, a link to nothing, not searchable: loading it says so better.
  );
  if ((mode & GROUP_AND_OTHERS) === 0) return;
  const problem = `other accounts have rights to this private key (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`;
  const remedy = `chmod 600 "${shownPath(path)}" (or use a directory on a file system that keeps modes)`;
  throw new IdentityError('too-open', { file: path, problem, remedy });
}

/** Make a directory with its parents where it is missing, for its owner alone. */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
}

/**
 * Give a secret text this name in a directory: only when it is whole on disk, for its owner alone, and only if nobody
 * has the name.
 * @returns false when somebody had it.
 * @throws the system's error.
 */
export async function putInPlace(directory: string, name: string, text: string): Promise<boolean> {
  const path = join(directory, name);
  // 8 random bytes: names do not meet, and O_EXCL notices if they do.
  const temporary = join(directory, `.${name}-${randomBytes(8).toString('hex')}.tmp`);
  await writeNew(temporary, text);
  try {
    // `rename` would overwrite. Where `link` fails because the file system has none (FAT, some network shares: the
    // codes differ), writing in place does nearly as well; where it fails for another reason, so does that.
    await link(temporary, path).catch((error: unknown) =>
      errnoOf(error) === 'EEXIST' ? Promise.reject(error as Error) : writeNew(path, text),
    );
    await syncDirectory(directory);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** Write a file that must not exist yet, through to the disk. A half-written one does not stay. */
async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/** So that the name, too, survives a power cut. Not every platform lets a directory be opened; then it is left out. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
