import { recognise, type IdentityContents } from './identity-contents.js';
import { IdentityError, shownPath } from './identity-error.js';
import { readIdentityFile } from './identity-file.js';
import type { Identity } from './identity.js';
import { damaged } from './openssl-reason.js';
import { pemIdentity, type PemFile } from './pem-identity.js';
import { pfxIdentity } from './pfx-identity.js';

/** Where an identity is. What a file is shows from its bytes, so a PFX may also be given as `certFile`. */
export interface IdentityFiles {
  /** PEM: the own certificate first, then its chain if there is one; perhaps its key too. */
  readonly certFile?: string | undefined;
  /** PEM: the private key, where it has a file of its own. */
  readonly keyFile?: string | undefined;
  /** PKCS#12 (.pfx, .p12), binary or as the base64 text that `Tentacle new-certificate --export-file` writes. */
  readonly pfxFile?: string | undefined;
  /** Of the PFX or of the encrypted key; not looked at where nothing is encrypted. */
  readonly passphrase?: string | undefined;
  /** The cipher list that the identity will be used with: its `@SECLEVEL` decides which keys OpenSSL takes. */
  readonly ciphers?: string | undefined;
}

/**
 * Load an identity, and make sure that this OpenSSL takes it. Keys are RSA at Octopus; others are taken as well, and
 * {@link Identity.certificate} tells.
 * @throws IdentityError
 */
export async function loadIdentity(files: IdentityFiles): Promise<Identity> {
  const { certFile, keyFile, pfxFile } = files;
  if (pfxFile !== undefined && (certFile ?? keyFile) !== undefined) {
    const problem = 'a PFX file holds certificate and key, and another file is given with it';
    throw new IdentityError('bad-options', { file: pfxFile, problem, remedy: 'give the one or the other' });
  }
  // A key file without a certificate file may well hold both.
  const file = pfxFile ?? certFile ?? keyFile;
  if (file === undefined) {
    const problem = 'no file is named';
    throw new IdentityError('bad-options', { problem, remedy: 'give a PEM certificate with its key, or a PFX file' });
  }
  const contents = recognise(await readIdentityFile(file));
  if (contents.kind === 'pfx') {
    if (keyFile === undefined || keyFile === file) return pfxIdentity(contents.bytes, file, files);
    const problem = 'is a PFX file, which holds its key, and a key file is given with it';
    throw new IdentityError('bad-options', { file, problem, remedy: 'leave the key file out' });
  }
  const cert = asPem(contents, file);
  if (keyFile === undefined || keyFile === file) return pemIdentity(cert, cert, files);
  return pemIdentity(cert, asPem(recognise(await readIdentityFile(keyFile)), keyFile), files);
}

/** @throws IdentityError for everything that is not whole PEM. */
function asPem(contents: IdentityContents, file: string): PemFile {
  const path = shownPath(file);
  const wrong = (problem: string, remedy: string): IdentityError =>
    new IdentityError('unknown-format', { file, problem, remedy });
  switch (contents.kind) {
    case 'pem':
      return { file, blocks: contents.blocks };
    case 'cut-pem':
      throw damaged(file, `its ${contents.label === '' ? 'PEM block' : contents.label} has no end`);
    case 'der-certificate':
      throw wrong(
        'is a bare certificate in binary form (DER): it holds no key, and PEM is needed',
        `convert it: openssl x509 -inform DER -in "${path}" -out cert.pem, and give its key too; or export a PFX`,
      );
    case 'der-key':
      throw wrong(
        'is a private key in binary form (DER), and PEM is needed',
        `convert it: openssl pkey -inform DER -in "${path}" -out key.pem`,
      );
    case 'pkcs7':
      throw wrong('is a PKCS#7 file (.p7b), which holds certificates but no key', 'export a PFX instead');
    case 'pfx':
      throw wrong(
        'is a PFX file, and a PEM key is needed here',
        'give the PFX file alone: it holds certificate and key',
      );
    case 'unknown':
      throw wrong('is neither PEM nor PFX', 'give a PEM file (it has a line -----BEGIN …-----) or a PFX file');
  }
}
