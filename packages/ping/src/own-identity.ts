import { chooseIdentity, type Given, type Identity, passphraseFrom } from 'tentacle-protocol';
import type { Io } from './commands/command.js';

/**
 * Who we are to the peer, by the options or by what is kept.
 * @throws UsageError for files that cannot be used.
 */
export async function ownIdentity(
  given: Given,
  { surroundings, stderr }: Pick<Io, 'surroundings' | 'stderr'>,
): Promise<Identity> {
  const files = { certFile: given.one('cert'), keyFile: given.one('key'), pfxFile: given.one('pfx') };
  const passphrase = await passphraseFrom(given.one('passphrase-file'), surroundings.env);
  // The name of the program is its folder's and its certificate's.
  const name = 'tentacle-ping';
  const { identity, note } = await chooseIdentity({ ...files, passphrase }, surroundings, name, name);
  if (note !== undefined) stderr(`${name}: ${note}\n`);
  return identity;
}
