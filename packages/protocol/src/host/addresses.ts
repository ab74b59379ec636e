import type { NetworkInterfaceInfo } from 'node:os';

/** What `os.networkInterfaces()` gives. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const WILDCARDS: Readonly<Record<string, 'IPv4' | undefined>> = { '0.0.0.0': 'IPv4', '::': undefined };

/**
 * The addresses at which others can reach what listens on `bind`: those that routers know first, IPv4 before IPv6;
 * link-local ones, which reach no farther than the next router, last; this host's own loopback only where it is all.
 * @param bind absent: all addresses.
 */
export function reachableAddresses(interfaces: Interfaces, bind = '::'): string[] {
  if (!(bind in WILDCARDS)) return [bind];
  const family = WILDCARDS[bind];
  const all = flat(interfaces).filter((info) => family === undefined || info.family === family);
  const others = all.filter(({ internal }) => !internal);
  return inOrder(others.length > 0 ? others : all);
}

/** Every address that this host has, for whoever named one that it has not. */
export function ownAddresses(interfaces: Interfaces): string[] {
  return inOrder(flat(interfaces));
}

type Named = NetworkInterfaceInfo & { readonly name: string };

function flat(interfaces: Interfaces): Named[] {
  return Object.entries(interfaces).flatMap(([name, infos]) => (infos ?? []).map((info) => ({ ...info, name })));
}

function inOrder(infos: readonly Named[]): string[] {
  const rank = (info: Named): number =>
    (info.internal ? 4 : 0) + (isLinkLocal(info) ? 2 : 0) + (info.family === 'IPv4' ? 0 : 1);
  return [...infos].sort((one, other) => rank(one) - rank(other)).map(textOf);
}

function isLinkLocal({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' ? address.startsWith('169.254.') : /^fe[89ab]/i.test(address);
}

/** A link-local IPv6 address means nothing without its interface. */
function textOf(info: Named): string {
  return info.family === 'IPv6' && isLinkLocal(info) ? `${info.address}%${info.name}` : info.address;
}

/** `address:port`, with the brackets that IPv6 needs. */
export function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
