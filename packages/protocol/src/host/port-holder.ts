import { readdir, readFile, readlink } from 'node:fs/promises';
import { Deadline } from '../clock.js';
import { quote } from '../text/sanitize.js';

/** Who listens on a port of this host. */
export type PortHolder =
  | { readonly kind: 'process'; readonly pid: number; readonly name: string }
  /** Another account's, whose open files are hidden from us. `userId` is its number. */
  | { readonly kind: 'hidden'; readonly userId: number };

/** Looking through every open file of every process is for a message only: a busy host must not keep us longer. */
const SEARCH_MS = 2000;

/** In /proc/net/tcp: the state of a listening socket. */
const LISTENING = '0A';

/**
 * The process that listens on a port, as Linux tells it; undefined where it does not (other systems, other network
 * namespaces, a process that has just gone).
 * @param proc where the file system of that name is.
 */
export async function portHolder(port: number, proc = '/proc'): Promise<PortHolder | undefined> {
  const sockets = await listeningSockets(port, proc);
  const [first] = sockets;
  if (first === undefined) return undefined;
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const deadline = Deadline.inMs(SEARCH_MS);
  for (const pid of await namesIn(proc)) {
    if (deadline.remainingMs() === 0) break;
    if (/^\d+$/.test(pid) && (await holdsOneOf(links, `${proc}/${pid}/fd`))) {
      return { kind: 'process', pid: Number(pid), name: await nameOf(`${proc}/${pid}/comm`) };
    }
  }
  return { kind: 'hidden', userId: first.userId };
}

interface ListeningSocket {
  readonly inode: string;
  readonly userId: number;
}

/** The lines of /proc/net/tcp: number, local address:port, remote, state, queues, timer, retransmits, uid, timeout, inode. */
async function listeningSockets(port: number, proc: string): Promise<ListeningSocket[]> {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found: ListeningSocket[] = [];
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`${proc}/net/${table}`, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local = '', , state, , , , userId, , inode] = line.trim().split(/\s+/);
      if (state !== LISTENING || !local.endsWith(hexPort) || inode === undefined) continue;
      found.push({ inode, userId: Number(userId) });
    }
  }
  return found;
}

async function holdsOneOf(links: ReadonlySet<string>, directory: string): Promise<boolean> {
  for (const name of await namesIn(directory)) {
    if (links.has(await readlink(`${directory}/${name}`).catch(() => ''))) return true;
  }
  return false;
}

/** Empty also for what may not be read: another account's process. */
async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

async function nameOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => 'unknown');
  // A process names itself as it likes.
  return quote(text.trim()).slice(1, -1);
}
