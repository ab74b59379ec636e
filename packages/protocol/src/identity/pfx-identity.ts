import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { IdentityError, shownPath } from './identity-error.js';
import { Identity, type Pfx } from './identity.js';
import { codeOf, damaged, passphraseNeeded, passphraseWrong, reasonOf, refused } from './openssl-errors.js';

/**
 * Builds an identity from the bytes of a PKCS#12 file.
 * @throws IdentityError
 */
export function pfxIdentity(
  pfx: Buffer,
  file: string,
  { passphrase, ciphers }: { passphrase?: string | undefined; ciphers?: string | undefined },
): Identity {
  const material: Pfx = passphrase === undefined ? { pfx } : { pfx, passphrase };
  try {
    return new Identity(readCertificate({ ...material, ciphers }), material);
  } catch (error) {
    throw describePfxError(error, file, passphrase);
  }
}

/** Reads the certificate through an idle TLS socket, because node:crypto does not read PKCS#12 and TLS does. */
function readCertificate(options: Pfx & { ciphers: string | undefined }): Buffer {
  const secureContext = createSecureContext(options);
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
  if (codeOf(error) === 'ERR_CRYPTO_UNSUPPORTED_OPERATION') {
    const problem = 'is encrypted with an algorithm that OpenSSL 3 rejects (most likely RC2-40)';
    const remedy = `export it again with AES256-SHA256, or convert it: openssl pkcs12 -legacy -nodes -in "${shownPath(file)}" -out identity.pem`;
    return new IdentityError('legacy-encryption', { file, problem, remedy });
  }
  // These errors have no code in Node: the message is OpenSSL's reason.
  const reason = reasonOf(error);
  switch (reason) {
    case 'mac verify failure':
    case 'bad decrypt': // A PFX without a MAC.
      return (passphrase ?? '') === ''
        ? passphraseNeeded(file, 'the file')
        : passphraseWrong(file, 'the file', 'use the one it was exported with, or none if it was exported without one');
    case 'Unable to load private key from PFX data':
      return new IdentityError('no-key', {
        file,
        problem: 'contains no private key',
        remedy: 'export it with its key',
      });
    case 'Unable to load certificate from PFX data': {
      const remedy = 'export the certificate with its key';
      return new IdentityError('no-certificate', { file, problem: 'contains no certificate', remedy });
    }
    case 'not enough data':
    case 'too long':
    case 'wrong tag':
    case 'header too long':
      return damaged(file, `is not a complete PFX (${reason})`);
    default:
      return refused(error, file);
  }
}
