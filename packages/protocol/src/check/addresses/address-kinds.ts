import { BlockList, isIPv4 } from 'node:net';

function blockList(...ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6');
  return list;
}

/** RFC 3927, which Windows calls APIPA, and RFC 4291. */
const LINK_LOCAL = blockList(['169.254.0.0', 16], ['fe80::', 10]);

const LOOPBACK = blockList(['127.0.0.0', 8], ['::1', 128]);

/** RFC 1918, and RFC 6598 for carriers. IPv6 has no translation as a rule. */
const PRIVATE = blockList(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10]);

function isIn(list: BlockList, address: string): boolean {
  return list.check(address.replace(/%.*/, ''), isIPv4(address) ? 'ipv4' : 'ipv6');
}

export function isLinkLocal(address: string): boolean {
  return isIn(LINK_LOCAL, address);
}

export function isLoopback(address: string): boolean {
  return isIn(LOOPBACK, address);
}

/** Whether a NAT device must be between a host with this address and one outside. */
export function isPrivate(address: string): boolean {
  return isIn(PRIVATE, address);
}
