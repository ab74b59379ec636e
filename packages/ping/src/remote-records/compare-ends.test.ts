import type { ConnectionRecord, Failure, ListenerEvent, ListenerHealth } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../report/attempt-record.js';
import { compareBothEnds, type EndPair, pairOutcome } from './compare-ends.js';
import { listenerStateIn, type ListenerRun, spanOf, stallsOf } from './listener-state.js';
import type { AttemptMatch } from './match-records.js';

const OWN = 'A'.repeat(40);
const START_MS = Date.UTC(2026, 0, 1);
const at = (second: number): string => new Date(START_MS + second * 1000).toISOString();
const CLOCK = { differenceUs: 0, uncertaintyUs: 5000, takenAt: at(60) };

function attempt(id: Failure['id'], code: string, shownAt: Failure['shownAt'] = 'tls', change = {}): AttemptRecord {
  const evidence = { code, elapsedUs: 1_000_000, receivedBytes: 0 };
  const failure: Failure = { id, shownAt, evidence };
  return {
    number: 1,
    startedAt: at(10),
    outcome: id,
    reused: false,
    stages: [],
    totalUs: 5_000_000,
    failure,
    ...change,
  };
}

function record(change: Partial<ConnectionRecord>): ConnectionRecord {
  return {
    connectionId: 'c',
    startedAt: at(10),
    address: '192.0.2.7',
    port: 50_000,
    localAddress: '192.0.2.10',
    localPort: 10_933,
    durationUs: 100_000,
    bytesIn: 1000,
    bytesOut: 1000,
    calls: {},
    closedBy: 'local',
    ...change,
  };
}

const context = { clock: CLOCK, ownThumbprint: OWN, stalls: [] };

describe('what the records of both ends show of an attempt that arrived', () => {
  const closed = attempt('tls.closed', 'TLS_CLOSED');

  it.each([
    ['refused.thumbprint', OWN, 'endedThere'],
    // A device in between put in a certificate of its own, or removed this client's.
    ['refused.thumbprint', 'B'.repeat(40), 'arrived'],
    ['refused.no-certificate', null, 'arrived'],
    ['too-many-connections', undefined, 'limitReached'],
    ['limit.connections-per-address', undefined, 'limitReached'],
    ['limit.unidentified', undefined, 'limitReached'],
    ['limit.unidentified-per-address', undefined, 'limitReached'],
    ['identity.timeout', OWN, 'waitedThere'],
    ['rpc.no-call', OWN, 'waitedThere'],
    // It waited for bytes that may have been lost in transit, or received others than were sent.
    ['tls.stalled', undefined, 'waitedThere'],
    ['preamble.timeout', OWN, 'waitedThere'],
    ['trust.silent-client', OWN, 'waitedThere'],
    ['not-tls.other', undefined, 'arrived'],
    ['rpc.malformed-response', OWN, 'arrived'],
  ])('pong closed it with %s, the certificate %s: %s', (ending, clientThumbprint, outcome) => {
    const there = record({ ending, ...(clientThumbprint === undefined ? {} : { clientThumbprint }) });
    expect(pairOutcome(closed, there, context)).toBe(outcome);
  });

  it('a connection that pong closed long after it ended here was cut in between', () => {
    expect(pairOutcome(closed, record({ ending: 'tls.stalled', durationUs: 30_000_000 }), context)).toBe('cutBetween');
  });

  it.each([
    // Cut by a FIN or a reset, held back, or changed.
    ['tls.closed', { closedBy: 'remote' }, 'handshakeIncomplete'],
    ['tls.reset', { closedBy: 'remote-reset' }, 'handshakeIncomplete'],
    ['tls.stalled', {}, 'handshakeIncomplete'],
    ['tls.bad-record', { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }, 'handshakeIncomplete'],
    ['tls.other', { code: 'ERR_SSL_DIGEST_CHECK_FAILED' }, 'handshakeIncomplete'],
    // Decided there, whatever the network did.
    ['tls.other', { code: 'ERR_SSL_EE_KEY_TOO_SMALL' }, 'arrived'],
    ['stopped', {}, 'endedThere'],
    // It completed there too.
    ['refused.thumbprint', { tlsVersion: 'TLSv1.3', clientThumbprint: OWN }, 'endedThere'],
    ['probe.tls', { tlsVersion: 'TLSv1.3', closedBy: 'remote' }, 'cutBetween'],
  ] as const)('TLS completed here, and pong recorded %s, %o: %s', (ending, change, outcome) => {
    const stages = [{ stage: 'tls', durationUs: 1000 }] as const;
    const rejected = attempt('trust.closed-after-identity', 'END_OF_STREAM', 'identity', { stages });
    expect(pairOutcome(rejected, record({ ending, ...change }), context)).toBe(outcome);
  });

  it('TLS completed here and this end gave up: pong still waits for the rest of the handshake, or for nothing', () => {
    const stages = [{ stage: 'tls', durationUs: 1000 }] as const;
    const silent = attempt('identity.timeout', 'READ_TIMEOUT', 'identity', { stages });
    const { ending: _, closedBy: __, ...open } = record({ bytesIn: 517 });
    expect(pairOutcome(silent, open, context)).toBe('handshakeIncomplete');
    expect(pairOutcome(silent, { ...open, tlsVersion: 'TLSv1.3' }, context)).toBe('arrived');
    // Where this end saw the connection end, and that one did not, neither ended it.
    const closedHere = attempt('trust.closed-after-identity', 'END_OF_STREAM', 'identity', { stages });
    expect(pairOutcome(closedHere, open, context)).toBe('cutBetween');
  });

  it('an answer that pong sent after this end had given up was not lost in transit', () => {
    const silent = attempt('tls.silent', 'TLS_TIMEOUT');
    expect(pairOutcome(silent, record({}), context)).toBe('answerLost');
    expect(pairOutcome(silent, record({ startedAt: at(18) }), context)).toBe('notRunning');
    const stalls = [{ fromMs: START_MS + 11_000, toMs: START_MS + 20_000, overflowed: false }];
    expect(pairOutcome(silent, record({}), { ...context, stalls })).toBe('notRunning');
    // A pause at its edge, or while clocks are only assumed to agree, shows nothing.
    const edge = [{ fromMs: START_MS, toMs: START_MS + 10_500, overflowed: false }];
    expect(pairOutcome(silent, record({}), { ...context, stalls: edge })).toBe('answerLost');
    const assumed = { ...context, stalls, clock: { ...CLOCK, isAssumed: true as const } };
    expect(pairOutcome(silent, record({}), assumed)).toBe('answerLost');
  });
});

/** What pong reports of a run of a minute. */
function run(events: readonly ListenerEvent[], change: Partial<ListenerHealth> = {}): ListenerRun {
  const health: ListenerHealth = {
    platform: 'linux',
    from: at(0),
    to: at(60),
    countsDrops: true,
    queueMaxConnections: 511,
    openFilesMax: 1024,
    peakConnections: 5,
    leftInQueue: 0,
    events,
    ...change,
  };
  return { health, span: spanOf(health) };
}

const PAUSE: ListenerEvent = {
  from: at(9),
  to: at(19),
  stalledUs: 9_000_000,
  listenOverflows: 40,
  listenDrops: 44,
  queuedConnections: 512,
};

describe('the state of the listener in the period of the attempts', () => {
  const period = { fromMs: START_MS + 5000, toMs: START_MS + 30_000 };

  it.each([
    ['nothing happened', [run([])], { listenOverflows: 0, listenDrops: 0, wasQueueFull: false, longestStallUs: 0 }],
    [
      'a pause',
      [run([PAUSE])],
      { listenOverflows: 40, listenDrops: 44, wasQueueFull: true, longestStallUs: 9_000_000 },
    ],
    ['a pause before', [run([{ ...PAUSE, from: at(1), to: at(2) }])], { listenDrops: 0, longestStallUs: 0 }],
    ["another listener's queue", [run([{ ...PAUSE, queuedConnections: 3 }])], { listenDrops: 44, wasQueueFull: false }],
    ['few file handles', [run([], { peakConnections: 1000 })], { hadFreeHandles: false }],
    ['connections left in the queue', [run([], { leftInQueue: 2 })], { leftConnections: true }],
  ])('%s', (_name, runs, expected) => {
    expect(listenerStateIn(runs, period)).toMatchObject(expected);
  });

  it.each([
    ['it began later', [run([], { from: at(6) })]],
    ['it ended earlier', [run([], { to: at(29) })]],
    ['it was restarted', [run([], { to: at(10) }), run([], { from: at(11) })]],
    ['its system counts nothing', [run([], { countsDrops: false })]],
  ])('%s: what was dropped is unknown', (_name, runs) => {
    expect(listenerStateIn(runs, period)).not.toHaveProperty('listenDrops');
  });

  it('is unknown where it reports nothing', () => {
    expect(listenerStateIn([], period)).toBeUndefined();
    expect(listenerStateIn([run([], { from: at(40) })], period)).toBeUndefined();
  });
});

describe('attempts that never arrived', () => {
  const compared = (runs: readonly ListenerRun[], startedAt = at(10)) => {
    const failed = attempt('tcp.timeout', 'CONNECT_TIMEOUT', 'tcp', { startedAt, totalUs: 1_000_000 });
    const listener = listenerStateIn(runs, { fromMs: START_MS + 5000, toMs: START_MS + 30_000 });
    const pair: EndPair = {
      how: 'asked',
      pongVersion: '0',
      clock: CLOCK,
      footprint: { throughProxy: false, thumbprints: [OWN] },
      ownThumbprint: OWN,
      attempts: [failed],
      unrecorded: { answered: 0, answeredReused: 0, others: 0 },
      isAnsweredByPong: true,
      matches: new Map<number, AttemptMatch>([[1, { kind: 'never-arrived' }]]),
      remoteRecords: [],
      reached: [],
      stalls: stallsOf(runs),
      ...(listener === undefined ? {} : { listener }),
    };
    return compareBothEnds(pair).failures[0];
  };

  it('while its queue overflowed count apart from those that the network dropped', () => {
    expect(compared([run([PAUSE])])).toMatchObject({ queueOverflowed: 1, neverArrived: 0 });
    expect(compared([run([])])).toMatchObject({ queueOverflowed: 0, neverArrived: 1 });
    // After the pause, or while the queue of another listener overflowed.
    expect(compared([run([PAUSE])], at(25))).toMatchObject({ neverArrived: 1 });
    expect(compared([run([{ ...PAUSE, queuedConnections: 0 }])])).toMatchObject({ neverArrived: 1 });
  });
});
