/** Returns loopback addresses that no healthy ping uses: it connects from 127.0.0.1. */
export function attackerAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`);
}
