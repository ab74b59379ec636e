import { describe, expect } from 'vitest';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import { itWith, namespaces } from '../real-components.js';
import { Lab } from './lab.js';
import { routed } from './network.js';
import { binary } from './programs.js';

const ONLY_THE_FIRST = 'numgen inc mod 1000000 == 0 reject with icmp type host-unreachable';

describe('an address that is rejected as unreachable at once', () => {
  /** Diagnoses an unused address, or that of a pong, behind a router with this rule. */
  const diagnosed = async (near: string, far: string, rule: string, isUp = false): Promise<DiagnosisReport> => {
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
      return JSON.parse(output.stdout) as DiagnosisReport;
    } finally {
      await lab.end();
    }
  };

  itWith(
    namespaces(),
    'is retried: a router that was already looking for the machine takes 3 s for the next packet',
    async () => {
      // As if the first packet had arrived during that search.
      const { verdict, steps } = await diagnosed('10.73.1', '10.73.2', ONLY_THE_FIRST);
      expect(verdict.id).toBe('tcp.host-down');
      expect(steps.find(({ id }) => id === 'tcp')?.evidence).toMatchObject({
        firstElapsedUs: expect.any(Number) as number,
      });
    },
  );

  itWith(namespaces(), 'is a warning if the second attempt succeeds', async () => {
    const { verdict, steps } = await diagnosed('10.73.5', '10.73.6', ONLY_THE_FIRST, true);
    expect(verdict.id).toBe('ok');
    const tcp = steps.find(({ id }) => id === 'tcp');
    expect(tcp).toMatchObject({ status: 'warning', evidence: { firstElapsedUs: expect.any(Number) as number } });
  });

  itWith(namespaces(), 'is a firewall rule if every attempt is rejected', async () => {
    const { verdict } = await diagnosed('10.73.3', '10.73.4', 'reject with icmp type host-unreachable');
    expect(verdict.id).toBe('tcp.rejected');
  });
});
