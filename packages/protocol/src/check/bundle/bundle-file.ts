import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { UsageError } from '../../cli/usage-error.js';
import { quote } from '../../text/sanitize.js';
import { describeWriteError } from '../../text/system-error.js';

/**
 * Ensures that the file can be created before the checks run. Nothing of it is left, so that a run that is ended
 * leaves no file.
 * @throws UsageError where it exists, or cannot be written.
 */
export function tryBundleFile(path: string): void {
  createFile(path, Buffer.alloc(0));
  unlinkSync(path);
}

/** Writes a file that does not exist yet, for this account only. A part of it never stays. @throws UsageError */
export function createFile(path: string, bytes: Uint8Array): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw unusable(path, error);
  }
  try {
    let written = 0;
    // A nearly full disk accepts only a part.
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    closeSync(descriptor);
  } catch (error) {
    unlinkSync(path);
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): UsageError {
  const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
  const remedy = isThere ? 'use another name, or move it away' : 'use a file that can be created';
  return new UsageError(`--bundle: ${quote(path)} cannot be written: ${describeWriteError(error)}; ${remedy}`);
}
