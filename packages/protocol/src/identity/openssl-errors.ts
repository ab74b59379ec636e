import { IdentityError } from './identity-error.js';

/** Returns OpenSSL's reason without the thread id and library name that some messages begin with. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^.*::/, '') : 'unknown error';
}

/** Returns the error's code, if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The error for a readable certificate and its matching key that OpenSSL rejects. */
export function refused(error: unknown, file: string): IdentityError {
  const reason = reasonOf(error);
  if (/too (small|weak)/.test(reason)) {
    const problem = `its key or signature is too weak for this OpenSSL (${reason})`;
    const remedy = 'use a certificate with RSA-2048 and SHA-256';
    return new IdentityError('too-weak', { file, problem, remedy });
  }
  const remedy = 'use another certificate';
  return new IdentityError('refused', { file, problem: `OpenSSL rejects it (${reason})`, remedy });
}

/** The error for an encrypted key or file without a passphrase. */
export function passphraseNeeded(file: string, what: string): IdentityError {
  return new IdentityError('passphrase-needed', {
    file,
    problem: `${what} is encrypted`,
    remedy: 'provide its passphrase',
  });
}

/** The error for a passphrase that does not decrypt the key or file. */
export function passphraseWrong(file: string, what: string, remedy: string): IdentityError {
  return new IdentityError('passphrase-wrong', {
    file,
    problem: `the passphrase does not decrypt ${what} (or it is damaged)`,
    remedy,
  });
}

/** The error for a truncated or corrupted file. */
export function damaged(file: string, problem: string): IdentityError {
  return new IdentityError('damaged', { file, problem, remedy: 'the file is damaged: export it again' });
}

/** Names a space around a passphrase, which `echo secret >file` in cmd writes; empty without one. */
export function spaceHint(passphrase: string): string {
  return passphrase === passphrase.trim() ? '' : '; it begins or ends with a space, as echo in cmd writes one before >';
}
