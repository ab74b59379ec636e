import fc from 'fast-check';
import { CallError, ConnectionTrace } from 'tentacle-protocol';
import { type EndedConnectionRecord, type EndingId, observe } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { contradictions } from '../../report/contradictions.test.support.js';
import { PendingCall } from './call-queue.js';
import { buildPollingReport, type PollingReport } from './polling-report.js';
import type { PollingServerContext } from './polling-server-context.js';
import { PollingTally } from './polling-tally.js';
import { type PollerInfo, Subscriptions } from './subscriptions.js';

const ID = 'poll://one/';

/** What a run may meet. */
interface Run {
  readonly calls: readonly ('ok' | 'cancelled' | 'not-collected')[];
  readonly endings: readonly EndingId[];
  readonly pollers: readonly { readonly thumbprint: string | null; readonly kind?: 'pong' | 'tentacle' }[];
  readonly idleUs: number;
}

const THUMBPRINTS = ['A'.repeat(40), 'B'.repeat(40), null];

const runs: fc.Arbitrary<Run> = fc.record({
  calls: fc.array(fc.constantFrom('ok' as const, 'ok' as const, 'cancelled' as const, 'not-collected' as const), {
    maxLength: 8,
  }),
  endings: fc.array(
    fc.constantFrom<EndingId>(
      'poll.ended',
      'poll.lost',
      'poll.silent',
      'stopped',
      'trust.silent-client',
      'tls.reset-after',
      'probe.tls',
      'probe.tcp',
      'refused.thumbprint',
      'refused.no-certificate',
    ),
    { maxLength: 6 },
  ),
  pollers: fc.array(
    fc.record(
      { thumbprint: fc.constantFrom(...THUMBPRINTS), kind: fc.constantFrom('pong' as const, 'tentacle' as const) },
      { requiredKeys: ['thumbprint'] },
    ),
    { maxLength: 2 },
  ),
  idleUs: fc.integer({ min: 0, max: 60_000_000 }),
});

function reportOf({ calls, endings, pollers, idleUs }: Run): PollingReport {
  const startedAt = new Date().toISOString();
  const tally = new PollingTally();
  const subscriptions = new Subscriptions(() => undefined);
  const subscription = subscriptions.of(ID);
  for (const { thumbprint, kind } of pollers) {
    const info: PollerInfo = { address: '192.0.2.7', thumbprint, tlsVersion: 'TLSv1.3', cipher: '' };
    const poller = subscription.connect(info, undefined);
    if (kind !== undefined) poller.peer = { kind, level: 'capabilities' };
    subscription.disconnect(poller);
  }
  calls.forEach((outcome, i) => {
    const call = new PendingCall(i + 1);
    const trace = new ConnectionTrace({ host: 'unknown', port: 10943, timeoutUs: 1, peerRole: 'poller' });
    trace.enterStage('rpc');
    if (outcome === 'ok') tally.completed(ID, call, { kind: 'ok', roundTripUs: 5 });
    else if (outcome === 'cancelled') tally.completed(ID, call, { kind: 'cancelled' });
    else tally.completed(ID, call, { kind: 'failed', observation: observe(new CallError('NOT_COLLECTED'), trace) });
  });
  endings.forEach((ending, i) => {
    const clientThumbprint = ending === 'refused.no-certificate' ? null : (THUMBPRINTS[i % 2] ?? null);
    tally.connectionEnded({ ...RECORD, ending, clientThumbprint, idleUs: idleUs + i });
  });
  const server = { tally, subscriptions, version: '0', plan: {} } as unknown as PollingServerContext;
  const endedAt = new Date().toISOString();
  return buildPollingReport(server, 10943, 'C'.repeat(40), { startedAt, endedAt });
}

const RECORD: EndedConnectionRecord = {
  connectionId: 'c',
  startedAt: new Date().toISOString(),
  address: '192.0.2.7',
  port: 50_000,
  localAddress: '192.0.2.10',
  localPort: 10943,
  ending: 'stopped',
  closedBy: 'local',
  durationUs: 1,
  bytesIn: 0,
  bytesOut: 0,
  calls: {},
};

describe('other clients in the verdict of a polling server', () => {
  const serverWith = (fill: (tally: PollingTally, subscriptions: Subscriptions) => void): PollingReport => {
    const tally = new PollingTally();
    const subscriptions = new Subscriptions(() => undefined);
    fill(tally, subscriptions);
    const server = { tally, subscriptions, version: '0', plan: {} } as unknown as PollingServerContext;
    const now = new Date().toISOString();
    return buildPollingReport(server, 10943, 'C'.repeat(40), { startedAt: now, endedAt: now });
  };

  it('a client that calls Tentacles, and only tests TLS on other connections, is not a silent poller', () => {
    const own = { ...RECORD, clientThumbprint: 'A'.repeat(40) };
    const endings = (...ids: readonly EndingId[]) =>
      serverWith((tally) => ids.forEach((ending) => tally.connectionEnded({ ...own, ending }))).verdict.id;
    expect(endings('probe.tls')).toBe('poll.unexpected-thumbprint');
    expect(endings('probe.tls', 'poll.client', 'probe.tls')).toBe('poll.no-poller');
  });

  it('names what was polled in place of a subscription that was not', () => {
    const { verdict } = serverWith((tally, subscriptions) => {
      const info: PollerInfo = { address: '192.0.2.7', thumbprint: 'A'.repeat(40), tlsVersion: 'TLSv1.3', cipher: '' };
      subscriptions.of('poll://other/').connect(info, undefined);
      const subscription = subscriptions.of(ID).id;
      const trace = new ConnectionTrace({ host: 'x', port: 1, timeoutUs: 1, peerRole: 'poller', subscription });
      trace.enterStage('rpc');
      const observation = observe(new CallError('NOT_COLLECTED'), trace);
      tally.completed(ID, new PendingCall(1), { kind: 'failed', observation });
    });
    expect(verdict.id).toBe('poll.not-collected');
    expect(verdict.means).toContain('poll://other/');
    expect(verdict.certainty).toMatchObject({ kind: 'ambiguous', causes: { length: 2 } });
  });
});

const lossesIn = ({ visits }: PollingReport): number =>
  visits.filter(({ ending }) => ['poll.lost', 'poll.silent'].includes(ending)).length;

/** What the verdict of a polling server contradicts in its report, beyond what holds for every report. */
function pollingContradictions(report: PollingReport): string[] {
  const { verdict, calls, subscriptions, visits } = report;
  const pollers = subscriptions.flatMap((one) => one.pollers);
  const rules: readonly [boolean, string][] = [
    [verdict.id === 'ok' && calls.failed > 0, 'ok, but calls failed'],
    [verdict.id === 'ok' && calls.ok === 0, 'ok, but no call was answered'],
    [
      verdict.id === 'ok' && pollers.some(({ thumbprint }) => thumbprint === null),
      'ok, but a poller had no certificate',
    ],
    [verdict.id === 'ok' && lossesIn(report) > 1, 'ok, but connections were lost'],
    [verdict.id === 'ok' && lossesIn(report) === 1 && !/\b1 connection\b/.test(verdict.means), 'a loss is not named'],
    [verdict.id === 'poll.no-poller' && pollers.length > 0, 'no poller, but one polled'],
    [
      verdict.id === 'poll.no-poller' && visits.some(({ ending }) => ending === 'trust.silent-client'),
      'no poller, but a client with a certificate was silent',
    ],
    [
      verdict.id === 'poll.unexpected-thumbprint' && calls.ok > 0 && pollers.length > 0,
      'silent, but calls were answered',
    ],
    [verdict.id === 'nothing-measured' && calls.failed > 0, 'nothing measured, but calls failed'],
  ];
  return rules.flatMap(([contradicts, text]) => (contradicts ? [text] : []));
}

describe('the verdict of a polling server', () => {
  it('contradicts nothing in its report', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const report = reportOf(run);
        expect([...contradictions(report), ...pollingContradictions(report)]).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  const POLLER = { thumbprint: 'A'.repeat(40), kind: 'tentacle' } as const;

  it.each<[string, Partial<Run>, string, string]>([
    ['calls that were answered', { calls: ['ok'], pollers: [POLLER] }, 'ok', 'conclusive'],
    ['one loss', { calls: ['ok'], pollers: [POLLER], endings: ['poll.lost'] }, 'ok', 'conclusive'],
    [
      'losses',
      { calls: ['ok'], pollers: [POLLER], endings: ['poll.lost', 'poll.lost', 'poll.silent'] },
      'poll.connections-lost',
      'ambiguous',
    ],
    [
      'a Tentacle that arrives without a certificate',
      { calls: ['ok'], pollers: [{ ...POLLER, thumbprint: null }] },
      'poll.no-certificate',
      'conclusive',
    ],
    [
      'an unknown client without a certificate',
      { calls: ['ok'], pollers: [{ thumbprint: null }] },
      'poll.no-certificate',
      'ambiguous',
    ],
    ['only a silent client', { endings: ['trust.silent-client'] }, 'poll.unexpected-thumbprint', 'ambiguous'],
    [
      'a silent client, and calls that no poller collects',
      { calls: ['not-collected'], endings: ['tls.reset-after'] },
      'poll.unexpected-thumbprint',
      'ambiguous',
    ],
    ['a health check only', { endings: ['probe.tcp'] }, 'poll.no-poller', 'ambiguous'],
  ])('%s', (_name, run, id, kind) => {
    const { verdict } = reportOf({ calls: [], endings: [], pollers: [], idleUs: 2_000_000, ...run });
    expect(verdict).toMatchObject({ id, certainty: { kind } });
  });
});
