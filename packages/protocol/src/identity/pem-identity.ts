import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { PemBlock } from './identity-contents.js';
import { IdentityError, shownPath } from './identity-error.js';
import { Identity, NO_AUTHORITIES } from './identity.js';
import { codeOf, damaged, passphraseNeeded, passphraseWrong, reasonOf, refused, spaceHint } from './openssl-errors.js';

/** The blocks of a PEM file, with its path for messages. */
export interface PemFile {
  readonly file: string;
  readonly blocks: readonly PemBlock[];
}

const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

/**
 * Builds an identity from the first certificate of one PEM file and the first key of another or the same file.
 * @throws IdentityError
 */
export function pemIdentity(
  certFile: PemFile,
  keyFile: PemFile,
  { passphrase, ciphers }: { passphrase?: string | undefined; ciphers?: string | undefined },
): Identity {
  const { file } = certFile;
  const certificates = certFile.blocks.filter(isCertificate).map((block) => readCertificate(block, file));
  const [leaf] = certificates;
  if (leaf === undefined) throw noCertificate(certFile);
  const keyBlock = keyFile.blocks.find(isKey);
  if (keyBlock === undefined) throw noKey(keyFile);
  const key = readKey(keyBlock, keyFile.file, passphrase);
  if (!leaf.checkPrivateKey(key)) throw keyMismatch(certificates, file, key, keyFile.file);
  // Unencrypted PKCS#8: decrypted once here instead of for every secure context.
  const material = {
    cert: certificates.map(String).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  try {
    createSecureContext({ ...NO_AUTHORITIES, ...material, ciphers });
    return new Identity(leaf.raw, material);
  } catch (error) {
    throw refused(error, file);
  }
}

function isCertificate(block: PemBlock): boolean {
  return CERTIFICATE_LABELS.includes(block.label);
}

function isKey(block: PemBlock): boolean {
  return block.label.endsWith('PRIVATE KEY');
}

function readCertificate(block: PemBlock, file: string): X509Certificate {
  try {
    return new X509Certificate(block.text);
  } catch (error) {
    throw damaged(file, `its certificate is unreadable (${reasonOf(error)})`);
  }
}

function readKey(block: PemBlock, file: string, passphrase: string | undefined): KeyObject {
  if (block.label === 'OPENSSH PRIVATE KEY') {
    const remedy = 'convert a copy of it: ssh-keygen -p -m PEM -f copy-of-key';
    throw new IdentityError('unknown-format', { file, problem: 'its key is in OpenSSH format', remedy });
  }
  const encrypted = block.label === 'ENCRYPTED PRIVATE KEY' || block.text.includes('Proc-Type: 4,ENCRYPTED');
  if (encrypted && (passphrase ?? '') === '') throw passphraseNeeded(file, 'its key');
  try {
    return createPrivateKey(encrypted ? { key: block.text, passphrase } : block.text);
  } catch (error) {
    // No cause here or below: the message has OpenSSL's reason, and an error must carry nothing else near a passphrase.
    if (!encrypted) throw damaged(file, `its key is unreadable (${reasonOf(error)})`);
    if (codeOf(error) === 'ERR_OSSL_EVP_UNSUPPORTED') {
      const problem = 'its key is encrypted with an outdated algorithm (RC2 or DES) that OpenSSL 3 rejects';
      const remedy = `encrypt it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in "${shownPath(file)}" -out key.pem`;
      throw new IdentityError('legacy-encryption', { file, problem, remedy });
    }
    // A wrong passphrase fails with `bad decrypt`; 1 in 300 decrypts by chance to bytes that are not a key.
    throw passphraseWrong(file, 'its key', `use the one that encrypted the key${spaceHint(passphrase ?? '')}`);
  }
}

function noCertificate({ file, blocks }: PemFile): IdentityError {
  if (blocks.some(({ label }) => label.endsWith('CERTIFICATE REQUEST'))) {
    const problem = 'contains a certificate request, not a certificate';
    return new IdentityError('no-certificate', { file, problem, remedy: 'use the certificate that was issued for it' });
  }
  const problem = blocks.some(isKey) ? 'contains a private key but no certificate' : 'contains no certificate';
  return new IdentityError('no-certificate', { file, problem, remedy: 'use the certificate that belongs to the key' });
}

function noKey({ file, blocks }: PemFile): IdentityError {
  const contents = blocks.some(isCertificate)
    ? 'a certificate'
    : blocks.some(({ label }) => label.endsWith('PUBLIC KEY'))
      ? 'a public key'
      : 'PEM text';
  const remedy = 'use the key file that belongs to the certificate, or a PFX file with both';
  return new IdentityError('no-key', { file, problem: `contains ${contents} but no private key`, remedy });
}

function keyMismatch(
  certificates: readonly X509Certificate[],
  certFile: string,
  key: KeyObject,
  keyFile: string,
): IdentityError {
  const match = certificates.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (match >= 0) {
    const problem = `the private key belongs to certificate ${match + 1} of this file, and only the first one is used`;
    return new IdentityError('key-mismatch', { file: certFile, problem, remedy: 'move that certificate to the top' });
  }
  const problem =
    certFile === keyFile
      ? 'its private key does not belong to its certificate'
      : `this private key does not belong to the certificate in ${shownPath(certFile)}`;
  const remedy = 'use the key that the certificate was created with';
  return new IdentityError('key-mismatch', { file: keyFile, problem, remedy });
}
