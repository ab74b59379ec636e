import { access } from 'node:fs/promises';
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
