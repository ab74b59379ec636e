import type { Host } from '../host.js';
import type { AccessEntry } from './file-access.js';
import { unescapeOctal } from './unescape-octal.js';

/** Access lists by path; or that they could not be read. */
export type AccessLists = ReadonlyMap<string, readonly AccessEntry[]> | 'unknown';

/** Only entries with more than a mode, with numbers, with full paths, without following links. */
const OPTIONS = ['-s', '-n', '-p', '-P', '-E'];

/**
 * Reads the access lists of a folder, or of everything below it too. Node cannot; `getfacl` is of the package acl, which not
 * every host has.
 * @param path without links in it.
 */
export async function readAccessLists(host: Host, path: string, scope: 'alone' | 'with-content'): Promise<AccessLists> {
  const options = scope === 'alone' ? OPTIONS : ['-R', ...OPTIONS];
  const result = await host.run('getfacl', [...options, '--', path], 4000);
  return result.kind === 'done' ? parseAccessLists(result.stdout) : 'unknown';
}

/** Parses the output of `getfacl -n -p`: a block of lines for each entry, which begins with its path. */
export function parseAccessLists(output: string): ReadonlyMap<string, readonly AccessEntry[]> {
  const lists = new Map<string, readonly AccessEntry[]>();
  for (const block of output.split('\n\n')) {
    const path = /^# file: (.*)$/m.exec(block)?.[1];
    if (path === undefined) continue;
    lists.set(
      unescapeOctal(path),
      block
        .split('\n')
        .map((line) => parseEntry(line))
        .filter((entry) => entry !== undefined),
    );
  }
  return lists;
}

/** `default:` entries are for what is created later, and do not match. */
function parseEntry(line: string): AccessEntry | undefined {
  const match = /^(user|group|mask|other):(\d*):([r-])([w-])([x-])/.exec(line);
  if (match === null) return undefined;
  const [, tag, id = '', r, w, x] = match;
  const permission = (r === 'r' ? 4 : 0) + (w === 'w' ? 2 : 0) + (x === 'x' ? 1 : 0);
  return { tag: tag as AccessEntry['tag'], permission, ...(id === '' ? {} : { id: Number(id) }) };
}
