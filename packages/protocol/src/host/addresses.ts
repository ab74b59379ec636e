import type { NetworkInterfaceInfo } from 'node:os';
import type { Interfaces } from '../net/interfaces.js';

const WILDCARDS: Readonly<Record<string, 'IPv4' | undefined>> = { '0.0.0.0': 'IPv4', '::': undefined };

/** Whether listening there is listening on all addresses. @param bind absent: all addresses. */
export function isWildcard(bind = '::'): boolean {
  return Object.hasOwn(WILDCARDS, bind);
}

/**
 * Returns the addresses under which other hosts can reach a listener on `bind`: routable addresses first, IPv4 before
 * IPv6; link-local addresses, which do not pass a router, last; loopback addresses only if the host has no others.
 * @param bind absent: all addresses.
 */
export function reachableAddresses(interfaces: Interfaces, bind = '::'): string[] {
  if (!isWildcard(bind)) return [bind];
  const family = WILDCARDS[bind];
  const all = flatten(interfaces).filter((info) => family === undefined || info.family === family);
  const external = all.filter(({ internal }) => !internal);
  return sortByReach(external.length > 0 ? external : all);
}

/** Returns every address of this host, for the message about an address that it does not have. */
export function ownAddresses(interfaces: Interfaces): string[] {
  return sortByReach(flatten(interfaces));
}

type NamedInterface = NetworkInterfaceInfo & { readonly name: string };

function flatten(interfaces: Interfaces): NamedInterface[] {
  return Object.entries(interfaces).flatMap(([name, infos]) => (infos ?? []).map((info) => ({ ...info, name })));
}

function sortByReach(infos: readonly NamedInterface[]): string[] {
  const rank = (info: NamedInterface): number =>
    (info.internal ? 4 : 0) + (isLinkLocal(info) ? 2 : 0) + (info.family === 'IPv4' ? 0 : 1);
  return [...infos].sort((one, other) => rank(one) - rank(other)).map(formatAddress);
}

function isLinkLocal({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' ? address.startsWith('169.254.') : /^fe[89ab]/i.test(address);
}

/** Formats an address; a link-local IPv6 address is ambiguous without its interface. */
function formatAddress(info: NamedInterface): string {
  return info.family === 'IPv6' && isLinkLocal(info) ? `${info.address}%${info.name}` : info.address;
}

/** Formats `address:port`, with the brackets that IPv6 requires. */
export function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
