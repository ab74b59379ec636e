import { describe, expect } from 'vitest';
import type { Diagnosis } from '../../packages/ping/src/diagnose/diagnosis.js';
import { itWith, namespaces } from '../real-components.js';
import { Lab } from './lab.js';
import { routed } from './network.js';
import { binary } from './programs.js';

describe('an address of which is said at once that it cannot be reached', () => {
  /** A diagnosis of an address that no machine has, by a router with this rule. */
  const diagnosed = async (near: string, far: string, rule: string): Promise<Diagnosis> => {
    const lab = await Lab.open();
    try {
      const { here, router } = routed(lab, near, far);
      router.firewall('forward', rule);
      const { process: child, output } = lab.start(
        [...here.prefix, process.execPath, binary('ping'), 'diagnose', `${far}.99:10933`, '--json', '--quiet'],
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
      const first = 'numgen inc mod 1000000 == 0 reject with icmp type host-unreachable';
      const { verdict, steps } = await diagnosed('10.73.1', '10.73.2', first);
      expect(verdict.id).toBe('tcp.host-down');
      expect(steps.find(({ id }) => id === 'tcp')?.evidence).toMatchObject({
        firstElapsedUs: expect.any(Number) as number,
      });
    },
  );

  itWith(namespaces(), 'and is a rule where that says so each time', async () => {
    const { verdict } = await diagnosed('10.73.3', '10.73.4', 'reject with icmp type host-unreachable');
    expect(verdict.id).toBe('tcp.rejected');
  });
});
