import type { ConnectionRecord, Observation } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import type { AttemptMatch } from '../../remote-records/match-records.js';
import type { ComparedEnds } from '../../report/remote-view.js';
import type { ProbedConnection } from './probe-idle-connection.js';
import { countRemoteDeaths, withRemoteEvidence } from './remote-evidence.js';

const S = 1_000_000;
const STARTED_AT = '2026-03-01T10:00:00.000Z';

/** A connection to a pong that was closed after 30 s. */
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

/** The record of a pong whose clock agrees with this machine's. */
function remoteView(record: Partial<ConnectionRecord>, by: 'activity' | 'time' = 'activity') {
  const whole: ConnectionRecord = {
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
  const match: AttemptMatch = { kind: 'arrived', record: whole, by };
  const clock = { differenceUs: 0, uncertaintyUs: 5000, takenAt: STARTED_AT };
  const otherEnd = { status: 'compared', clock } as ComparedEnds;
  return { otherEnd, matches: new Map<number, AttemptMatch>([[2, match]]) };
}

const endedThere = (probed: ProbedConnection): boolean | undefined => probed.observation?.facts.idle?.endedThere;

describe('the record of a pong about a connection that died while idle', () => {
  it('shows how it ended there, and which end closed it', () => {
    const byPong = withRemoteEvidence(closed(), remoteView({ ending: 'rpc.idle', closedBy: 'local' }));
    expect(byPong.probe.there).toEqual({ ending: 'rpc.idle', closedBy: 'local' });
    expect(endedThere(byPong)).toBe(true);
    for (const closedBy of ['remote', 'remote-reset', 'lost'] as const)
      expect(endedThere(withRemoteEvidence(closed(), remoteView({ ending: 'served', closedBy })))).toBe(false);
    const open = withRemoteEvidence(closed(), remoteView({}));
    expect(open.probe.there).toEqual({});
    expect(endedThere(open)).toBe(false);
  });

  it('does not decide it where pong closed because of what it received', () => {
    const damaged = remoteView({ ending: 'rpc.malformed-response', closedBy: 'local' });
    expect(endedThere(withRemoteEvidence(closed(), damaged))).toBeUndefined();
  });

  it('does not count as closed by pong if pong closed it long after it was dead', () => {
    const late = remoteView({ ending: 'rpc.idle', closedBy: 'local', durationUs: 90 * S });
    expect(endedThere(withRemoteEvidence(closed(), late))).toBe(false);
  });

  it('shows nothing if a call arrived there afterwards, or if the record may belong to another connection', () => {
    const called = remoteView({ closedBy: 'remote', calls: { 'PongService.Echo': 2 } });
    expect(endedThere(withRemoteEvidence(closed(), called))).toBeUndefined();
    const found = closed();
    expect(withRemoteEvidence(found, remoteView({ closedBy: 'remote' }, 'time'))).toBe(found);
    expect(withRemoteEvidence(found, undefined)).toBe(found);
    expect(withRemoteEvidence(closed(3), remoteView({ closedBy: 'remote' })).probe.there).toBeUndefined();
  });

  it('is counted over the connections that died the same way', () => {
    const records = [
      { closedBy: 'local', ending: 'rpc.idle' },
      { closedBy: 'remote' },
      { closedBy: 'remote', calls: { a: 9 } },
    ] as const;
    const probed = records.map((record) => withRemoteEvidence(closed(), remoteView(record)));
    expect(countRemoteDeaths(probed, 'idle.closed')).toEqual({ of: 3, endedThere: 1, notEndedThere: 1, unknown: 1 });
    expect(countRemoteDeaths(probed, 'idle.reset')).toBeUndefined();
  });
});
