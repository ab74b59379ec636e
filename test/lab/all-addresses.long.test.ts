import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { TargetsReport } from '../../packages/ping/src/measurements/targets/targets-report.js';
import { itWith, namespaces } from '../real-components.js';
import { Lab } from './lab.js';
import { Host, link } from './network.js';
import { binary } from './programs.js';

describe('--all-addresses', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(async () => lab.end());

  /** Pings a name with three addresses (two IPv4, one IPv6) of a pong behind a firewall. */
  const measured = async (rule: string | undefined, ...args: string[]) => {
    const here = new Host(lab, 'here');
    const there = new Host(lab, 'there');
    link(lab, here, ['10.6.0.1/24', 'fd06::1/64'], there, ['10.6.0.2/24', '10.6.0.3/24', 'fd06::2/64']);
    here.resolvers(['127.0.0.1']);
    await here.dns({ a: ['10.6.0.2', '10.6.0.3'], aaaa: ['fd06::2'] });
    const port = await there.pong([]);
    if (rule !== undefined) there.firewall('input', rule.replace('PORT', String(port)));
    const ping = [
      ...here.prefix,
      process.execPath,
      binary('ping'),
      `three.example:${port}`,
      '--all-addresses',
      ...args,
    ];
    const { process: child, output } = lab.start([...ping, '--timeout', '1500ms'], { XDG_CONFIG_HOME: lab.directory });
    await new Promise((resolve) => child.once('close', resolve));
    return output.stdout;
  };

  const summaryOf = (stdout: string): TargetsReport =>
    JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as TargetsReport;

  itWith(
    namespaces(),
    'a name with a dead address is dns.partial, which a browser hides and Octopus does not',
    async () => {
      const stdout = await measured('ip6 nexthdr tcp drop');
      expect(stdout).toMatch(/three\.example:\d+ \(10\.6\.0\.2\) +1\/1 .* ok\n/);
      expect(stdout).toMatch(/three\.example:\d+ \(10\.6\.0\.3\) +1\/1 .* ok\n/);
      expect(stdout).toMatch(/three\.example:\d+ \(fd06::2\) +0\/1 .* tcp\.timeout/);
      expect(stdout).toContain('(dns.partial)');
      // The explanation names the dead address, and the reason why a browser works.
      const explanation = stdout.slice(stdout.indexOf('(dns.partial)'));
      expect(explanation).toContain('fd06::2');
      expect(explanation).toContain('browser');
    },
  );

  itWith(namespaces(), 'JSON has a report for each address and a verdict for all of them', async () => {
    const stdout = await measured(
      'ip daddr 10.6.0.3 tcp dport PORT reject with tcp reset',
      '--json',
      '--count',
      '3',
      '-i',
      '0',
    );
    const { targets, verdict } = summaryOf(stdout);
    expect(
      Object.fromEntries(targets.map(({ address, attempts, verdict: { id } }) => [address, [attempts.ok, id]])),
    ).toEqual({
      '10.6.0.2': [3, 'ok'],
      '10.6.0.3': [0, 'tcp.refused'],
      'fd06::2': [3, 'ok'],
    });
    // Octopus goes on to the next address at once, so the verdict of the address is sufficient.
    expect(verdict).toBeUndefined();
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  });

  itWith(namespaces(), 'an address without a route beside others that work is no failure', async () => {
    const here = new Host(lab, 'here');
    const there = new Host(lab, 'there');
    link(lab, here, ['10.6.1.1/24'], there, ['10.6.1.2/24']);
    here.resolvers(['127.0.0.1']);
    await here.dns({ a: ['10.6.1.2'], aaaa: ['2001:db8::6'] });
    const target = `dual.example:${await there.pong([])}`;
    const { process: child, output } = lab.start(
      [...here.prefix, process.execPath, binary('ping'), target, '--all-addresses', '--json'],
      { XDG_CONFIG_HOME: lab.directory },
    );
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(0);
    const { targets, verdict } = summaryOf(output.stdout);
    expect(verdict).toBeUndefined();
    expect(Object.fromEntries(targets.map(({ address, verdict: { id } }) => [address, id]))).toEqual({
      '10.6.1.2': 'ok',
      '2001:db8::6': 'tcp.no-route-v6',
    });
  });

  itWith(namespaces(), 'one family, all healthy: no verdict beside those of the addresses', async () => {
    const { targets, verdict, verdicts } = summaryOf(await measured(undefined, '--json', '-4'));
    expect(targets.map(({ address }) => address).sort()).toEqual(['10.6.0.2', '10.6.0.3']);
    expect(verdicts).toEqual({ ok: 2 });
    expect(verdict).toBeUndefined();
  });
});
