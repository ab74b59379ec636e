import { IdentityError } from './identity-error.js';

/** OpenSSL's reason in plain words, without the thread id and library that some messages begin with. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^.*::/, '') : 'unknown error';
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What OpenSSL says against a certificate and key that can be read and belong together. */
export function refused(error: unknown, file: string): IdentityError {
  const reason = reasonOf(error);
  if (/too (small|weak)/.test(reason)) {
    const problem = `its key or signature is too weak for this OpenSSL (${reason})`;
    const remedy = 'use a certificate with RSA-2048 and SHA-256';
    return new IdentityError('too-weak', { file, problem, remedy });
  }
  const remedy = 'use another certificate';
  return new IdentityError('refused', { file, problem: `OpenSSL does not take it (${reason})`, remedy });
}

export function passphraseNeeded(file: string, what: string): IdentityError {
  return new IdentityError('passphrase-needed', {
    file,
    problem: `${what} is encrypted`,
    remedy: 'give its passphrase',
  });
}

export function passphraseWrong(file: string, what: string, remedy: string): IdentityError {
  return new IdentityError('passphrase-wrong', {
    file,
    problem: `the passphrase does not open ${what} (or it is damaged)`,
    remedy,
  });
}

export function damaged(file: string, problem: string): IdentityError {
  return new IdentityError('damaged', { file, problem, remedy: 'the file is damaged: export it anew' });
}
