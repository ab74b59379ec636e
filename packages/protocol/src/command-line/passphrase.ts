import { readFile, stat } from 'node:fs/promises';
import { UsageError } from './usage-error.js';
import { shown } from './values.js';

/** The variable that may hold the passphrase. A command line is seen by every account of the machine. */
const VARIABLE = 'TENTACLE_PASSPHRASE';

/** A passphrase is one line; a larger file is the wrong one. */
const FILE_MAX_BYTES = 4096;

/**
 * The passphrase for a key: the first line of the file, or the variable.
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
 * @throws UsageError in which nothing of the file stands.
 */
export async function firstLineOf(file: string, option: string): Promise<string> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new UsageError(`${option} ${shown(file)} is a directory; name the file in it`);
    if (found.size > FILE_MAX_BYTES) throw new UsageError(`${option} ${shown(file)} is too large to be one`);
    const [line = ''] = (await readFile(file, 'utf8')).split(/\r?\n/, 1);
    if (line === '') throw new UsageError(`${option} ${shown(file)}: its first line is empty`);
    return line;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${shown(file)} cannot be read (${code ?? 'unknown'}); check its name`);
  }
}
