import { configurationDirectory, type Surroundings } from '../trust/configuration-directory.js';
import { type Identity, makeIdentity } from '../trust/identity.js';
import { IdentityError } from '../trust/identity-error.js';
import { loadOrCreateIdentity } from '../trust/stored-identity.js';
import { loadIdentity } from '../trust/load-identity.js';
import { UsageError } from './usage-error.js';

/** A passphrase has no option of its own: a command line is seen by every account of the machine. */
const PASSPHRASE_WAYS = 'with --passphrase-file, or in TENTACLE_PASSPHRASE';

/** What of these options was given. */
export interface IdentityChoice {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly pfxFile?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** Who we are, and what a user should know of where it came from. */
export interface ChosenIdentity {
  readonly identity: Identity;
  /** The file it was read from; undefined for one that lives as long as the process. */
  readonly from?: string;
  /** A sentence when something is not as usual: made just now, or not kept. */
  readonly note?: string;
}

/**
 * The identity that was asked for, or the kept one, or, where none can be kept, a temporary one with a note.
 * @param program whose configuration folder keeps it.
 * @throws UsageError for files that cannot be used, in one line.
 */
export async function chooseIdentity(
  choice: IdentityChoice,
  surroundings: Surroundings,
  program: string,
  commonName: string,
): Promise<ChosenIdentity> {
  const file = choice.pfxFile ?? choice.certFile ?? choice.keyFile;
  try {
    if (file !== undefined) return { identity: await loadIdentity(choice), from: file };
    const directory = configurationDirectory(surroundings, program);
    const stored = await loadOrCreateIdentity({ directory, commonName, platform: surroundings.platform });
    const note = stored.isNew ? { note: `made a certificate and keep it in ${stored.path}` } : {};
    return { identity: stored.identity, from: stored.path, ...note };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    if (error.code === 'passphrase-needed') throw new UsageError(`${error.message} (${PASSPHRASE_WAYS})`);
    if (error.code !== 'cannot-store') throw new UsageError(error.message);
    const identity = await makeIdentity({ commonName });
    return {
      identity,
      note: `using a certificate for this run only, its thumbprint changes each time: ${error.message}`,
    };
  }
}
