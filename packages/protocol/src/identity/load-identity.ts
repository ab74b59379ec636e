import { identifyContents, type IdentityContents } from './identity-contents.js';
import { IdentityError, shownPath } from './identity-error.js';
import { readIdentityFile } from './identity-file.js';
import type { Identity } from './identity.js';
import { damaged } from './openssl-errors.js';
import { pemIdentity, type PemFile } from './pem-identity.js';
import { pfxIdentity } from './pfx-identity.js';

/** The files of an identity. Their format is identified from their bytes, so `certFile` may also name a PFX. */
export interface IdentityFiles {
  /** PEM: the certificate itself first, then its chain if there is one; the key may be in the same file. */
  readonly certFile?: string | undefined;
  /** PEM: the private key, if it is in a separate file. */
  readonly keyFile?: string | undefined;
  /** PKCS#12 (.pfx, .p12), binary or as the base64 text that `Tentacle new-certificate --export-file` writes. */
  readonly pfxFile?: string | undefined;
  /** Passphrase of the PFX or of the encrypted key; ignored if nothing is encrypted. */
  readonly passphrase?: string | undefined;
  /** The cipher list that the identity will be used with: its `@SECLEVEL` decides which keys OpenSSL accepts. */
  readonly ciphers?: string | undefined;
}

/**
 * Loads an identity and checks that this OpenSSL accepts it. Octopus uses RSA keys; other keys are accepted too, and
 * {@link Identity.certificate} names their type.
 * @throws IdentityError
 */
export async function loadIdentity(files: IdentityFiles): Promise<Identity> {
  const { certFile, keyFile, pfxFile } = files;
  if (pfxFile !== undefined && (certFile ?? keyFile) !== undefined) {
    const problem = 'a PFX file contains certificate and key, and a second file is specified';
    throw new IdentityError('bad-options', { file: pfxFile, problem, remedy: 'use only one of them' });
  }
  // A key file without a certificate file may contain both.
  const file = pfxFile ?? certFile ?? keyFile;
  if (file === undefined) {
    const problem = 'no file is specified';
    throw new IdentityError('bad-options', { problem, remedy: 'use a PEM certificate with its key, or a PFX file' });
  }
  const contents = identifyContents(await readIdentityFile(file));
  if (contents.kind === 'pfx') {
    if (keyFile === undefined || keyFile === file) return pfxIdentity(contents.bytes, file, files);
    const problem = 'is a PFX file, which contains its key, and a key file is also specified';
    throw new IdentityError('bad-options', { file, problem, remedy: 'omit the key file' });
  }
  const cert = requirePem(contents, file);
  if (keyFile === undefined || keyFile === file) return pemIdentity(cert, cert, files);
  return pemIdentity(cert, requirePem(identifyContents(await readIdentityFile(keyFile)), keyFile), files);
}

/** @throws IdentityError for everything that is not complete PEM. */
function requirePem(contents: IdentityContents, file: string): PemFile {
  const path = shownPath(file);
  const wrong = (problem: string, remedy: string): IdentityError =>
    new IdentityError('unknown-format', { file, problem, remedy });
  switch (contents.kind) {
    case 'pem':
      return { file, blocks: contents.blocks };
    case 'truncated-pem':
      throw damaged(file, `its ${contents.label === '' ? 'PEM block' : contents.label} has no END line`);
    case 'der-certificate':
      throw wrong(
        'is a certificate in binary format (DER) without a key, and PEM is required',
        `convert it: openssl x509 -inform DER -in "${path}" -out cert.pem, and specify its key too; or export a PFX`,
      );
    case 'der-key':
      throw wrong(
        'is a private key in binary format (DER), and PEM is required',
        `convert it: openssl pkey -inform DER -in "${path}" -out key.pem`,
      );
    case 'pkcs7':
      throw wrong('is a PKCS#7 file (.p7b), which contains certificates but no key', 'export a PFX instead');
    case 'pfx':
      throw wrong(
        'is a PFX file, and a PEM key is required here',
        'use the PFX file alone: it contains certificate and key',
      );
    case 'unknown':
      throw wrong('is neither PEM nor PFX', 'use a PEM file (it has a line -----BEGIN …-----) or a PFX file');
  }
}
