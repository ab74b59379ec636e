import { type Identity } from 'tentacle-protocol';
import { chooseIdentity, type Environment, type ParsedOptions, passphraseFrom } from 'tentacle-protocol/cli';

/**
 * The identity to present: from the files that the options name, or the kept one.
 * @throws UsageError for files that cannot be used.
 */
export async function loadClientIdentity(options: ParsedOptions, environment: Environment): Promise<Identity> {
  const files = { certFile: options.value('cert'), keyFile: options.value('key'), pfxFile: options.value('pfx') };
  const passphrase = await passphraseFrom(options.value('passphrase-file'), environment.env);
  // The program's name is also that of its configuration folder and of its certificate.
  const name = 'tentacle-ping';
  const { identity, note } = await chooseIdentity({ ...files, passphrase }, environment, name, name);
  if (note !== undefined) environment.stderr(`${name}: ${note}\n`);
  return identity;
}
