import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IdentityError, shownPath } from './identity-error.js';
import { errnoOf, readIdentityFile } from './identity-file.js';

/** Access for the owner only: read, write and, for the directory, search. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const GROUP_AND_OTHERS = 0o077;

/** Whether anything exists at this path, including a dangling link. Any error other than absence is thrown. */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Rejects a private key that other accounts can read, as ssh does: it would not prove who holds it. Windows does not keep
 * access rights in the mode.
 * @throws IdentityError `too-open`.
 */
export async function requirePrivateMode(path: string, platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return;
  const mode = await stat(path).then(
    (stats) => (stats.isFile() ? stats.mode : 0),
    () => 0, // Missing, a dangling link, not searchable: loading the file reports that more precisely.
  );
  if ((mode & GROUP_AND_OTHERS) === 0) return;
  const problem = `other accounts can access this private key (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`;
  const remedy = `run chmod 600 "${shownPath(path)}", or use a directory on a file system that supports modes`;
  throw new IdentityError('too-open', { file: path, problem, remedy });
}

/**
 * Creates a directory and its missing parents, accessible to the owner only. Each by itself: Node's recursive mkdir never
 * ends below a directory that exists and accepts none, such as /proc.
 * @throws the system's error.
 */
export async function createPrivateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (await isDirectory(directory)) return;
    if (errnoOf(error) !== 'ENOENT') throw error;
    const parent = dirname(directory);
    // It may be there by now: another process creates the same folders.
    if (!(await pathExists(parent))) await createPrivateDirectory(parent);
    await mkdir(directory, { mode: DIRECTORY_MODE }).catch(async (again: unknown) => {
      if (!(await isDirectory(directory))) throw again;
    });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (about) => about.isDirectory(),
    () => false,
  );
}

/**
 * Stores a secret text under this name in a directory: completely written to disk, accessible to the owner only, and only
 * if the name is free.
 * @returns false if the name was taken.
 * @throws the system's error.
 */
export async function storeNewFile(directory: string, name: string, text: string | Buffer): Promise<boolean> {
  const path = join(directory, name);
  // 8 random bytes: names do not collide, and O_EXCL detects it if they do.
  const temporary = join(directory, `.${name}-${randomBytes(8).toString('hex')}.tmp`);
  await writeNew(temporary, text);
  try {
    // `rename` would overwrite. If `link` fails because the file system has no hard links (FAT, some network shares: the
    // codes differ), writing in place is nearly as safe; if `link` fails for another reason, so does that.
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

/** Where a stored file is now, and where it was before this call moved it. */
export interface AdoptedFile {
  readonly path: string;
  readonly movedFrom?: string;
}

/**
 * Moves a stored file from the directory of earlier versions, unless the present one has its own. The former file is
 * deleted only after the new one holds the same bytes; where that cannot be written, the former file stays in use.
 * @throws IdentityError for a former file that cannot be read: a new one in its place would be another identity.
 */
export async function adoptFormerFile(
  name: string,
  directory: string,
  formerDirectory: string | undefined,
): Promise<AdoptedFile> {
  const path = join(directory, name);
  // Where that cannot be found out, it cannot be stored there either.
  if (formerDirectory === undefined || (await pathExists(path).catch(() => false))) return { path };
  const former = join(formerDirectory, name);
  if (!(await pathExists(former))) return { path };
  const bytes = await readIdentityFile(former).catch(async (error: unknown) => {
    // Another process may just have moved it.
    if (await pathExists(path)) return undefined;
    throw error;
  });
  if (bytes === undefined) return { path };
  try {
    await createPrivateDirectory(directory);
    await storeNewFile(directory, name, bytes);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return { path: former };
    throw error;
  }
  if (!(await readIdentityFile(path)).equals(bytes)) return { path };
  await unlink(former).catch(() => undefined);
  await rmdir(formerDirectory).catch(() => undefined);
  return { path, movedFrom: former };
}

/** Writes a file that must not exist yet, and flushes it to disk. A partly written file is removed. */
async function writeNew(path: string, text: string | Buffer): Promise<void> {
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

/** Flushes the directory, so that the name also survives a power failure. Skipped where a directory cannot be opened. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
