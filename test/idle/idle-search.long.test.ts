import { describe, expect, it } from 'vitest';
import type { IdleProbe, IdleReport, IdleSideReport } from '../../packages/ping/src/report/idle-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import type { FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { CUT_IN_BETWEEN } from '../../packages/ping/src/report/remote-conclusions.js';
import { program } from '../components.js';
import { missingNamespaces } from '../lab/network.js';
import { itWith } from '../real-components.js';
import { runIdleSearch } from './run-idle-search.js';
import { LIMIT_US, directPath, throughFirewall, throughHaproxy, throughNginx } from './network-paths.js';

const namespaces = { name: 'network namespaces with nftables', missing: missingNamespaces() };

/** Checks that every probe is one of the attempts, and that its times are consistent with its outcome. */
function checked(report: Report): Required<Pick<Report, 'idle'>> & Report {
  const { idle, attempts, verdict } = report;
  if (idle === undefined) throw new Error(`no search: ${verdict.id}: ${verdict.means}`);
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

/** The delay with which a busy machine may observe a reply or a close. */
const LAG_US = 1_000_000;

/** Checks that the limit is between the longest time that was survived and the shortest that was not. */
function expectLimit({ longestOkUs = 0, shortestDeadUs = 0, exact }: IdleSideReport): void {
  expect(longestOkUs).toBeLessThan(LIMIT_US + LAG_US);
  expect(shortestDeadUs).toBeGreaterThan(LIMIT_US - LAG_US);
  expect(longestOkUs).toBeLessThan(shortestDeadUs);
  if (!exact) expect(shortestDeadUs - longestOkUs).toBeLessThan(LAG_US);
}

/** How the other end recorded the end of each connection that failed with this id. */
function endingsThere({ probes }: IdleReport, id: FailureId): IdleProbe['there'][] {
  const endings = probes.filter(({ outcome }) => outcome === id).map(({ there }) => there);
  expect(endings).not.toHaveLength(0);
  return endings;
}

describe('the idle search', () => {
  it('finds no timeout on a path without a device', async () => {
    const { idle, verdict } = checked(await runIdleSearch(directPath));
    expect(verdict).toMatchObject({ id: 'ok', next: [] });
    for (const side of [idle.keepAliveOn, idle.keepAliveOff])
      expect(side).toMatchObject({ outcome: 'ok', deaths: 0, settled: true, exceptions: 0 });
    expect(idle.keepAliveOn.longestOkUs).toBeGreaterThanOrEqual(1_500_000);
    expect(idle.keepAliveOn.keepAliveUs).toBe(15_000_000);
  });

  for (const [name, setting, path] of [
    ['nginx', 'proxy_timeout', throughNginx],
    // It closes towards the pong too, and forwards the pong's close_notify. Only the pong's record shows that it did not begin.
    ['haproxy', 'timeout client', throughHaproxy],
  ] as const) {
    itWith(program(name), `finds the ${setting} of ${name}, which keep-alives do not extend`, async () => {
      const { idle, verdict } = checked(await runIdleSearch(path));
      expect(verdict).toMatchObject({ id: 'idle.closed', certainty: { kind: 'conclusive' } });
      expect(verdict.means).toContain(CUT_IN_BETWEEN);
      // The pong did not close, so its log is not needed.
      expect(verdict.next.map(({ who }) => who)).toEqual(['network-team']);
      for (const there of endingsThere(idle, 'idle.closed'))
        expect(there).toEqual({ ending: 'rpc.unconfirmed', closedBy: 'remote' });
      for (const side of [idle.keepAliveOn, idle.keepAliveOff]) {
        expect(side).toMatchObject({ outcome: 'idle.closed', normal: false });
        expectLimit(side);
      }
    });
  }

  for (const [action, rule, id, net, kind] of [
    ['drops', 'drop', 'idle.silent', '10.90', 'ambiguous'],
    ['resets', 'reject with tcp reset', 'idle.reset-on-use', '10.91', 'conclusive'],
  ] as const) {
    itWith(
      namespaces,
      `finds when a firewall drops a connection from its table and ${action} its later packets`,
      async () => {
        const { idle, verdict } = checked(await runIdleSearch(throughFirewall(rule, net)));
        expect(verdict).toMatchObject({ id, certainty: { kind } });
        expect(verdict.means.includes(CUT_IN_BETWEEN)).toBe(kind === 'conclusive');
        expect(verdict.next[0]).toMatchObject({ who: 'network-team' });
        for (const there of endingsThere(idle, id)) expect(there?.closedBy).not.toBe('local');
        for (const side of [idle.keepAliveOn, idle.keepAliveOff]) {
          expect(side).toMatchObject({ outcome: id, exact: false, normal: false });
          expectLimit(side);
        }
      },
    );
  }

  itWith(namespaces, 'shows that keep-alives keep a connection open that is lost without them', async () => {
    const { idle, verdict } = checked(
      await runIdleSearch(throughFirewall('drop', '10.92', { keepAliveUs: 1_000_000 })),
    );
    expect(idle.keepAliveOn).toMatchObject({ outcome: 'ok', deaths: 0 });
    expect(idle.keepAliveOn.longestOkUs).toBeGreaterThanOrEqual(5_000_000);
    expect(idle.keepAliveOff.outcome).toBe('idle.silent');
    expectLimit(idle.keepAliveOff);
    expect(verdict.id).toBe('idle.silent');
    expect(verdict.means).toMatch(/\b1 s\b.*\b5 s\b/);
  });

  itWith(
    namespaces,
    'shows the same with the keep-alives of 15 s of both ends, turned off at both',
    async () => {
      // Longer than 15 s: the keep-alives of one end alone would keep the connection open.
      const { idle, verdict } = checked(
        await runIdleSearch(throughFirewall('drop', '10.94', { limitS: 18, range: '22s..23s' })),
      );
      expect(idle.keepAliveOn).toMatchObject({ outcome: 'ok', deaths: 0, keepAliveUs: 15_000_000 });
      expect(idle.keepAliveOff).toMatchObject({ outcome: 'idle.silent', peerKeepAliveOff: true });
      expect(verdict.means).toMatch(/\b15 s\b.*\b23 s\b/);
    },
    120_000,
  );
});
