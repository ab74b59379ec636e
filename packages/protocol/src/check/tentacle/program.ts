import { access, lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostPath, pathsOf } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import type { TentacleService } from './service.js';

/** Where the installers put the program. */
const INSTALLED = {
  linux: ['/opt/octopus/tentacle/Tentacle'],
  windows: ['C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe'],
};

/** Folders of a long PATH; more are not looked at. */
const FOLDERS_MAX = 100;

/** The places where the program is looked for, in their order: what services run, the installer's, PATH. */
export function programPlaces(host: Host, services: readonly TentacleService[]): readonly string[] {
  const paths = pathsOf(host);
  const isWindows = host.platform === 'win32';
  const ofServices = services.map(({ program }) => program).filter((program) => program !== undefined);
  const folders = (host.env['PATH'] ?? host.env['Path'] ?? '').split(paths.delimiter).slice(0, FOLDERS_MAX);
  // A relative folder of PATH is the current one, whose files are not to be trusted.
  const onPath = folders
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) => paths.join(folder, isWindows ? 'Tentacle.exe' : 'Tentacle'));
  const installed = isWindows ? INSTALLED.windows : INSTALLED.linux;
  return [...new Set([...ofServices.filter((program) => paths.isAbsolute(program)), ...installed, ...onPath])];
}

/** Returns the first place that has a file. */
export async function findProgram(host: Host, places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    try {
      await access(hostPath(host, place));
      return place;
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/** Write permission of the owning group and of all others. */
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Whether only root and this account can change a program: any account can start a process under its name, and a check that
 * root runs must not run that account's file. Windows keeps services and the folder of programs to administrators.
 */
export async function isSafeToRun(host: Host, program: string): Promise<boolean> {
  if (host.platform === 'win32') return true;
  let path = await realpath(hostPath(host, program));
  for (;;) {
    const { uid, gid, mode } = await lstat(path);
    const isOwned = uid === 0 || uid === host.userId;
    const isOpen = (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && gid !== 0);
    // In a folder such as /tmp, each account can remove only its own entries.
    if (!isOwned || (isOpen && (mode & STICKY) === 0)) return false;
    if (path === dirname(path)) return true;
    path = dirname(path);
  }
}
