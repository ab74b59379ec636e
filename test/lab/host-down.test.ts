import { describe, expect } from 'vitest';
import type { Diagnosis } from '../../packages/ping/src/diagnose/diagnosis.js';
import { itWith, namespaces } from '../real-components.js';
import { Lab } from './lab.js';
import { routed } from './network.js';
import { binary } from './programs.js';

const ONLY_THE_FIRST = 'numgen inc mod 1000000 == 0 reject with icmp type host-unreachable';

describe('an address of which is said at once that it cannot be reached', () => {
  /** A diagnosis of an address that no machine has, or that of a pong, by a router with this rule. */
  const diagnosed = async (near: string, far: string, rule: string, isUp = false): Promise<Diagnosis> => {
    const lab = await Lab.open();
    try {
      const { here, router, there, address } = routed(lab, near, far);
      const target = isUp ? `${address}:${await there.pong()}` : `${far}.99:10933`;
      router.firewall('forward', rule);
      const { process: child, output } = lab.start(
        [...here.prefix, process.execPath, binary('ping'), 'diagnose', target, '--json', '--quiet'],
        { XDG_CONFIG_HOME: lab.directory },
      );
      await new Promise((resolve) => child.once('close', resolve));
      return JSON.parse(output.stdout) as Diagnosis;
    } finally {
      await lab.end();
    }
  };

  itWith(
    namespaces(),
    'is asked for again: a router that was asking for the machine already takes 3 s for the next',
    async () => {
      // As if the first of our packets had come in the middle of that.
      const { verdict, steps } = await diagnosed('10.73.1', '10.73.2', ONLY_THE_FIRST);
      expect(verdict.id).toBe('tcp.host-down');
      expect(steps.find(({ id }) => id === 'tcp')?.evidence).toMatchObject({
        firstElapsedUs: expect.any(Number) as number,
      });
    },
  );

  itWith(namespaces(), 'and where the second try gets through, the first one still stands there', async () => {
    const { verdict, steps } = await diagnosed('10.73.5', '10.73.6', ONLY_THE_FIRST, true);
    expect(verdict.id).toBe('ok');
    const tcp = steps.find(({ id }) => id === 'tcp');
    expect(tcp).toMatchObject({ status: 'warning' });
    expect(tcp?.title).toContain('at the second try');
  });

  itWith(namespaces(), 'and is a rule where that says so each time', async () => {
    const { verdict } = await diagnosed('10.73.3', '10.73.4', 'reject with icmp type host-unreachable');
    expect(verdict.id).toBe('tcp.rejected');
  });
});
