import { count, howToRaise, type OpenFiles, roomForConnections } from 'tentacle-protocol/cli';
import type { Limits } from './limits.js';

/**
 * Lowers the limit of connections to what the limit of open files leaves room for, because a connection that finds no free
 * handle is closed by the system's library, which no record can account for.
 * @param openFiles undefined: not limited, or unknown.
 * @returns the limits, and a sentence where one is lowered.
 */
export function fitToOpenFiles(limits: Limits, openFiles: OpenFiles | undefined): { limits: Limits; note?: string } {
  if (openFiles === undefined) return { limits };
  const room = roomForConnections(openFiles);
  if (room >= limits.connectionsMax) return { limits };
  const note = `the limit of ${openFiles.max} open files leaves room for ${count(room, 'connection')}, not ${limits.connectionsMax}; ${howToRaise(limits.connectionsMax)}`;
  return { limits: { ...limits, connectionsMax: room }, note };
}
