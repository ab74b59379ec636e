import { DurationHistogram, type Screen, textWidth, withoutStyles } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { endsText } from '../output/ends-text.js';
import type { PingRecords, PongRecords, PongSummary } from '../remote-records/read-record-file.js';
import { readAttempt } from '../remote-records/read-attempt.js';
import { compareRecords, compareTotals } from './compare-ends.js';

const OWN = 'A'.repeat(40);
const COUNT = 120;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const ends = { address: '192.0.2.10', localAddress: '192.0.2.7' };

/** Times of both ends: 2 ms here, of which the other end takes 0.5 ms. */
const HERE_US = 2000;
const THERE_US = 500;

const histogramOf = (us: number): string => {
  const histogram = new DurationHistogram();
  for (let i = 0; i < COUNT; i++) histogram.add(us + i);
  return histogram.figures.histogram;
};

const ATTEMPTS = Array.from({ length: COUNT }, (_, i) =>
  readAttempt({
    ...ends,
    number: i + 1,
    outcome: 'ok',
    startedAt: at(i),
    localPort: 50_000 + i,
    reused: false,
    activityId: `attempt ${i}`,
    stages: ['tcp', 'tls', 'identity', 'rpc'].map((stage) => ({ stage, durationUs: HERE_US + i })),
    totalUs: 4 * HERE_US,
  }),
);

const PING: PingRecords = {
  kind: 'ping',
  target: { host: ends.address, port: 10933 },
  throughProxy: false,
  ownThumbprint: OWN,
  attempts: ATTEMPTS,
  unrecorded: 0,
  outcomes: { ok: COUNT },
  histograms: { tls: histogramOf(HERE_US), identity: histogramOf(HERE_US), rpc: histogramOf(HERE_US) },
};

const SUMMARY: PongSummary = {
  kind: 'pong-summary',
  version: '0.1.0',
  startedAt: at(0),
  endedAt: at(1000),
  received: COUNT + 1,
  endings: { served: COUNT, 'http.page': 1 },
  histograms: { tls: histogramOf(THERE_US), identity: histogramOf(THERE_US), rpc: histogramOf(THERE_US) },
};

const PONG: PongRecords = {
  kind: 'pong',
  version: '0.1.0',
  complete: [],
  listeners: [],
  unreadable: 0,
  records: ATTEMPTS.map(({ number, startedAt, localPort = 0, activityId = '' }) => ({
    connectionId: String(number),
    activityId,
    startedAt,
    address: ends.localAddress,
    port: localPort,
    localAddress: ends.address,
    localPort: 10933,
    ending: 'served',
    closedBy: 'remote',
    durationUs: 4000,
    bytesIn: 900,
    bytesOut: 900,
    clientThumbprint: OWN,
    calls: {},
    tlsUs: THERE_US + number,
    identityUs: THERE_US + number,
    rpcUs: THERE_US + number,
  })),
};

describe('ping and the summary of pong', () => {
  it('have each stage over one axis; the network is what the other end does not take', () => {
    const { stages, verdict } = compareTotals('0', PING, SUMMARY);
    expect(stages.map(({ stage }) => stage)).toEqual(['tls', 'identity', 'rpc']);
    const rpc = stages.at(-1);
    expect(rpc?.networkUs).toBeGreaterThan(HERE_US - THERE_US - 10);
    expect(rpc?.networkUs).toBeLessThan(HERE_US - THERE_US + 10);
    expect(rpc?.quantiles.map(({ quantile }) => quantile)).toEqual([0.5, 0.9, 0.99]);
    expect(stages[0]).not.toHaveProperty('networkUs');
    for (const side of ['reference', 'candidate'] as const)
      expect(rpc?.steps.reduce((sum, step) => sum + step[side], 0)).toBe(COUNT);
    expect(verdict).toMatchObject({ id: 'same', certainty: { kind: 'conclusive' } });
  });

  it('have failures beside their endings', () => {
    const outcomes = { ok: 100, 'tls.reset': 12, 'trust.rejected-by-pong': 8 };
    const endings = { served: 100, 'tls.reset': 12, 'refused.thumbprint': 8, 'rpc.reset': 1 };
    const { errors, verdict } = compareTotals('0', { ...PING, outcomes }, { ...SUMMARY, endings });
    expect(errors).toEqual([
      { id: 'tls.reset', count: 12, there: [{ ending: 'tls.reset', count: 12 }] },
      { id: 'trust.rejected-by-pong', count: 8, there: [{ ending: 'refused.thumbprint', count: 8 }] },
      { count: 0, there: [{ ending: 'rpc.reset', count: 1 }] },
    ]);
    expect(verdict.id).toBe('both-show-it');
  });

  it('differ where a failure has no ending beside it', () => {
    const { verdict } = compareTotals('0', { ...PING, outcomes: { ok: 110, 'tcp.timeout': 10 } }, SUMMARY);
    expect(verdict).toMatchObject({ id: 'differs', certainty: { kind: 'ambiguous' } });
    expect(verdict.title).toContain('10');
  });

  it('leave errors open that only the other end has: they may be those of other clients', () => {
    const { verdict } = compareTotals('0', PING, { ...SUMMARY, endings: { served: 120, 'tls.reset': 2 } });
    expect(verdict).toMatchObject({ id: 'not-shown', certainty: { kind: 'unknown' } });
  });

  it('of an older version have no times', () => {
    expect(compareTotals('0', PING, { ...SUMMARY, histograms: {} }).stages).toEqual([]);
  });
});

describe('the records of both ends', () => {
  it('have the times of the same attempts beside each other', () => {
    const { stages, otherEnd, verdict } = compareRecords('0', PING, PONG);
    expect(otherEnd.attempts.arrived).toBe(COUNT);
    expect(stages.map(({ stage, thereCount }) => [stage, thereCount])).toEqual(
      ['tls', 'identity', 'rpc'].map((stage) => [stage, COUNT]),
    );
    // The attempts are numbered from 1.
    expect(stages.at(-1)?.networkUs).toBe(HERE_US - THERE_US - 1);
    expect(verdict.id).toBe('same');
  });

  it('of an older version have no times', () => {
    const records = PONG.records.map(({ tlsUs: _, identityUs: __, rpcUs: ___, ...record }) => record);
    const { stages, otherEnd } = compareRecords('0', PING, { ...PONG, records });
    expect(stages).toEqual([]);
    expect(otherEnd).not.toHaveProperty('stages');
  });

  it('name attempts that never arrived first', () => {
    const complete = [{ fromMs: Date.parse(at(-1000)), toMs: Date.parse(at(1000)) }];
    const records = PONG.records.filter((_, i) => i % 10 !== 5);
    const { verdict } = compareRecords('0', PING, { ...PONG, records, complete });
    expect(verdict).toMatchObject({ id: 'differs', certainty: { kind: 'conclusive' } });
    expect(verdict.title).toMatch(/^12 of 120\b/);
  });
});

describe.each([40, 80, 120, 200])('at %i columns', (width) => {
  it.each([true, false])('no line is wider, and no word is broken; verbose: %s', (isVerbose) => {
    const outcomes = { ok: 100, 'tls.reset': 12, 'trust.client-certificate-replaced': 8 };
    const endings = { served: 100, 'tls.reset': 12, 'limit.unidentified-per-address': 1 };
    const comparisons = [
      compareTotals('0', PING, SUMMARY),
      compareTotals('0', { ...PING, outcomes }, { ...SUMMARY, endings }),
      compareRecords('0', PING, PONG),
    ];
    for (const ends of comparisons)
      for (const unicode of [true, false]) {
        const text = (screen: Screen): string => withoutStyles(endsText(ends, screen, { isVerbose }));
        for (const line of text({ width, unicode }).split('\n'))
          expect(textWidth(line), line).toBeLessThanOrEqual(width);
        const words = new Set(text({ width: 10_000, unicode }).split(/\s+/));
        const prose = text({ width, unicode }).slice(
          text({ width, unicode }).lastIndexOf(ends.verdict.title.slice(0, 8)),
        );
        for (const word of prose.split(/\s+/)) expect(words).toContain(word);
      }
  });
});
