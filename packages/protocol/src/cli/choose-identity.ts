import type { AccountEnvironment } from './environment.js';
import { configurationDirectory, formerConfigurationDirectory } from '../identity/configuration-directory.js';
import { type Identity, createIdentity } from '../identity/identity.js';
import { IdentityError } from '../identity/identity-error.js';
import { loadOrCreateIdentity, type StoredIdentity } from '../identity/stored-identity.js';
import { loadIdentity } from '../identity/load-identity.js';
import { serviceAccountOf } from '../identity/service-account.js';
import { UsageError } from './usage-error.js';

/** A passphrase has no option of its own, because every account of a machine can read a command line. */
const PASSPHRASE_SOURCES = 'use --passphrase-file, or set TENTACLE_PASSPHRASE';

/** The options that select an identity. */
export interface IdentityChoice {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly pfxFile?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** An identity and its origin. */
export interface ChosenIdentity {
  readonly identity: Identity;
  /** The file it was read from; absent for an identity that exists only in this process. */
  readonly from?: string;
  /** One sentence when it was generated or moved just now, or belongs to a service account. */
  readonly note?: string;
}

/**
 * The identity that the options select, or the kept one, or, when none can be kept, a temporary one with a note.
 * @param program the program whose configuration folder keeps it.
 * @throws UsageError for files that cannot be used, in one line.
 */
export async function chooseIdentity(
  choice: IdentityChoice,
  environment: AccountEnvironment,
  program: string,
  commonName: string,
): Promise<ChosenIdentity> {
  const file = choice.pfxFile ?? choice.certFile ?? choice.keyFile;
  try {
    if (file !== undefined) return { identity: await loadIdentity(choice), from: file };
    const directory = configurationDirectory(environment, program);
    const formerDirectory = formerConfigurationDirectory(environment, program);
    const { platform } = environment;
    const { identity, path, ...stored } = await loadOrCreateIdentity({
      directory,
      formerDirectory,
      commonName,
      platform,
    });
    const note = noteOf(path, stored);
    return note === undefined ? { identity, from: path } : { identity, from: path, note };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    if (error.code === 'passphrase-needed') throw new UsageError(`${error.message} (${PASSPHRASE_SOURCES})`);
    if (error.code !== 'cannot-store') throw new UsageError(error.message);
    const identity = await createIdentity({ commonName });
    return {
      identity,
      note: `using a temporary certificate, whose thumbprint changes with every run: ${error.message}`,
    };
  }
}

function noteOf(path: string, stored: Pick<StoredIdentity, 'isNew' | 'movedFrom'>): string | undefined {
  const origin = originOf(path, stored);
  const account = serviceAccountOf(path);
  if (account === undefined) return origin;
  const explained = `this process runs as ${account}, whose certificate is not that of your own account (--pfx presents another)`;
  return origin === undefined ? explained : `${explained}; it ${origin}`;
}

function originOf(path: string, { isNew, movedFrom }: Pick<StoredIdentity, 'isNew' | 'movedFrom'>): string | undefined {
  if (isNew) return `generated a certificate and stored it in ${path}`;
  return movedFrom === undefined ? undefined : `moved the certificate and its key from ${movedFrom} to ${path}`;
}
