import { quote, readTextFile, UsageError } from 'tentacle-protocol/cli';
import type { CheckTargets } from 'tentacle-protocol/check';
import { listTargets } from '../../measurements/targets/list-targets.js';
import { parseMachines } from './parse-machines.js';

/** The export of a server with ten thousand targets is 30 MB. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads the file of --targets: a list of hosts as measurements take it, or an export of deployment targets as JSON.
 * @throws UsageError where it cannot be read, or contains no Tentacle.
 */
export async function readCheckTargets(name: string): Promise<CheckTargets> {
  const remedy = 'use a file with one host[:port] per line, or the JSON of /api/machines/all';
  const text = await readTextFile(name, { option: '--targets', maxBytes: FILE_MAX_BYTES, remedy });
  if (!/^\uFEFF?\s*[[{]/.test(text) || /^\s*\[[0-9a-f:.]+\](?::\d+)?\s*$/im.test(text.split('\n', 1)[0] ?? ''))
    return { targets: listTargets([], { name, text }), left: {} };
  const machines = parseMachines(text);
  if (machines === undefined)
    throw new UsageError(`--targets: ${quote(name)} is not a list of deployment targets; ${remedy}`);
  return machines;
}
