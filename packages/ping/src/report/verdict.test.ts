import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConnectionFacts, STAGES, type Stage } from 'tentacle-protocol';
import { parseArguments } from 'tentacle-protocol/cli';
import {
  type AttestationResult,
  catalogue,
  classify,
  type ConnectionRecord,
  failureOf,
  type FailureId,
  type Observation,
} from 'tentacle-protocol/diagnostics';
import { PING } from '../options/definitions.js';
import { parseRunOptions } from '../options/run-options.js';
import { compareBothEnds } from '../remote-records/compare-ends.js';
import type { AttemptMatch } from '../remote-records/match-records.js';
import type { AttemptRecord } from './attempt-record.js';
import { buildReport } from './build-report.js';
import { contradictions } from './contradictions.test.support.js';
import type { Measurement } from './measurement.js';
import type { Peer, PageResult } from './peer.js';
import type { RemoteView } from './remote-view.js';
import type { Report } from './report.js';
import { Tally } from './tally.js';

const START = Date.UTC(2026, 0, 1);
const iso = (ms: number): string => new Date(START + ms).toISOString();
const ADDRESSES = ['192.0.2.10', '192.0.2.11'] as const;

const parsed = await parseArguments(PING, ['tentacle.example', '-c', '9']);
if (parsed.kind !== 'run') throw new Error('these arguments start no run');
const plan = parseRunOptions(parsed.positionals, parsed.options);

/** Failures of single attempts of a client that connects. */
const FAILURES = catalogue.filter(
  ({ id, stage, example }) =>
    !['poll', 'attestation', 'idle', 'data'].includes(stage) &&
    id !== 'dns.partial' &&
    example.facts.peerRole === undefined &&
    example.facts.attested === undefined,
);

/** How one attempt of a run went. */
interface Course {
  readonly result: 'ok' | 'cancelled' | FailureId;
  readonly address: (typeof ADDRESSES)[number];
  readonly isReused: boolean;
  readonly durationMs: number;
  /** What is known of it at the other end, where that can be known. */
  readonly seenThere: boolean;
}

interface World {
  readonly courses: readonly Course[];
  /** Attempts that may be under way at a time, so that they end in another order than they begin. */
  readonly endsOutOfOrder: boolean;
  readonly peer: 'pong' | 'tentacle' | 'unknown';
  readonly page: PageResult['author'] | undefined;
  readonly attestation: AttestationResult['result'] | undefined;
  readonly otherEnd: 'compared' | 'not-listening' | undefined;
  readonly measurement: 'none' | 'transfers' | 'idle' | 'no-sizes';
}

/** Runs of a few kinds of results: with all of them in each run, nothing would ever happen twice. */
const courses: fc.Arbitrary<readonly Course[]> = fc
  .tuple(fc.array(fc.constantFrom(...FAILURES.map(({ id }) => id)), { minLength: 1, maxLength: 3 }), fc.boolean())
  .chain(([ids, hasTwoAddresses]) =>
    fc.array(
      fc.record({
        result: fc.constantFrom<Course['result']>('ok', 'ok', 'ok', 'cancelled', ...ids, ...ids),
        address: hasTwoAddresses ? fc.constantFrom(...ADDRESSES) : fc.constant(ADDRESSES[0]),
        isReused: fc.boolean(),
        durationMs: fc.constantFrom(0, 3, 60, 10_000),
        seenThere: fc.boolean(),
      }),
      { minLength: 0, maxLength: 40 },
    ),
  )
  // In order as they are, or the successes last or first: a peer that came up, or stopped.
  .chain((all) =>
    fc.constantFrom(
      all,
      all.toSorted((a, b) => Number(a.result === 'ok') - Number(b.result === 'ok')),
      all.toSorted((a, b) => Number(b.result === 'ok') - Number(a.result === 'ok')),
    ),
  );

const world: fc.Arbitrary<World> = fc.record({
  courses,
  endsOutOfOrder: fc.boolean(),
  peer: fc.constantFrom('pong', 'tentacle', 'unknown'),
  page: fc.constantFrom(undefined, undefined, 'web-server', 'halibut', 'tentacle'),
  attestation: fc.constantFrom(undefined, undefined, 'one-session', 'not-one-session'),
  otherEnd: fc.constantFrom(undefined, 'compared', 'not-listening'),
  measurement: fc.constantFrom('none', 'none', 'transfers', 'idle', 'no-sizes'),
});

/** The stages that an attempt of this world completes on its way. */
function stagesBefore(stage: Stage | undefined, isReused: boolean): AttemptRecord['stages'] {
  const way = STAGES.filter((one) => !['proxy', 'trust', 'data', 'idle'].includes(one));
  const until = stage === undefined ? way.length : way.findIndex((one) => STAGES.indexOf(one) >= STAGES.indexOf(stage));
  const from = isReused ? way.indexOf('rpc') : 0;
  return way.slice(from, Math.max(from, until)).map((one) => ({ stage: one, durationUs: 1000 }));
}

interface Made {
  readonly record: AttemptRecord;
  readonly observation?: Observation;
}

/** The attempts as a session records them. */
function makeAttempts({ courses: all, page }: World): Made[] {
  let isOpen = false;
  return all.map(({ result, address, isReused, durationMs }, i) => {
    const row = FAILURES.find(({ id }) => id === result);
    const shownAt = row?.example.signature.shownAt;
    const reused = isReused && isOpen && (shownAt === undefined || shownAt === 'rpc');
    isOpen = result === 'ok';
    const base = {
      number: i + 1,
      startedAt: iso(i * 500),
      reused,
      stages: stagesBefore(result === 'cancelled' ? 'tls' : shownAt, reused),
      totalUs: durationMs * 1000 + 7000,
      ...(shownAt === 'dns' ? {} : { address }),
    };
    if (row === undefined) return { record: { ...base, outcome: result === 'ok' ? 'ok' : 'cancelled' } };
    const facts: ConnectionFacts = {
      ...row.example.facts,
      host: plan.host,
      ...(shownAt === 'dns' ? {} : { address }),
      ...(page === undefined ? {} : { peerKind: page }),
      ...(reused ? { callsBefore: 1 } : {}),
    };
    const observation = { signature: row.example.signature, facts };
    const failure = failureOf(observation);
    const failedAt = iso(i * 500 + durationMs + 7);
    return { record: { ...base, outcome: failure.id, failedAt, failure }, observation };
  });
}

function viewOf({ otherEnd, courses: all }: World, attempts: readonly AttemptRecord[]): RemoteView | undefined {
  if (otherEnd === undefined) return undefined;
  if (otherEnd === 'not-listening') return { status: 'not-seen', why: 'not-listening', failure: 'tcp.refused' };
  const matches = new Map<number, AttemptMatch>(
    attempts.map(({ number, reused, outcome, failure, startedAt }) => {
      const seen = all[number - 1]?.seenThere === true;
      if (reused) return [number, { kind: 'reused' }];
      if (failure?.shownAt === 'dns') return [number, { kind: 'not-sent' }];
      if (!seen) return [number, outcome === 'ok' ? { kind: 'unknown', why: 'not-kept' } : { kind: 'never-arrived' }];
      const ends = { address: '192.0.2.7', port: 50_000, localAddress: ADDRESSES[0], localPort: 10933 };
      const record = {
        connectionId: String(number),
        startedAt,
        ...ends,
        durationUs: 1000,
        bytesIn: 9,
        bytesOut: 9,
        calls: {},
      };
      // Every second one is cut in the handshake, whatever this end saw.
      const end =
        number % 2 === 0 ? { closedBy: 'remote', ending: 'tls.closed' } : { closedBy: 'local', ending: 'served' };
      return [number, { kind: 'arrived', by: 'port', record: { ...record, ...end } as ConnectionRecord }];
    }),
  );
  return compareBothEnds({
    how: 'asked',
    pongVersion: '0.0.0',
    clock: { differenceUs: 0, uncertaintyUs: 1000, takenAt: iso(0) },
    footprint: { throughProxy: false, thumbprints: [] },
    ownThumbprint: 'A'.repeat(40),
    attempts,
    unrecorded: { answered: 0, answeredReused: 0, others: 0 },
    isAnsweredByPong: true,
    matches,
    remoteRecords: [],
    reached: [],
    stalls: [],
    largestAcceptBatch: 1,
  });
}

function measurementOf({ measurement }: World): Measurement | undefined {
  if (measurement === 'none') return undefined;
  if (measurement === 'transfers') return { kind: 'transfers', report: [] };
  if (measurement === 'no-sizes') return { kind: 'no-sizes', facts: { host: plan.host, port: 1, timeoutUs: 1 } };
  const side = { outcome: 'unknown', exact: false, exceptions: 0, settled: false, deaths: 0, normal: false } as const;
  const report = {
    fromUs: 1,
    toUs: 2,
    keepAliveOn: { ...side, keepAliveUs: 1 },
    keepAliveOff: { ...side, peerKeepAliveOff: true },
    probes: [],
  };
  return { kind: 'idle', report, sides: { on: side, off: side, toUs: 2, keepAliveUs: 1, peerKeepAliveOff: true } };
}

/** The report that a session builds of this world. */
function reportOf(given: World): Report {
  const made = makeAttempts(given);
  const tally = new Tally();
  const endMs = ({ record: { startedAt, totalUs } }: Made): number => Date.parse(startedAt) + totalUs / 1000;
  const ended = given.endsOutOfOrder ? made.toSorted((a, b) => endMs(a) - endMs(b)) : made;
  for (const { record, observation } of ended) tally.add(record, observation);
  const facts: ConnectionFacts = { host: plan.host, port: plan.port, timeoutUs: plan.timeoutUs };
  const page = given.page === undefined ? undefined : { author: given.page, status: 200, text: 'a page' };
  const levels = { pong: 'echo', tentacle: 'capabilities' } as const;
  const peer: Peer | undefined =
    given.peer === 'unknown' || tally.ok === 0 ? undefined : { kind: given.peer, level: levels[given.peer] };
  const attestation =
    given.attestation === undefined || tally.ok === 0 || peer?.kind !== 'pong'
      ? undefined
      : { attested: { result: given.attestation }, facts };
  const otherEnd =
    peer?.kind === 'pong'
      ? viewOf(
          given,
          made.map(({ record }) => record),
        )
      : undefined;
  const measurement = measurementOf(given);
  return buildReport(
    '0.0.0',
    { plan, tally, bestFacts: facts, peer, page, attestation },
    {
      startedAt: iso(0),
      endedAt: iso(3_600_000),
      reconnects: 0,
      notStarted: 0,
      ...(otherEnd === undefined ? {} : { otherEnd }),
      ...(measurement === undefined ? {} : { measurement }),
    },
  );
}

describe('the verdict of a run', () => {
  it('contradicts no fact of its report', () => {
    fc.assert(
      fc.property(world, (given) => {
        const report = reportOf(given);
        expect(contradictions(report)).toEqual([]);
        // Plain JSON: what is written is what was meant.
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }),
      { numRuns: Number(process.env['VERDICT_RUNS'] ?? 1000) },
    );
  });

  it('is checked with runs that have every failure', () => {
    for (const { id, example } of FAILURES) expect(classify(example).id).toBe(id);
    expect(FAILURES.length).toBeGreaterThan(60);
  });
});
