import { readHostFile } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import { unescapeOctal } from './unescape-octal.js';

/** A mounted file system. */
export interface Mount {
  readonly folder: string;
  readonly type: string;
  readonly isReadOnly: boolean;
  /** Programs on it cannot be started. */
  readonly isNoExec: boolean;
}

/** Hosts with many containers have thousands of mounts. */
const MOUNTS_MAX_BYTES = 4 * 1024 * 1024;

/** Returns the mount that a folder is on; undefined where the list of mounts cannot be read. */
export async function mountOf(host: Host, folder: string): Promise<Mount | undefined> {
  const file = await readHostFile(host, '/proc/self/mountinfo', MOUNTS_MAX_BYTES);
  return file.kind === 'unread' ? undefined : findMount(file.bytes.toString('utf8'), folder);
}

/** Finds the mount of a folder in the text of /proc/self/mountinfo; of several on one folder the last one is seen. */
export function findMount(mountinfo: string, folder: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [ofMount = '', ofFileSystem = ''] = line.split(' - ');
    const [, , , , escaped, options] = ofMount.split(' ');
    const [type = '', , superOptions = ''] = ofFileSystem.split(' ');
    if (escaped === undefined || options === undefined) continue;
    const mounted = unescapeOctal(escaped);
    if (!isBelow(folder, mounted) || (best !== undefined && mounted.length < best.folder.length)) continue;
    best = {
      folder: mounted,
      type,
      // Read-only as mounted here, or as a whole, to which the kernel turns a broken file system.
      isReadOnly: has(options, 'ro') || has(superOptions, 'ro'),
      isNoExec: has(options, 'noexec'),
    };
  }
  return best;
}

function has(options: string, option: string): boolean {
  return options.split(',').includes(option);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
