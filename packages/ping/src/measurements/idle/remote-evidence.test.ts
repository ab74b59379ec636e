import type { ConnectionRecord as ArrivedConnection, Observation } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import type { AttemptMatch } from '../../remote-records/match-records.js';
import type { ComparedEnds } from '../../report/remote-view.js';
import type { ProbedConnection } from './probe-idle-connection.js';
import { countRemoteDeaths, withRemoteEvidence } from './remote-evidence.js';

const S = 1_000_000;
const STARTED_AT = '2026-03-01T10:00:00.000Z';

/** A connection that was closed after 30 s, of a pong's. */
function closed(number = 2): ProbedConnection {
  const idle = { spanUs: 60 * S, idleUs: 30 * S, goodbye: true };
  const facts = { host: 'web01', port: 10933, timeoutUs: 10 * S, peerKind: 'pong', callsBefore: 1, idle };
  const signature = {
    shownAt: 'idle' as const,
    code: 'END_OF_STREAM',
    elapsedUs: 30 * S,
    received: Buffer.alloc(0),
    receivedBytes: 0,
  };
  const observation: Observation = { signature, facts };
  return {
    probe: { number, spanUs: 60 * S, startedAt: STARTED_AT, outcome: 'idle.closed', idleUs: 30 * S },
    outcome: { kind: 'dead', idleUs: 30 * S, exact: true },
    observation,
  };
}

/** What a pong, whose clock is ours, has of it. */
function seen(record: Partial<ArrivedConnection>, by: 'activity' | 'time' = 'activity') {
  const whole: ArrivedConnection = {
    connectionId: 'c',
    startedAt: STARTED_AT,
    address: '192.0.2.1',
    port: 50_000,
    localAddress: '192.0.2.2',
    localPort: 10_933,
    durationUs: 30 * S,
    bytesIn: 1000,
    bytesOut: 1000,
    calls: { 'PongService.Echo': 1 },
    ...record,
  };
  const fate: AttemptMatch = { kind: 'arrived', record: whole, by };
  const clock = { differenceUs: 0, uncertaintyUs: 5000, takenAt: STARTED_AT };
  const otherEnd = { status: 'compared', clock } as ComparedEnds;
  return { otherEnd, matches: new Map<number, AttemptMatch>([[2, fate]]) };
}

const endedRemotely = (found: ProbedConnection): boolean | undefined => found.observation?.facts.idle?.endedThere;

describe('what a pong saw of a connection that died idle', () => {
  it('is how it ended there, and whose doing that was', () => {
    const byUs = withRemoteEvidence(closed(), seen({ ending: 'idle', closedBy: 'local' }));
    expect(byUs.probe.there).toEqual({ ending: 'idle', closedBy: 'local' });
    expect(endedRemotely(byUs)).toBe(true);
    for (const closedBy of ['remote', 'remote-reset', 'lost'] as const)
      expect(endedRemotely(withRemoteEvidence(closed(), seen({ ending: 'served', closedBy })))).toBe(false);
    const open = withRemoteEvidence(closed(), seen({}));
    expect(open.probe.there).toEqual({});
    expect(endedRemotely(open)).toBe(false);
  });

  it('is not its doing where it closed only what had been dead for long', () => {
    const late = seen({ ending: 'idle', closedBy: 'local', durationUs: 90 * S });
    expect(endedRemotely(withRemoteEvidence(closed(), late))).toBe(false);
  });

  it('is not known where a call came there afterwards, or the record may be that of another', () => {
    const called = seen({ closedBy: 'remote', calls: { 'PongService.Echo': 2 } });
    expect(endedRemotely(withRemoteEvidence(closed(), called))).toBeUndefined();
    const found = closed();
    expect(withRemoteEvidence(found, seen({ closedBy: 'remote' }, 'time'))).toBe(found);
    expect(withRemoteEvidence(found, undefined)).toBe(found);
    expect(withRemoteEvidence(closed(3), seen({ closedBy: 'remote' })).probe.there).toBeUndefined();
  });

  it('is counted over those that died in the same way', () => {
    const ones = [{ closedBy: 'local' }, { closedBy: 'remote' }, { closedBy: 'remote', calls: { a: 9 } }] as const;
    const found = ones.map((record) => withRemoteEvidence(closed(), seen(record)));
    expect(countRemoteDeaths(found, 'idle.closed')).toEqual({ of: 3, endedThere: 1, notEndedThere: 1, unknown: 1 });
    expect(countRemoteDeaths(found, 'idle.reset')).toBeUndefined();
  });
});
