import { maskUnsafe } from '../text/sanitize.js';

/** Why an identity cannot be used. */
export type IdentityErrorCode =
  /** The options name no file, or files that do not belong together. */
  | 'bad-options'
  | 'not-found'
  | 'no-permission'
  /** A directory, a device, a pipe, a dangling link. */
  | 'not-a-file'
  | 'too-large'
  /** Another error of the file system. */
  | 'unreadable'
  | 'empty'
  /** Neither PEM nor PFX; it may be another known format (DER, PKCS#7, an OpenSSH key). */
  | 'unknown-format'
  /** PEM or PFX, but truncated or corrupted. */
  | 'damaged'
  | 'no-certificate'
  | 'no-key'
  | 'key-mismatch'
  | 'passphrase-needed'
  | 'passphrase-wrong'
  /** Encrypted with an algorithm that OpenSSL 3 no longer supports (RC2, DES). */
  | 'legacy-encryption'
  /** Key or signature below this OpenSSL's security level. */
  | 'too-weak'
  /** OpenSSL rejects it for another reason. */
  | 'refused'
  /** Other accounts of the machine can read the private key. */
  | 'too-open'
  /** A new identity cannot be written. A temporary one can still be used. */
  | 'cannot-store';

/**
 * An identity cannot be loaded from a file. The message is one line: the file, the problem, and what to do. It never
 * contains a passphrase or any of the file's contents.
 */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  readonly file: string | undefined;
  readonly problem: string;
  readonly remedy: string;

  constructor(
    code: IdentityErrorCode,
    about: { file?: string | undefined; problem: string; remedy: string; cause?: unknown },
  ) {
    const { file, problem, remedy, cause } = about;
    super(
      `${file === undefined ? '' : `${shownPath(file)}: `}${problem}; ${remedy}`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.file = file;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Returns a path that is safe in one line: without line breaks, escape codes or bidirectional controls. */
export function shownPath(path: string): string {
  return maskUnsafe(path);
}
