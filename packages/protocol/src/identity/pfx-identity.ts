import { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { IdentityError, shownPath } from './identity-error.js';
import { Identity, NO_AUTHORITIES, type Pfx } from './identity.js';
import { LegacyPfxError, readLegacyPfx } from './legacy-pfx.js';
import { codeOf, damaged, passphraseNeeded, passphraseWrong, reasonOf, refused, spaceHint } from './openssl-errors.js';

/**
 * Builds an identity from the bytes of a PKCS#12 file.
 * @throws IdentityError
 */
export async function pfxIdentity(
  pfx: Buffer,
  file: string,
  { passphrase, ciphers }: { passphrase?: string | undefined; ciphers?: string | undefined },
): Promise<Identity> {
  const material: Pfx = passphrase === undefined ? { pfx } : { pfx, passphrase };
  try {
    return new Identity(readCertificate({ ...material, ciphers }), material);
  } catch (error) {
    // OpenSSL 3 rejects RC2, and a PFX without an integrity check.
    if (codeOf(error) === 'ERR_CRYPTO_UNSUPPORTED_OPERATION' || reasonOf(error) === 'mac absent')
      return legacyIdentity(pfx, file, { passphrase, ciphers });
    throw describePfxError(error, file, passphrase);
  }
}

/** Builds an identity from a PFX that OpenSSL 3 does not open, with another library. @throws IdentityError */
async function legacyIdentity(
  pfx: Buffer,
  file: string,
  options: { passphrase?: string | undefined; ciphers?: string | undefined },
): Promise<Identity> {
  try {
    const { certificates, key } = await readLegacyPfx(pfx, options.passphrase ?? '');
    if (key === undefined) throw noKey(file);
    const own = certificates.map((der) => new X509Certificate(der));
    // The chain may come first.
    const leaf = own.find((certificate) => certificate.checkPrivateKey(key));
    if (leaf === undefined) throw noCertificate(file);
    const chain = [leaf, ...own.filter((certificate) => certificate !== leaf)];
    const material = {
      cert: chain.map(String).join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    createSecureContext({ ...NO_AUTHORITIES, ...material, ciphers: options.ciphers });
    return new Identity(leaf.raw, material);
  } catch (error) {
    if (error instanceof IdentityError) throw error;
    if (!(error instanceof LegacyPfxError)) throw refused(error, file);
    switch (error.reason) {
      case 'passphrase':
        throw wrongPassphrase(file, options.passphrase);
      case 'damaged':
        throw damaged(file, 'is not a complete PFX');
      case 'unsupported':
        throw unsupported(file);
    }
  }
}

/** Reads the certificate through an idle TLS socket, because node:crypto does not read PKCS#12 and TLS does. */
function readCertificate(options: Pfx & { ciphers: string | undefined }): Buffer {
  const secureContext = createSecureContext({ ...NO_AUTHORITIES, ...options });
  const sink = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const socket = new TLSSocket(sink, { secureContext, isServer: true });
  try {
    const own = socket.getCertificate();
    if (own === null || !('raw' in own)) throw new Error('Unable to load certificate from PFX data');
    return own.raw;
  } finally {
    socket.destroy();
  }
}

function describePfxError(error: unknown, file: string, passphrase: string | undefined): IdentityError {
  // These errors have no code in Node: the message is OpenSSL's reason.
  const reason = reasonOf(error);
  switch (reason) {
    case 'mac verify failure':
    case 'bad decrypt': // A PFX without a MAC.
      return wrongPassphrase(file, passphrase);
    case 'Unable to load private key from PFX data':
      return noKey(file);
    case 'Unable to load certificate from PFX data':
      return noCertificate(file);
    case 'not enough data':
    case 'too long':
    case 'wrong tag':
    case 'header too long':
      return damaged(file, `is not a complete PFX (${reason})`);
    default:
      return refused(error, file);
  }
}

function wrongPassphrase(file: string, passphrase = ''): IdentityError {
  if (passphrase === '') return passphraseNeeded(file, 'the file');
  const remedy = 'use the one it was exported with, or none if it was exported without one';
  return passphraseWrong(file, 'the file', `${remedy}${spaceHint(passphrase)}`);
}

function noKey(file: string): IdentityError {
  const remedy = 'export it with its key';
  return new IdentityError('no-key', { file, problem: 'contains no private key', remedy });
}

function noCertificate(file: string): IdentityError {
  const remedy = 'export the certificate with its key';
  return new IdentityError('no-certificate', { file, problem: 'contains no certificate that its key fits', remedy });
}

function unsupported(file: string): IdentityError {
  const path = shownPath(file);
  const problem = 'is encrypted with an outdated algorithm (such as RC4) that OpenSSL 3 rejects';
  const remedy = `export it again with AES (PowerShell, after Import-PfxCertificate: Export-PfxCertificate -CryptoAlgorithmOption AES256_SHA256), or convert it: openssl pkcs12 -legacy -nodes -in "${path}" -out identity.pem`;
  return new IdentityError('legacy-encryption', { file, problem, remedy });
}
