import { join } from 'node:path';
import { AttestationKey, attestationKeyOf, newAttestationKey } from './attestation-key.js';
import type { AccountEnvironment } from '../environment.js';
import { configurationDirectory } from './configuration-directory.js';
import { IdentityError, shownPath } from './identity-error.js';
import { errnoOf, readIdentityFile } from './identity-file.js';
import { exists, makeDirectory, putInPlace, refuseIfOpen } from './kept-file.js';

/** The key by which to attest, and what a user should know of where it came from. */
export interface ChosenAttestationKey {
  readonly key: AttestationKey;
  /** A sentence when it lives for this run only, so that a pinned one will not fit. */
  readonly note?: string;
}

const FILE_NAME = 'attestation-key.pem';

/**
 * The key in `attestation-key.pem` of a program's configuration folder, made on first use, beside the kept identity
 * and whatever certificate the program shows: it is the program's own, so that it stays the same when the certificate
 * is another one. A file that is there is never written to. Where none can be kept, or the one that is there is unfit,
 * a key for this run with a note: to listen is worth more than to attest.
 */
export async function keptAttestationKey(
  environment: AccountEnvironment,
  program: string,
): Promise<ChosenAttestationKey> {
  try {
    const directory = configurationDirectory(environment, program);
    const path = join(directory, FILE_NAME);
    if (!(await exists(path))) {
      await makeDirectory(directory);
      await putInPlace(directory, FILE_NAME, newAttestationKey().pem());
    }
    // Whoever won a race: what is there now.
    await refuseIfOpen(path, environment.platform);
    return { key: keyIn(await readIdentityFile(path), path) };
  } catch (error) {
    const why = reasonOf(error);
    if (why === undefined) throw error;
    return { key: newAttestationKey(), note: `attests by a key for this run only, it changes each time: ${why}` };
  }
}

function keyIn(bytes: Buffer, path: string): AttestationKey {
  try {
    return attestationKeyOf(bytes.toString('latin1'));
  } catch {
    const remedy = 'it is left as it is: move it away, and a new one is made';
    throw new IdentityError('damaged', { file: path, problem: 'is no Ed25519 key in PEM (PKCS#8)', remedy });
  }
}

/** One line, or undefined for a bug of our own. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof IdentityError) {
    const { file, problem } = error;
    return file === undefined ? problem : error.message;
  }
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { path } = error as NodeJS.ErrnoException;
  return `${shownPath(path ?? FILE_NAME)} cannot be kept (${errnoOf(error)})`;
}
