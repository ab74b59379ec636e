/** Each a block of addresses of loopback; the first is that of the services of this host. */
const ADDRESSES_PER_BLOCK = 250;

/** That many addresses of this host, 127.0.0.1 and following, at the ports in turn. */
export function fleetTargets(count: number, ports: readonly string[]): string[] {
  return Array.from({ length: count }, (_, index) => {
    const block = Math.floor(index / ADDRESSES_PER_BLOCK);
    const address = `127.${Math.floor(block / ADDRESSES_PER_BLOCK)}.${block % ADDRESSES_PER_BLOCK}.${(index % ADDRESSES_PER_BLOCK) + 1}`;
    return `${address}:${ports[index % ports.length] ?? ''}`;
  });
}
