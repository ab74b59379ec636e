import { readText } from './read-text.js';

/** A TCP socket of this host, as Linux lists it. */
export interface TcpSocket {
  readonly family: 4 | 6;
  /** `0.0.0.0`, `192.0.2.1`, `::`, ... */
  readonly address: string;
  readonly port: number;
  readonly isListening: boolean;
  /** The number of the account that owns it. */
  readonly userId: number;
  /** The number by which the open files of its processes name it; 0 for one that no process holds any more. */
  readonly inode: number;
}

/** The state of a listening socket. */
const LISTENING = '0A';

/** 100,000 connections; listening sockets come first. */
const TABLE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads the sockets with this local port, of the network namespace of a process. Undefined where Linux's tables are
 * missing. Their columns are: number, local address:port, remote, state, queues, timer, retransmits, uid, timeout, inode.
 * @param folder `/proc`, or the folder of a process in it.
 */
export async function readTcpSockets(port: number, folder: string): Promise<readonly TcpSocket[] | undefined> {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets: TcpSocket[] = [];
  let isRead = false;
  for (const [table, family] of [
    ['tcp', 4],
    ['tcp6', 6],
  ] as const) {
    const text = await readText(`${folder}/net/${table}`, TABLE_MAX_BYTES);
    isRead ||= text !== undefined;
    for (const line of (text ?? '').split('\n')) {
      const [, local = '', , state, , , , userId, , inode] = line.trim().split(/\s+/);
      if (!local.endsWith(hexPort) || inode === undefined) continue;
      const address = formatHexAddress(local.slice(0, -hexPort.length));
      const isListening = state === LISTENING;
      sockets.push({ family, address, port, isListening, userId: Number(userId), inode: Number(inode) });
    }
  }
  return isRead ? sockets : undefined;
}

/** An address as the kernel prints it: words of 32 bits in the byte order of the host, which is little-endian. */
function formatHexAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse()).map((byte) => Number.parseInt(byte, 16));
  if (bytes.length !== 16) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  // The URL parser shortens an address as RFC 5952 does.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
