import { expect, it } from 'vitest';
import { checkInNamespace, lacking, resolverWith } from './check-in-namespace.js';
import { describeWith } from '../real-components.js';

const addresses = async (commands: string, ...args: readonly string[]) =>
  checkInNamespace(commands, ['--only', 'addresses', ...args]);
const ids = (checks: readonly { readonly id: string }[]): readonly string[] => checks.map(({ id }) => id);
const SERVER = ['--server', 'https://198.51.100.5'];
const GATEWAY = 'ip route add default via 192.0.2.1 dev near0';
const hosts = (...lines: readonly string[]): string =>
  `mount -t tmpfs tmpfs /mnt\nprintf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > /mnt/hosts\nmount --bind /mnt/hosts /etc/hosts`;

describeWith(lacking, 'addresses and names', () => {
  it('have a route with its source address, or none', async () => {
    const found = (await addresses(GATEWAY, ...SERVER)).find(({ id }) => id === 'addresses.route');
    expect(found?.title).toMatch(/192\.0\.2\.10 .*192\.0\.2\.1 .*near0/);
    expect(ids(await addresses('', ...SERVER))).toContain('addresses.no-route');
    expect(ids(await addresses(`${GATEWAY}\nip route add prohibit 198.51.100.5`, ...SERVER))).toContain(
      'addresses.no-route',
    );
  });

  it('have a private source address towards a public one', async () => {
    const privateAddress =
      'ip addr flush dev near0\nip addr add 10.1.2.3/24 dev near0\nip route add default via 10.1.2.1';
    const checks = await addresses(privateAddress, ...SERVER);
    expect(checks.find(({ id }) => id === 'addresses.route')?.title).toContain('10.1.2.3');
  });

  it('are link-local, none, or IPv6 only', async () => {
    const flush = 'ip addr flush dev near0';
    expect(ids(await addresses(`${flush}\nip addr add 169.254.7.7/16 dev near0`))).toContain(
      'addresses.link-local-only',
    );
    expect(ids(await addresses(`ip link del near0`))).toContain('addresses.none');
    expect(ids(await addresses(`ip -4 addr flush dev near0`))).toContain('addresses.ipv6-only');
  });

  it("are the name's: loopback, an address of this host, or a stale one", async () => {
    const named = async (address: string) =>
      ids(await addresses(hosts(`${address} $(hostname)`).replace(/'([^']*\$\(hostname\))'/, '"$1"')));
    expect(await named('127.0.1.1')).toContain('addresses.name-loopback');
    expect(await named('192.0.2.10')).toContain('addresses.name-here');
    expect(await named('192.0.2.77')).toContain('addresses.name-elsewhere');
  });

  it('are those of DNS, which may be stale, or have none', async () => {
    const inDns = async (address: string) => ids(await addresses(resolverWith(address)));
    expect(await inDns('192.0.2.10')).toContain('addresses.dns-here');
    expect(await inDns('192.0.2.77')).toContain('addresses.dns-elsewhere');
  });
});
