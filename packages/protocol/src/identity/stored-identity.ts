import { platform as currentPlatform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWriteError } from '../text/system-error.js';
import { IdentityError, type IdentityErrorCode } from './identity-error.js';
import { createPemPair, type Identity } from './identity.js';
import { adoptFormerFile, pathExists, createPrivateDirectory, storeNewFile, requirePrivateMode } from './key-store.js';
import { loadIdentity } from './load-identity.js';

/** An identity in a file, so that a peer that trusts it keeps trusting it in later runs. */
export interface StoredIdentity {
  readonly identity: Identity;
  /** The PEM file that holds it. */
  readonly path: string;
  /** Whether this call created it. */
  readonly isNew: boolean;
  /** The file that this call moved to `path`. */
  readonly movedFrom?: string;
}

/** Where and how to store an identity. */
export interface StoredIdentityOptions {
  /** Created with its parents if it is missing, accessible to the owner only. */
  readonly directory: string;
  /** Where earlier versions stored it: a file there is moved. */
  readonly formerDirectory?: string | undefined;
  /** The name in a new certificate, see `NewIdentity`. */
  readonly commonName: string;
  /** The caller's `process.platform`: on POSIX systems the file's mode is checked too. */
  readonly platform?: NodeJS.Platform;
}

const FILE_NAME = 'identity.pem';

/**
 * Loads the identity from `directory`/identity.pem, and creates it on first use. If several processes start at once, one
 * creates it and all use that one. An existing file is never modified.
 * @throws IdentityError `cannot-store` if it is missing and cannot be created; other codes if it exists and is unusable.
 */
export async function loadOrCreateIdentity(options: StoredIdentityOptions): Promise<StoredIdentity> {
  const { directory, formerDirectory, platform = currentPlatform() } = options;
  let path = join(directory, FILE_NAME);
  try {
    const adopted = await adoptFormerFile(FILE_NAME, directory, formerDirectory);
    path = adopted.path;
    if (await pathExists(path)) return { identity: await loadStored(path, platform), isNew: false, ...adopted };
    await createPrivateDirectory(directory);
    const { cert, key } = await createPemPair(options);
    const isNew = await storeNewFile(directory, FILE_NAME, `${key.trimEnd()}\n${cert.trimEnd()}\n`);
    return { identity: await loadStored(path, platform), path, isNew };
  } catch (error) {
    throw isSystemError(error) ? cannotStore(path, error) : error;
  }
}

/** Without hard links, another process may still be writing the 3 KB: retry for up to half a second. */
const MAX_READS = 6;
const RETRY_DELAY_MS = 100;
const INCOMPLETE: readonly IdentityErrorCode[] = ['empty', 'unknown-format', 'damaged', 'no-certificate'];

async function loadStored(path: string, platform: NodeJS.Platform): Promise<Identity> {
  for (let read = 1; ; read++) {
    try {
      await requirePrivateMode(path, platform);
      return await loadIdentity({ certFile: path });
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      if (!INCOMPLETE.includes(error.code) || read === MAX_READS) throw withStoreRemedy(error);
    }
    await sleep(RETRY_DELAY_MS);
  }
}

/** Replaces the remedy, because exporting the file again does not apply to a stored identity. Wrong rights keep theirs. */
function withStoreRemedy(error: IdentityError): IdentityError {
  if (error.code === 'too-open') return error;
  const { file, cause } = error;
  const problem = error.code === 'not-found' ? 'is a dangling symbolic link' : error.problem;
  const code = error.code === 'not-found' ? 'not-a-file' : error.code;
  return new IdentityError(code, { file, problem, remedy: STORE_REMEDY, cause });
}

const STORE_REMEDY = 'the file was not changed: move it away, or use --cert';

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function cannotStore(path: string, cause: unknown): IdentityError {
  const problem = `a new identity cannot be stored here: ${describeWriteError(cause)}`;
  const remedy = 'grant this account write access, use another directory, or use --cert';
  return new IdentityError('cannot-store', { file: path, problem, remedy, cause });
}
