import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { isOutOfHandles } from 'tentacle-protocol/cli';

/** New connections that the system dropped, since it started, for all listeners of this network namespace. */
export interface ListenCounters {
  /** Because the queue of new connections of a listener was full. */
  readonly listenOverflows: number;
  /** For any reason. */
  readonly listenDrops: number;
  /** Connections that were established from outside, whatever became of them. */
  readonly passiveOpens: number;
}

/** The state of a listening socket in /proc/net/tcp (TCP_LISTEN). */
const LISTEN = '0A';

/** Their files, in which both are needed. Of 2 to 5 KB each. */
const COUNTER_FILES = ['/proc/net/netstat', '/proc/net/snmp'];
const COUNTERS_MAX_BYTES = 64 * 1024;

/**
 * Reads the counters again and again; undefined where the system has none. Their files stay open, so that the counters can
 * also be read when no file can be opened. Synchronous: the system writes the text on request, and no disk is involved.
 */
export class ListenCounterFiles {
  #descriptors: readonly number[] | undefined;
  readonly #buffer = Buffer.alloc(COUNTERS_MAX_BYTES);

  read(): ListenCounters | undefined {
    try {
      this.#descriptors ??= COUNTER_FILES.map((path) => openSync(path, 'r'));
      return parseListenCounters(this.#descriptors.map((descriptor) => this.#text(descriptor)).join('\n'));
    } catch {
      return undefined;
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors ?? []) closeSync(descriptor);
    this.#descriptors = undefined;
  }

  /** One read may return less than the whole. */
  #text(descriptor: number): string {
    let length = 0;
    for (;;) {
      const more = readSync(descriptor, this.#buffer, length, this.#buffer.length - length, length);
      if (more === 0) return this.#buffer.toString('latin1', 0, length);
      length += more;
    }
  }
}

/** Whether a file can be opened now. */
export function hasFreeHandle(): boolean {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return true;
  } catch (error) {
    return !isOutOfHandles(error);
  }
}

/**
 * Parses /proc/net/netstat and /proc/net/snmp: pairs of lines, one with names and one with values, each with the same first
 * word.
 */
export function parseListenCounters(text: string): ListenCounters | undefined {
  const rows = text.split('\n').map((line) => line.split(' '));
  const value = (group: string, name: string): number => {
    const [names = [], values = []] = rows.filter(([first]) => first === group);
    return Number(values[names.indexOf(name)] ?? Number.NaN);
  };
  const counters = {
    listenOverflows: value('TcpExt:', 'ListenOverflows'),
    listenDrops: value('TcpExt:', 'ListenDrops'),
    passiveOpens: value('Tcp:', 'PassiveOpens'),
  };
  return Object.values(counters).every(Number.isSafeInteger) ? counters : undefined;
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
