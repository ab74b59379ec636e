import { describe, expect, vi } from 'vitest';
import type { Report } from '../../packages/ping/src/report/report.js';
import { program } from '../components.js';
import { Lab } from '../lab/lab.js';
import { missingNamespaces, onLink } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import { itWith } from '../real-components.js';

/* What limited the rate of a transfer: a link of a known rate, or a program of this pair. */

vi.setConfig({ testTimeout: 120_000 });

const missing = program('tc').missing ?? missingNamespaces();
const needs = { name: 'network namespaces', missing };

/** Both directions over one link between two namespaces. @param rate in the notation of tc; absent: as fast as the system. */
async function transfersOver(size: string, rate?: string): Promise<NonNullable<Report['transfers']>> {
  const lab = await Lab.open();
  try {
    const { here, there, address } = onLink(lab, rate === undefined ? '10.72.1' : '10.72.2');
    for (const host of rate === undefined ? [] : [here, there]) {
      const device = host.sh("ip -o link | sed -n 's/^[0-9]*: \\(eth[0-9]*\\).*/\\1/p'").trim();
      host.sh(`tc qdisc add dev ${device} root tbf rate ${rate} burst 64kb latency 100ms`);
    }
    const port = await there.pong();
    const args = [`${address}:${port}`, '--upload', size, '--download', size, '--json', '--quiet'];
    const ping = lab.start([...here.prefix, process.execPath, binary('ping'), ...args], {
      XDG_CONFIG_HOME: lab.directory,
    });
    await new Promise((resolve) => ping.process.once('close', resolve));
    const report = JSON.parse(ping.output.stdout) as Report;
    expect(report.verdict.id).toBe('ok');
    return report.transfers ?? [];
  } finally {
    await lab.end();
  }
}

describe('the limit of a rate', () => {
  itWith(needs, 'is no program where the link is slow', async () => {
    const transfers = await transfersOver('10MB', '40mbit');
    expect(transfers.map(({ direction }) => direction)).toEqual(['upload', 'download']);
    for (const { limitedBy, busyPercent, peerBusyPercent } of transfers) {
      expect(limitedBy).toBeUndefined();
      // Both were asked.
      expect(busyPercent).toBeGreaterThanOrEqual(0);
      expect(peerBusyPercent).toBeGreaterThanOrEqual(0);
    }
  });

  itWith(needs, 'is a program of this pair where the link is not', async () => {
    // On a machine that is busy with other tests, both ends may wait for a processor: then neither is the limit.
    for (let tries = 0; tries < 5; tries++) {
      const limits = (await transfersOver('500MB')).map(({ limitedBy }) => limitedBy);
      if (limits.every((limit) => limit !== undefined)) return;
    }
    expect.fail('no run in which a program limited both directions');
  });
});
