import { platform as currentPlatform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdentityError, type IdentityErrorCode } from './identity-error.js';
import { errnoOf } from './identity-file.js';
import { makePemPair, type Identity } from './identity.js';
import { exists, makeDirectory, putInPlace, refuseIfOpen } from './kept-file.js';
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

const FILE_NAME = 'identity.pem';

/**
 * The identity in `directory`/identity.pem, made on first use. However many processes begin at once, one makes it and
 * all get that one. A file that is there is never written to, whatever is in it.
 * @throws IdentityError `not-kept` when it is missing and cannot be made there; other codes when it is there and unfit.
 */
export async function keptIdentity(options: KeptIdentityOptions): Promise<KeptIdentity> {
  const path = join(options.directory, FILE_NAME);
  const platform = options.platform ?? currentPlatform();
  try {
    if (await exists(path)) return { identity: await loadKept(path, platform), path, made: false };
    await makeDirectory(options.directory);
    const { cert, key } = await makePemPair(options);
    const made = await putInPlace(options.directory, FILE_NAME, `${key.trimEnd()}\n${cert.trimEnd()}\n`);
    return { identity: await loadKept(path, platform), path, made };
  } catch (error) {
    throw isSystemError(error) ? notKept(path, error) : error;
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

/** Rights have their own remedy. For the rest, what a loader advises (export it anew) does not suit a file we keep. */
function leftAlone(error: IdentityError): IdentityError {
  if (error.code === 'too-open') return error;
  const { file, cause } = error;
  const problem = error.code === 'not-found' ? 'is a symbolic link to nothing' : error.problem;
  const code = error.code === 'not-found' ? 'not-a-file' : error.code;
  return new IdentityError(code, { file, problem, remedy: 'it is left as it is: move it away or give --cert', cause });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function notKept(path: string, cause: unknown): IdentityError {
  const problem = `a new identity cannot be kept here (${errnoOf(cause)})`;
  const remedy = 'let this account write there, name another directory, or give --cert';
  return new IdentityError('not-kept', { file: path, problem, remedy, cause });
}
