import { describe, expect, it } from 'vitest';
import type { IdleSideReport } from '../../packages/ping/src/report/idle-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { program } from '../components.js';
import { missingNamespaces } from '../lab/network.js';
import { itWith } from '../real-components.js';
import { climbed } from './climbed.js';
import { LIMIT_US, straight, throughFirewall, throughHaproxy, throughNginx } from './ways.js';

const namespaces = { name: 'network namespaces with nftables', missing: missingNamespaces() };

/** Every probe is one of its attempts, and what it found is within what it says. */
function checked(report: Report): Required<Pick<Report, 'idle'>> & Report {
  const { idle, attempts, verdict } = report;
  if (idle === undefined) throw new Error(`no ladder: ${verdict.id}: ${verdict.means}`);
  expect(attempts.failed).toBe(0);
  expect(idle.probes.length).toBeLessThan(attempts.sent);
  expect(attempts.sent).toBeLessThanOrEqual(80);
  for (const { idleUs, spanUs, outcome, checkUs, failure } of idle.probes) {
    if (outcome === 'ok') {
      expect(idleUs).toBeGreaterThanOrEqual(spanUs);
      expect(checkUs).toBeGreaterThan(0);
    }
    expect(failure?.id).toBe(['ok', 'cut'].includes(outcome) ? undefined : outcome);
  }
  return { ...report, idle };
}

/** A busy machine sees an answer, or an end, so much later than it came. */
const LAG_US = 1_000_000;

/** The limit lies between what was survived and what was not. */
function expectLimit({ longestOkUs = 0, shortestDeadUs = 0, exact }: IdleSideReport): void {
  expect(longestOkUs).toBeLessThan(LIMIT_US + LAG_US);
  expect(shortestDeadUs).toBeGreaterThan(LIMIT_US - LAG_US);
  expect(longestOkUs).toBeLessThan(shortestDeadUs);
  if (!exact) expect(shortestDeadUs - longestOkUs).toBeLessThan(LAG_US);
}

describe('the idle ladder', () => {
  it('finds nothing to complain of on a clean way', async () => {
    const { idle, verdict } = checked(await climbed(straight));
    expect(verdict).toMatchObject({ id: 'ok', next: [] });
    for (const side of [idle.keepAliveOn, idle.keepAliveOff])
      expect(side).toMatchObject({ outcome: 'ok', deaths: 0, settled: true, exceptions: 0 });
    expect(idle.keepAliveOn.longestOkUs).toBeGreaterThanOrEqual(1_500_000);
    expect(idle.keepAliveOn.keepAliveUs).toBe(15_000_000);
  });

  for (const [name, setting, way] of [
    ['nginx', 'proxy_timeout', throughNginx],
    // It closes towards the pong too, and passes that one's goodbye on: as if the pong had begun, but for what that one says.
    ['haproxy', 'timeout client', throughHaproxy],
  ] as const) {
    itWith(program(name), `finds the ${setting} of ${name}, which keep-alives do not put off`, async () => {
      const { idle, verdict } = checked(await climbed(way));
      expect(verdict).toMatchObject({ id: 'idle.closed', certainty: { kind: 'conclusive' } });
      expect(verdict.means).toContain('tentacle-pong');
      for (const { there } of idle.probes.filter(({ outcome }) => outcome === 'idle.closed'))
        expect(there).toEqual({ ending: 'served', closedBy: 'remote' });
      for (const side of [idle.keepAliveOn, idle.keepAliveOff]) {
        expect(side).toMatchObject({ outcome: 'idle.closed', normal: false });
        expectLimit(side);
      }
    });
  }

  for (const [how, rule, id, net, kind] of [
    ['drops', 'drop', 'idle.silent', '10.90', 'ambiguous'],
    ['resets', 'reject with tcp reset', 'idle.reset-on-use', '10.91', 'conclusive'],
  ] as const) {
    itWith(namespaces, `finds when a firewall forgets a connection and ${how} what it sends then`, async () => {
      const { idle, verdict } = checked(await climbed(throughFirewall(rule, net)));
      expect(verdict).toMatchObject({ id, certainty: { kind } });
      for (const side of [idle.keepAliveOn, idle.keepAliveOff]) {
        expect(side).toMatchObject({ outcome: id, exact: false, normal: false });
        expectLimit(side);
      }
    });
  }

  itWith(namespaces, 'shows that a keep-alive holds a connection open that is forgotten without', async () => {
    const { idle, verdict } = checked(await climbed(throughFirewall('drop', '10.92', { keepAliveUs: 1_000_000 })));
    expect(idle.keepAliveOn).toMatchObject({ outcome: 'ok', deaths: 0 });
    expect(idle.keepAliveOn.longestOkUs).toBeGreaterThanOrEqual(5_000_000);
    expect(idle.keepAliveOff.outcome).toBe('idle.silent');
    expectLimit(idle.keepAliveOff);
    expect(verdict.id).toBe('idle.silent');
    expect(verdict.means).toMatch(/\b1 s\b.*\b5 s\b/);
  });

  itWith(
    namespaces,
    'shows the same with the keep-alive of 15 s that both ends have, switched off at both',
    async () => {
      // Longer than 15 s, and the keep-alives of either end alone would hold the connection.
      const { idle, verdict } = checked(
        await climbed(throughFirewall('drop', '10.94', { limitS: 18, ladder: '22s..23s' })),
      );
      expect(idle.keepAliveOn).toMatchObject({ outcome: 'ok', deaths: 0, keepAliveUs: 15_000_000 });
      expect(idle.keepAliveOff).toMatchObject({ outcome: 'idle.silent', peerKeepAliveOff: true });
      expect(verdict.means).toMatch(/\b15 s\b.*\b23 s\b/);
    },
    120_000,
  );
});
