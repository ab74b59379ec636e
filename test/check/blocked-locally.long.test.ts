import { expect, it } from 'vitest';
import { checkInNamespace, PONG_LISTENS, lacking } from './check-in-namespace.js';
import { describeWith } from '../real-components.js';

const ids = (checks: readonly { readonly id: string }[]): readonly string[] => checks.map(({ id }) => id);

describeWith(lacking, 'the port and its answers', () => {
  it('are a listener that a rule blocks at one of the addresses', async () => {
    const rules = `
nft add table inet t
nft add chain inet t input '{ type filter hook input priority 0; }'
nft add rule inet t input ip daddr 192.0.2.10 tcp dport 10933 reject with tcp reset`;
    const checks = await checkInNamespace(`${PONG_LISTENS}\n${rules}`, ['--only', 'port,local']);
    expect(ids(checks)).toEqual(['local.port-held', 'local.answers', 'local.address-blocked']);
    expect(checks[2]?.evidence.filter((line) => line.startsWith('192.0.2.10: '))).toHaveLength(1);
  });

  it('are a listener of another account, which is hidden and answers', async () => {
    const checks = await checkInNamespace(PONG_LISTENS, ['--only', 'port,local'], { asNobody: true });
    expect(ids(checks)).toEqual(['local.port-holder-hidden', 'local.answers']);
  });

  it('are a listener at one address only', async () => {
    const listens = PONG_LISTENS.replace('--port 10933', '--port 10933 --bind 192.0.2.10');
    const checks = await checkInNamespace(listens, ['--only', 'port,local']);
    expect(ids(checks)).toEqual([
      'local.port-held',
      'local.port-one-address',
      'local.answers',
      'local.address-not-bound',
    ]);
  });

  it('are a free port that is reserved, ephemeral or privileged', async () => {
    const range = 'sysctl -qw net.ipv4.ip_local_port_range="10000 20000"';
    expect(ids(await checkInNamespace(range, ['--only', 'port']))).toEqual(['local.port-free', 'local.port-ephemeral']);
    const reserved = `${range}\nsysctl -qw net.ipv4.ip_local_reserved_ports=10930-10935`;
    expect(ids(await checkInNamespace(reserved, ['--only', 'port']))).toEqual(['local.port-free']);
    const privileged = ['--only', 'port', '--port', '443'];
    expect(ids(await checkInNamespace('', privileged))).toEqual(['local.port-free', 'local.port-privileged']);
    const lowered = 'sysctl -qw net.ipv4.ip_unprivileged_port_start=443';
    expect(ids(await checkInNamespace(lowered, privileged))).toEqual(['local.port-free']);
  });
});
