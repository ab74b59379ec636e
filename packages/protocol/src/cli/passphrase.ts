import { readTextFile } from './read-text-file.js';
import { UsageError } from './usage-error.js';
import { quote } from '../text/sanitize.js';

/** The variable for the passphrase. It is not an option, because every account of a machine can read a command line. */
const VARIABLE = 'TENTACLE_PASSPHRASE';

/** A passphrase is one line: a larger file is the wrong one. */
const FILE_MAX_BYTES = 4096;

/**
 * The passphrase for a key: the first line of the file, or the value of the variable.
 * @throws UsageError when the file cannot be read or is empty.
 */
export async function passphraseFrom(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return file === undefined ? env[VARIABLE] : firstLineOf(file, '--passphrase-file');
}

/**
 * The first line of a file that holds a secret.
 * @throws UsageError that contains nothing of the file.
 */
export async function firstLineOf(file: string, option: string): Promise<string> {
  const remedy = 'use a file whose first line is the secret';
  const text = await readTextFile(file, { option, maxBytes: FILE_MAX_BYTES, remedy });
  const [line = ''] = text.split(/\r\n|\r|\n/, 1);
  if (line === '') throw new UsageError(`${option}: the first line of ${quote(file)} is empty; write the secret there`);
  return line;
}
