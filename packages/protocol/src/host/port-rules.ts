import { readText } from './read-text.js';

/** The first and the last port of a range. */
export type PortRange = readonly [number, number];

/** What the system keeps ports for. */
export interface PortRules {
  /** Ports that connections of clients get. */
  readonly ephemeral?: PortRange;
  /** Linux: ports of that range which clients do not get. */
  readonly reserved: readonly PortRange[];
  /** Windows: ports that no process can listen on, as another component has reserved them. */
  readonly excluded: readonly PortRange[];
  /** Ports below it require a right of their own; 0 where none do. */
  readonly unprivilegedFrom: number;
}

/** A list of ports is at most some kilobytes long. */
const SETTING_MAX_BYTES = 256 * 1024;

/** Reads Linux's rules; what is not readable has the kernel's default. @param root the prefix of `/proc`. */
export async function readPortRules(root = ''): Promise<PortRules> {
  const read = async (name: string): Promise<string> =>
    ((await readText(`${root}/proc/sys/net/ipv4/${name}`, SETTING_MAX_BYTES)) ?? '').trim();
  const [from, to] = (await read('ip_local_port_range')).split(/\s+/).map(Number);
  const unprivilegedFrom = await read('ip_unprivileged_port_start');
  return {
    ...(from === undefined || to === undefined ? {} : { ephemeral: [from, to] as const }),
    reserved: parseRanges(await read('ip_local_reserved_ports')),
    excluded: [],
    unprivilegedFrom: unprivilegedFrom === '' ? 1024 : Number(unprivilegedFrom),
  };
}

/** `8080,9000-9010` */
function parseRanges(text: string): readonly PortRange[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    return from === undefined ? [] : [[Number(from), Number(to ?? from)] as const];
  });
}

/** The range that a port is in. */
export function rangeOf(port: number, ranges: readonly PortRange[]): PortRange | undefined {
  return ranges.find(([from, to]) => port >= from && port <= to);
}
