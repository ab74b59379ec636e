import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { ConnectionRecord as ConnectionRecord, Failure } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../report/attempt-record.js';
import { estimateClockDifference } from './clock.js';
import type { ClockDifference } from '../report/remote-view.js';
import { type AttemptMatch, matchRecords } from './match-records.js';

const HERE = '192.0.2.7';
const OWN = 'A'.repeat(40);
const START = Date.UTC(2026, 0, 1);

/** What truly happens to an attempt. */
const COWNES = ['called', 'cut-after-tls', 'cut-before-tls', 'lost', 'not-sent', 'reused', 'cancelled'] as const;

interface Made {
  readonly course: (typeof COWNES)[number];
  readonly startMs: number;
  readonly durationMs: number;
  /** Whether the port of a connection that was never established is known. */
  readonly knowsPort: boolean;
}

interface OtherClient {
  readonly from: 'elsewhere' | 'this address';
  readonly shows: 'nothing' | 'a certificate' | 'a call';
  readonly atMs: number;
}

interface World {
  readonly attempts: readonly Made[];
  readonly others: readonly OtherClient[];
  readonly path: 'direct' | 'translated' | 'translated with other ports' | 'several addresses' | 'proxy';
  /** The other end's clock is ahead by this much. */
  readonly aheadMs: number;
  /** The error of that measurement, as a part of its uncertainty. */
  readonly error: number;
  readonly uncertaintyMs: number;
  /** The listener has records from this time on. */
  readonly keptFromMs: number;
}

const world: fc.Arbitrary<World> = fc.record({
  attempts: fc.array(
    fc.record({
      course: fc.constantFrom(...COWNES),
      startMs: fc.integer({ min: 0, max: 60_000 }),
      durationMs: fc.integer({ min: 0, max: 5000 }),
      knowsPort: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  others: fc.array(
    fc.record({
      from: fc.constantFrom('elsewhere' as const, 'this address' as const),
      shows: fc.constantFrom('nothing' as const, 'a certificate' as const, 'a call' as const),
      atMs: fc.integer({ min: -5000, max: 70_000 }),
    }),
    { maxLength: 6 },
  ),
  path: fc.constantFrom('direct', 'translated', 'translated with other ports', 'several addresses', 'proxy'),
  aheadMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  error: fc.double({ min: -1, max: 1, noNaN: true }),
  uncertaintyMs: fc.integer({ min: 0, max: 2000 }),
  keptFromMs: fc.constantFrom(-3_600_000, 20_000),
});

const iso = (ms: number): string => new Date(START + ms).toISOString();

const failure = (id: Failure['id'], shownAt: Failure['shownAt']): Failure => ({
  id,
  shownAt,
  evidence: { code: 'ECONNRESET', elapsedUs: 1, receivedBytes: 0 },
});

const FAILURES: Readonly<Partial<Record<Made['course'], Failure>>> = {
  'cut-after-tls': failure('trust.closed-after-identity', 'identity'),
  'cut-before-tls': failure('tls.reset', 'tls'),
  lost: failure('tcp.timeout', 'tcp'),
  'not-sent': failure('dns.not-found', 'dns'),
};

/** Both ends' records of a world, and the truth. */
function simulate({ attempts: made, others, path, aheadMs, error, uncertaintyMs, keptFromMs }: World) {
  const truth = new Map<number, ConnectionRecord>();
  const all: ConnectionRecord[] = [];
  const arrive = (change: Partial<ConnectionRecord> & { readonly startedAt: string; readonly port: number }) => {
    const record = {
      connectionId: randomUUID(),
      address: HERE,
      localAddress: '192.0.2.10',
      localPort: 10933,
      durationUs: 1000,
      bytesIn: 100,
      bytesOut: 0,
      calls: {},
      ...change,
    };
    all.push(record);
    return record;
  };
  const addressOf = (i: number): string => {
    if (path === 'direct') return HERE;
    return path === 'several addresses' && i % 2 === 1 ? '203.0.113.2' : '203.0.113.1';
  };
  const keepsPorts = path === 'direct' || path === 'translated';
  const attempts = made.map(({ course, startMs, durationMs, knowsPort }, i): AttemptRecord => {
    const number = i + 1;
    const sent = course !== 'not-sent' && course !== 'reused';
    const arrived = sent && course !== 'lost' && course !== 'cancelled';
    // Through a proxy, what is lost beyond it shows at the proxy.
    const failed = course === 'lost' && path === 'proxy' ? failure('proxy.silent', 'proxy') : FAILURES[course];
    const activityId =
      course === 'called' || course === 'reused' || course === 'cut-after-tls' ? randomUUID() : undefined;
    if (arrived) {
      // Accepted some time within the attempt, or as late as a busy listener is.
      const atMs = startMs + durationMs / 2 + (i % 3) * 500;
      const record = arrive({
        address: addressOf(i),
        port: keepsPorts ? 40_000 + i : 50_000 + ((i * 7) % 1000),
        startedAt: iso(atMs + aheadMs),
        ...(course === 'called' && activityId !== undefined ? { activityId } : {}),
        ...(course === 'cut-before-tls' ? {} : { tlsVersion: 'TLSv1.3', clientThumbprint: OWN }),
      });
      truth.set(number, record);
    }
    return {
      number,
      startedAt: iso(startMs),
      outcome: course === 'cancelled' ? 'cancelled' : (failed?.id ?? 'ok'),
      ...(sent && path !== 'proxy' && (arrived || knowsPort) ? { localAddress: HERE, localPort: 40_000 + i } : {}),
      ...(activityId === undefined ? {} : { activityId }),
      reused: course === 'reused',
      stages: [],
      totalUs: durationMs * 1000,
      ...(failed === undefined ? {} : { failure: failed }),
    };
  });
  others.forEach(({ from, shows, atMs }, i) => {
    arrive({
      address: from === 'elsewhere' ? '198.51.100.9' : addressOf(0),
      port: 60_000 + i,
      startedAt: iso(atMs + aheadMs),
      ...(shows === 'nothing' ? {} : { tlsVersion: 'TLSv1.2', clientThumbprint: 'B'.repeat(40) }),
      ...(shows === 'a call' ? { activityId: randomUUID() } : {}),
    });
  });
  const kept = all.filter(({ startedAt }) => startedAt >= iso(keptFromMs + aheadMs));
  const isShown = (record: ConnectionRecord): boolean =>
    record.address === addressOf(0) || record.clientThumbprint === OWN;
  const clock: ClockDifference = {
    differenceUs: Math.round((aheadMs + error * uncertaintyMs) * 1000),
    uncertaintyUs: uncertaintyMs * 1000,
    takenAt: iso(70_000),
  };
  const theirs = {
    records: kept.filter(isShown),
    complete: [{ fromMs: START + keptFromMs + aheadMs, toMs: Number.POSITIVE_INFINITY }],
    withheld: kept.filter((record) => !isShown(record) && record.clientThumbprint === undefined).length,
  };
  const sample = { localAddress: HERE, localPort: 45_000, address: addressOf(0), port: keepsPorts ? 45_000 : 55_000 };
  const us = { throughProxy: path === 'proxy', thumbprints: [OWN], ...(path === 'proxy' ? {} : { sample }) };
  return { attempts, theirs, clock, us, truth };
}

describe('matchRecords', () => {
  it('never claims more than is true, and accounts for each attempt and each record once', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { attempts, theirs, clock, us, truth } = simulate(given);
        const matches = matchRecords({ attempts, remote: theirs, clock, footprint: us });
        expect([...matches.keys()].sort((a, b) => a - b)).toEqual(attempts.map(({ number }) => number));
        const records = [...matches.values()].flatMap((match) => (match.kind === 'arrived' ? [match.record] : []));
        expect(new Set(records).size).toBe(records.length);
        // Behind one translated address, others who show nothing of themselves look like us.
        const lookalikes =
          given.path !== 'direct' &&
          given.others.some(({ from, shows }) => from === 'this address' && shows !== 'a call');
        for (const [number, match] of matches) {
          const course = given.attempts[number - 1]?.course;
          if (match.kind === 'arrived' && !(match.by === 'time' && lookalikes))
            expect(match.record).toBe(truth.get(number));
          if (match.kind === 'never-arrived') expect(course).toBe('lost');
          if (match.kind === 'not-sent') expect(course).toBe('not-sent');
          if (match.kind === 'reused') expect(course).toBe('reused');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('matches every attempt on a direct path', () => {
    fc.assert(
      fc.property(world, (given) => {
        const attempts = given.attempts.filter(({ course }) => course !== 'cancelled');
        const plain = { ...given, attempts, path: 'direct' as const, keptFromMs: -3_600_000 };
        const { attempts: ours, theirs, clock, us, truth } = simulate(plain);
        // Without its port, a lost connection may be one that another program on this machine opened at that time.
        const lost = new Set(
          plain.others.length === 0 ? [] : ours.filter((a) => a.localPort === undefined).map((a) => a.number),
        );
        for (const [number, match] of matchRecords({ attempts: ours, remote: theirs, clock, footprint: us })) {
          const record = truth.get(number);
          if (record !== undefined) expect(match).toMatchObject({ kind: 'arrived', record });
          else if (!lost.has(number)) expect(match.kind).not.toBe('unknown');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, Partial<World>, AttemptMatch['kind'], object]>([
    ['a lost one, whose port is known', {}, 'never-arrived', {}],
    ['one before the listener has its records', { keptFromMs: 20_000 }, 'unknown', { why: 'not-kept' }],
    [
      'a lost one behind a translator, while an unknown client connected',
      { path: 'translated', others: [{ from: 'elsewhere', shows: 'nothing', atMs: 1000 }] },
      'unknown',
      { why: 'withheld' },
    ],
    [
      'a lost one behind a translator, while a client connected from there',
      { path: 'translated', others: [{ from: 'this address', shows: 'nothing', atMs: 1000 }] },
      'unknown',
      { why: 'ambiguous' },
    ],
  ])('%s', (_name, change, kind, more) => {
    // The second is the sure one that shows the path.
    const attempts: Made[] = [
      { course: 'lost', startMs: 0, durationMs: 1000, knowsPort: true },
      { course: 'lost', startMs: 100, durationMs: 1000, knowsPort: true },
      { course: 'called', startMs: 50_000, durationMs: 10, knowsPort: true },
    ];
    const {
      attempts: ours,
      theirs,
      clock,
      us,
    } = simulate({
      attempts,
      others: [],
      path: 'direct',
      aheadMs: 12_345,
      error: 0.5,
      uncertaintyMs: 3,
      keptFromMs: -3_600_000,
      ...change,
    });
    expect(matchRecords({ attempts: ours, remote: theirs, clock, footprint: us }).get(1)).toMatchObject({
      kind,
      ...more,
    });
  });

  it('a clock that was set during the run: only names identify records', () => {
    const { attempts, theirs, clock, us } = simulate({
      attempts: [
        { course: 'called', startMs: 0, durationMs: 10, knowsPort: true },
        { course: 'lost', startMs: 1000, durationMs: 10, knowsPort: true },
      ],
      others: [],
      path: 'direct',
      aheadMs: 0,
      error: 0,
      uncertaintyMs: 1,
      keptFromMs: -3_600_000,
    });
    const matches = matchRecords({
      attempts,
      remote: theirs,
      clock: { ...clock, differenceUs: 60_000_000 },
      footprint: us,
    });
    expect([...matches.values()].map(({ kind }) => kind)).toEqual(['arrived', 'unknown']);
  });
});

describe('estimateClockDifference', () => {
  it('contains the true difference, however unequal the two directions are', () => {
    const path = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(path, path), { minLength: 1 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (ways, ahead) => {
          const readings = ways.map(([there, back], i) => ({
            sentMs: START + i * 10_000,
            receivedMs: START + i * 10_000 + there + back,
            theirs: new Date(START + i * 10_000 + there + ahead).toISOString(),
          }));
          const found = estimateClockDifference(readings);
          expect(Math.abs((found?.differenceUs ?? Number.NaN) - ahead * 1000)).toBeLessThanOrEqual(
            found?.uncertaintyUs ?? 0,
          );
        },
      ),
    );
  });
});
