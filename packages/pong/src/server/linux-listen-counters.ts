import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** New connections that the system dropped, since it started, for all listeners of this network namespace. */
export interface ListenCounters {
  /** Because the queue of new connections of a listener was full. */
  readonly listenOverflows: number;
  /** For any reason. */
  readonly listenDrops: number;
}

/** The state of a listening socket in /proc/net/tcp (TCP_LISTEN). */
const LISTEN = '0A';

/** Reads the counters; undefined where the system has none to read. */
export async function readListenCounters(): Promise<ListenCounters | undefined> {
  return readFile('/proc/net/netstat', 'latin1').then(parseListenCounters, () => undefined);
}

/** Parses /proc/net/netstat: pairs of lines, one with names and one with values, each with the same first word. */
export function parseListenCounters(text: string): ListenCounters | undefined {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('TcpExt: '))
    .map((line) => line.split(' '));
  const value = (name: string): number => Number(values[names.indexOf(name)] ?? Number.NaN);
  const [listenOverflows, listenDrops] = [value('ListenOverflows'), value('ListenDrops')];
  return Number.isSafeInteger(listenOverflows) && Number.isSafeInteger(listenDrops)
    ? { listenOverflows, listenDrops }
    : undefined;
}

/**
 * Reads how many connections wait until this process accepts them on a port. Synchronous, because it is read before the
 * process accepts any of them.
 */
export function readQueuedConnections(port: number): number | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  });
  return parseQueuedConnections(tables.join('\n'), port);
}

/** Parses /proc/net/tcp: of a listening socket, `rx_queue` is the number of connections in its queue. All numbers are hexadecimal. */
export function parseQueuedConnections(text: string, port: number): number | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lengths = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTEN && local.endsWith(suffix))
    .map((fields) => Number.parseInt(fields[4]?.split(':')[1] ?? '', 16));
  return lengths.length === 0 || lengths.some(Number.isNaN) ? undefined : lengths.reduce((sum, one) => sum + one, 0);
}

/** Reads how many connections the queue of a listener holds. @param requested as the listener asks; the system may allow fewer. */
export function readQueueMax(requested: number): number | undefined {
  try {
    const allowed = Number(readFileSync('/proc/sys/net/core/somaxconn', 'latin1'));
    return Number.isSafeInteger(allowed) ? Math.min(requested, allowed) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads how many files and sockets this process may open. */
export function readOpenFilesMax(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
