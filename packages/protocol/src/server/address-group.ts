/** The groups of an IPv6 address that name its network. One subscriber commonly has 2^64 addresses, and may use them all. */
const NETWORK_GROUPS = 4;

/**
 * Returns what counts as one address where a limit is per address: an IPv4 address itself, or the first 64 bits of an IPv6
 * address as `a:b:c:d::/64`, without its zone.
 * @param address as sockets write it, an IPv4 address without its mapping into IPv6.
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const [withoutZone = ''] = address.split('%', 1);
  const [head = '', tail] = withoutZone.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  // The zeros that `::` replaces, and the groups behind it.
  const following = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end is two groups.
  const followingCount = following.length + (following.at(-1)?.includes('.') === true ? 1 : 0);
  if (tail !== undefined) {
    const zeros = Math.max(0, 8 - groups.length - followingCount);
    groups.push(...Array.from({ length: zeros }, () => '0'), ...following);
  }
  return `${groups.slice(0, NETWORK_GROUPS).join(':').toLowerCase()}::/64`;
}
