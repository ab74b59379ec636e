import { maskUnsafe } from '../text/sanitize.js';

export type IdentityErrorCode =
  /** The files named do not go together, or none is named. */
  | 'bad-options'
  | 'not-found'
  | 'no-permission'
  /** A directory, a device, a pipe, a link to nothing. */
  | 'not-a-file'
  | 'too-large'
  /** Another error of the file system. */
  | 'unreadable'
  | 'empty'
  /** Neither PEM nor PFX, though it may be something else that is known (DER, PKCS#7, an OpenSSH key). */
  | 'unknown-format'
  /** PEM or PFX, but cut or garbled. */
  | 'damaged'
  | 'no-certificate'
  | 'no-key'
  | 'key-mismatch'
  | 'passphrase-needed'
  | 'passphrase-wrong'
  /** Encrypted in a way that OpenSSL 3 no longer reads (RC2, DES). */
  | 'legacy-encryption'
  /** Key or signature below what this OpenSSL takes. */
  | 'too-weak'
  /** OpenSSL refuses it for another reason. */
  | 'refused'
  /** A private key that other accounts of the machine can read. */
  | 'too-open'
  /** A new identity was needed and cannot be written. One that lives as long as the process can still be used. */
  | 'not-kept';

/**
 * An identity cannot be had from a file. The message is one line: the file, what is wrong, and what to do. It never
 * holds a passphrase or any of a file's contents.
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

/** A path as it can stand in one line: no line ends, no escape codes, nothing that turns the direction of the text. */
export function shownPath(path: string): string {
  return maskUnsafe(path);
}
