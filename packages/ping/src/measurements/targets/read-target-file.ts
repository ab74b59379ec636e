import { readTextFile } from 'tentacle-protocol/cli';

/** A hundred thousand names of the maximum length are 25 MB; a larger file is not a list of targets. */
const FILE_MAX_BYTES = 32 * 1024 * 1024;

/** Reads the text of the file of --targets. @throws UsageError where it cannot be read. */
export async function readTargetFile(name: string): Promise<string> {
  const remedy = 'use a file with one host[:port] per line';
  return readTextFile(name, { option: '--targets', maxBytes: FILE_MAX_BYTES, remedy });
}
