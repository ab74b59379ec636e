import { readTextFile, type Target, UsageError, quote } from 'tentacle-protocol/cli';
import { listTargets } from '../measurements/targets/list-targets.js';

/** Ten thousand targets with their thumbprints are less than a megabyte. */
const FILE_MAX_BYTES = 16 * 1024 * 1024;

/** The thumbprint of each target. */
export interface Thumbprints {
  readonly get: (target: Target) => string | undefined;
}

/** Reads a file with `host:port THUMBPRINT` per line. @throws UsageError with the line. */
export async function readThumbprints(path: string): Promise<Thumbprints> {
  const remedy = 'use a file with one host:port and its thumbprint per line';
  const text = await readTextFile(path, { option: '--thumbprints-file', maxBytes: FILE_MAX_BYTES, remedy });
  const thumbprints = new Map<string, string>();
  for (const target of listTargets([], { name: path, text })) {
    const { thumbprint } = target;
    if (thumbprint === undefined)
      throw new UsageError(`--thumbprints-file: ${quote(keyOf(target))} has no thumbprint; write it behind the target`);
    thumbprints.set(keyOf(target), thumbprint);
  }
  return { get: (target) => thumbprints.get(keyOf(target)) };
}

/** Names differ in nothing that DNS ignores. */
function keyOf({ host, port }: Target): string {
  return `${host.toLowerCase().replace(/\.$/, '')}:${port}`;
}
