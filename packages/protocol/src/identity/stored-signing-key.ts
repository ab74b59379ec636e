import { describeWriteError } from '../text/system-error.js';
import { SigningKey, attestationKeyOf, createSigningKey } from './signing-key.js';
import {
  configurationDirectory,
  formerConfigurationDirectory,
  type AccountEnvironment,
} from './configuration-directory.js';
import { IdentityError, shownPath } from './identity-error.js';
import { readIdentityFile } from './identity-file.js';
import { adoptFormerFile, pathExists, createPrivateDirectory, storeNewFile, requirePrivateMode } from './key-store.js';

/** The key that signs attestations, with a note for the user if it is temporary or was moved. */
export interface ChosenSigningKey {
  readonly key: SigningKey;
  /** Says why the key is for this run only, so that a pinned key will not match; or that its file was moved. */
  readonly note?: string;
}

const FILE_NAME = 'attestation-key.pem';

/**
 * Loads the key from `attestation-key.pem` in a program's configuration folder, and creates it on first use. The key
 * belongs to the program and is independent of its certificate, so that it stays the same if the certificate changes. An
 * existing file is never modified. If the key cannot be stored or the file is unusable, returns a temporary key with a
 * note: listening matters more than attesting.
 */
export async function loadOrCreateSigningKey(
  environment: AccountEnvironment,
  program: string,
): Promise<ChosenSigningKey> {
  try {
    const directory = configurationDirectory(environment, program);
    const former = formerConfigurationDirectory(environment, program);
    const { path, movedFrom } = await adoptFormerFile(FILE_NAME, directory, former);
    if (!(await pathExists(path))) {
      await createPrivateDirectory(directory);
      await storeNewFile(directory, FILE_NAME, createSigningKey().pem());
    }
    // Whichever process won a race, this is the stored key.
    await requirePrivateMode(path, environment.platform);
    const key = parseKey(await readIdentityFile(path), path);
    return movedFrom === undefined ? { key } : { key, note: `moved the attestation key from ${movedFrom} to ${path}` };
  } catch (error) {
    const reason = describeStorageError(error);
    if (reason === undefined) throw error;
    return { key: createSigningKey(), note: `attests with a temporary key that changes with every run: ${reason}` };
  }
}

function parseKey(bytes: Buffer, path: string): SigningKey {
  try {
    return attestationKeyOf(bytes.toString('latin1'));
  } catch {
    const remedy = 'the file was not changed: move it away to create a new one';
    throw new IdentityError('damaged', { file: path, problem: 'is not an Ed25519 key in PEM (PKCS#8)', remedy });
  }
}

/** Describes a storage error in one line; undefined for a bug in this program. */
function describeStorageError(error: unknown): string | undefined {
  if (error instanceof IdentityError) {
    const { file, problem } = error;
    return file === undefined ? problem : error.message;
  }
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { path } = error as NodeJS.ErrnoException;
  return `${shownPath(path ?? FILE_NAME)}: the key cannot be stored: ${describeWriteError(error)}`;
}
