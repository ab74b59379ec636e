import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, stat, unlink } from 'node:fs/promises';
import { platform as currentPlatform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdentityError, type IdentityErrorCode, shownPath } from './identity-error.js';
import { errnoOf } from './identity-file.js';
import { makePemPair, type Identity } from './identity.js';
import { loadIdentity } from './load-identity.js';

/** An identity that outlives the process, so that a peer which trusts it once trusts it again. */
export interface KeptIdentity {
  readonly identity: Identity;
  /** The PEM file that holds it. */
  readonly path: string;
  /** Whether this call made it; otherwise it was there. */
  readonly made: boolean;
}

export interface KeptIdentityOptions {
  /** Made, with its parents, where it is missing: for its owner alone. */
  readonly directory: string;
  /** For a new certificate, see `NewIdentity`. */
  readonly commonName: string;
  /** The caller's `process.platform`: POSIX systems also check who may read the file. */
  readonly platform?: NodeJS.Platform;
}

/** Owner only: read, write and, for the directory, search. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const GROUP_AND_OTHERS = 0o077;

/**
 * The identity in `directory`/identity.pem, made on first use. However many processes begin at once, one makes it and
 * all get that one. A file that is there is never written to, whatever is in it.
 * @throws IdentityError `not-kept` when it is missing and cannot be made there; other codes when it is there and unfit.
 */
export async function keptIdentity(options: KeptIdentityOptions): Promise<KeptIdentity> {
  const path = join(options.directory, 'identity.pem');
  const platform = options.platform ?? currentPlatform();
  try {
    if (await exists(path)) return { identity: await loadKept(path, platform), path, made: false };
    await mkdir(options.directory, { recursive: true, mode: DIRECTORY_MODE });
    const { cert, key } = await makePemPair(options);
    const made = await putInPlace(options.directory, path, `${key.trimEnd()}\n${cert.trimEnd()}\n`);
    return { identity: await loadKept(path, platform), path, made };
  } catch (error) {
    throw isSystemError(error) ? notKept(path, error) : error;
  }
}

/** Whether anything has this name, be it a link to nothing. Any error but its absence is thrown. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Where hard links are missing, the winner of a race is seen while it writes 3 KB: look again for up to half a second. */
const LOOKS = 6;
const BETWEEN_LOOKS_MS = 100;
const UNFINISHED: readonly IdentityErrorCode[] = ['empty', 'unknown-format', 'damaged', 'no-certificate'];

async function loadKept(path: string, platform: NodeJS.Platform): Promise<Identity> {
  for (let look = 1; ; look++) {
    try {
      await refuseIfOpen(path, platform);
      return await loadIdentity({ certFile: path });
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      if (!UNFINISHED.includes(error.code) || look === LOOKS) throw leftAlone(error);
    }
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** As ssh does: a key that others can read is no proof of who we are. Windows keeps its rights elsewhere. */
async function refuseIfOpen(path: string, platform: NodeJS.Platform): Promise<void> {
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

/** Rights have their own remedy. For the rest, what a loader advises (export it anew) does not suit a file we keep. */
function leftAlone(error: IdentityError): IdentityError {
  if (error.code === 'too-open') return error;
  const { file, cause } = error;
  const problem = error.code === 'not-found' ? 'is a symbolic link to nothing' : error.problem;
  const code = error.code === 'not-found' ? 'not-a-file' : error.code;
  return new IdentityError(code, { file, problem, remedy: 'it is left as it is: move it away or give --cert', cause });
}

/** Give the text its name only when it is whole on disk, and only if nobody has the name. False: somebody had it. */
async function putInPlace(directory: string, path: string, text: string): Promise<boolean> {
  // 8 random bytes: names do not meet, and O_EXCL notices if they do.
  const temporary = join(directory, `.identity-${randomBytes(8).toString('hex')}.tmp`);
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

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function notKept(path: string, cause: unknown): IdentityError {
  const problem = `a new identity cannot be kept here (${errnoOf(cause)})`;
  const remedy = 'let this account write there, name another directory, or give --cert';
  return new IdentityError('not-kept', { file: path, problem, remedy, cause });
}
