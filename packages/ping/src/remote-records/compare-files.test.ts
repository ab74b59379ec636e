import { describeFailure, failureDefinition } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { compareFiles } from './compare-files.js';
import { readAttempt } from './read-attempt.js';
import type { PingRecords, PongRecords } from './read-record-file.js';

const OWN = 'A'.repeat(40);
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const ends = { address: '192.0.2.10', localAddress: '192.0.2.7' };
const completed = (...stages: string[]) => stages.map((stage) => ({ stage, durationUs: 1000 }));

/** Attempts as ping writes them, read from its file: closed after the identity, or successful. */
function attempt(number: number, outcome: 'ok' | 'trust.closed-after-identity') {
  const evidence = { code: 'END_OF_STREAM', elapsedUs: 1000, receivedBytes: 0 };
  const failed = { failedAt: at(number), failure: { id: outcome, shownAt: 'identity', evidence } };
  return readAttempt({
    ...ends,
    number,
    outcome,
    startedAt: at(number),
    localPort: 50_000 + number,
    tlsVersion: 'TLSv1.3',
    reused: false,
    stages: completed('tcp', 'tls', ...(outcome === 'ok' ? ['identity', 'rpc'] : [])),
    totalUs: 5000,
    ...(outcome === 'ok' ? { activityId: `attempt ${number}` } : failed),
  });
}

function files(outcomes: readonly ('ok' | 'trust.closed-after-identity')[]): [PingRecords, PongRecords] {
  const attempts = outcomes.map((outcome, i) => attempt(i + 1, outcome));
  const records = attempts.map(({ number, startedAt, outcome, localPort = 0, activityId }) => ({
    connectionId: String(number),
    startedAt,
    address: ends.localAddress,
    port: localPort,
    localAddress: ends.address,
    localPort: 10933,
    durationUs: 4000,
    bytesIn: 900,
    bytesOut: 900,
    calls: {},
    closedBy: 'remote' as const,
    ...(outcome === 'ok'
      ? {
          ending: 'served',
          tlsVersion: 'TLSv1.3',
          clientThumbprint: OWN,
          ...(activityId === undefined ? {} : { activityId }),
        }
      : { ending: 'tls.closed' }),
  }));
  const ping = { kind: 'ping', throughProxy: false, ownThumbprint: OWN, attempts, unrecorded: 0 } as const;
  const pong = { kind: 'pong', version: '0', records, complete: [], listeners: [], unreadable: 0 } as const;
  return [{ ...ping, target: { host: ends.address, port: 10933 } }, pong];
}

describe('the files of both ends', () => {
  it('show a handshake that did not complete there: it is not a matter of trust', () => {
    const { failures, otherEnd } = compareFiles(...files(['ok', 'trust.closed-after-identity', 'ok']));
    expect(otherEnd.failures).toMatchObject([{ handshakeIncomplete: 1, uncertain: 0 }]);
    expect(failures).toMatchObject([{ id: 'trust.closed-after-identity', certainty: { kind: 'conclusive' } }]);
  });

  it('show it less surely where every attempt failed, so that nothing compares the clocks', () => {
    const all = Array.from({ length: 3 }, () => 'trust.closed-after-identity' as const);
    const { failures, otherEnd } = compareFiles(...files(all));
    expect(otherEnd.clock?.isAssumed).toBe(true);
    expect(otherEnd.failures).toMatchObject([{ handshakeIncomplete: 3, uncertain: 3 }]);
    const [failure] = failures;
    expect(failure?.certainty).toMatchObject({ kind: 'ambiguous' });
    const { diagnosis } = describeFailure(
      'trust.closed-after-identity',
      failureDefinition('trust.closed-after-identity').example,
    );
    expect(failure?.certainty).not.toEqual(diagnosis);
  });

  it('without its records, the causes are those of the run: others succeeded', () => {
    const [ping, pong] = files(['ok', 'trust.closed-after-identity', 'ok']);
    const { failures } = compareFiles(ping, {
      ...pong,
      records: pong.records.filter(({ ending }) => ending === 'served'),
    });
    const whole = describeFailure(
      'trust.closed-after-identity',
      failureDefinition('trust.closed-after-identity').example,
    );
    const [failure] = failures;
    expect(failure?.certainty.kind).toBe('ambiguous');
    expect(failure?.certainty).not.toEqual(whole.diagnosis);
  });
});
