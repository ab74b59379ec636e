import { posix, win32 } from 'node:path';
import type { TentacleInstance } from './configuration.js';

/** The log of an instance; undefined without a home folder. */
export function logPath({ homeFolder }: Pick<TentacleInstance, 'homeFolder'>): string | undefined {
  if (homeFolder === undefined) return undefined;
  // Only paths of Windows have backslashes.
  const paths = homeFolder.includes('\\') ? win32 : posix;
  return paths.join(homeFolder, 'Logs', 'OctopusTentacle.txt');
}
