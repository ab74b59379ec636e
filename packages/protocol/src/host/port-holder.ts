import { readdir, readFile, readlink } from 'node:fs/promises';
import { Deadline } from '../time/clock.js';
import { quote } from '../text/sanitize.js';
import { readTcpSockets } from './tcp-sockets.js';

/** The process that listens on a port of this host. */
export type PortHolder =
  | { readonly kind: 'process'; readonly pid: number; readonly name: string }
  /** A process of another account, whose open files are not visible. `userId` is the account's number. */
  | { readonly kind: 'hidden'; readonly userId: number };

/** Searching every open file of every process only improves a message, so it is limited on a busy host. */
const SEARCH_MS = 2000;

/**
 * Finds the process that listens on a port, on Linux. Undefined if it is unknown (other systems, other network namespaces,
 * a process that has just ended).
 * @param proc the mount point of the proc file system.
 */
export async function portHolder(port: number, proc = '/proc'): Promise<PortHolder | undefined> {
  const sockets = (await readTcpSockets(port, proc))?.filter(({ isListening }) => isListening) ?? [];
  const [first] = sockets;
  if (first === undefined) return undefined;
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const deadline = Deadline.inMs(SEARCH_MS);
  for (const pid of await listDirectory(proc)) {
    if (deadline.remainingMs() === 0) break;
    if (/^\d+$/.test(pid) && (await hasOneOpen(links, `${proc}/${pid}/fd`))) {
      return { kind: 'process', pid: Number(pid), name: await readProcessName(`${proc}/${pid}/comm`) };
    }
  }
  return { kind: 'hidden', userId: first.userId };
}

async function hasOneOpen(links: ReadonlySet<string>, directory: string): Promise<boolean> {
  for (const name of await listDirectory(directory)) {
    if (links.has(await readlink(`${directory}/${name}`).catch(() => ''))) return true;
  }
  return false;
}

/** Lists a directory; empty if it may not be read, as for a process of another account. */
async function listDirectory(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

async function readProcessName(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => 'unknown');
  // A process can choose any name.
  return quote(text.trim()).slice(1, -1);
}
