import { describe, expect, it } from 'vitest';
import { compare } from './compare-reports.js';
import type { Pair } from './comparison.js';
import { type ReportFixture, reportFixture } from './report-fixture.test.support.js';
import type { ParsedReport } from './parsed-report.js';
import { random } from './statistics/random.test.support.js';
import { binomialCdf } from './statistics/distributions.js';

const next = random(20_260_101);

/** A time as on a real path, with a long tail. */
function time(middleUs: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.round(middleUs * Math.exp(0.3 * normal));
}

const times = (count: number, middleUs: number): number[] => Array.from({ length: count }, () => time(middleUs));

/** The times of every stage of a path. */
function path(count: number, slowerUs = 0): Record<string, number[]> {
  const stages = {
    tcp: times(count, 500),
    tls: times(count, 3000),
    identity: times(count, 1500),
    rpc: times(count, 1200),
  };
  for (const all of [stages.tls, stages.rpc]) all.forEach((us, i) => (all[i] = us + slowerUs));
  return {
    ...stages,
    total: stages.tcp.map((us, i) => us + (stages.tls[i] ?? 0) + (stages.identity[i] ?? 0) + (stages.rpc[i] ?? 0)),
  };
}

function pairOf(a: ParsedReport, b: ParsedReport): Pair {
  const [pair] = compare('1', [a, b]).pairs;
  if (pair === undefined) throw new Error('no pair');
  return pair;
}

const verdict = (
  a: ReportFixture & Partial<Omit<ParsedReport, 'stages'>>,
  b: ReportFixture & Partial<Omit<ParsedReport, 'stages'>>,
) => pairOf(reportFixture(a), reportFixture(b)).verdict;

describe('two runs of one path', () => {
  it.each([[20], [100], [1000]])('of %d attempts differ no more often than stated', (count) => {
    const runs = count === 1000 ? 40 : 200;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const failures = (): Record<string, number> => ({ 'tcp.timeout': next() < 0.5 ? 1 : 2 });
      const [a, b] = [path(count), path(count)];
      const { verdict } = pairOf(
        reportFixture({ stages: a, failures: failures() }),
        reportFixture({ stages: b, failures: failures() }),
      );
      if (verdict.id === 'differs') alarms++;
    }
    // More than that would occur by chance once in a million, at one in a hundred.
    let limit = 0;
    while (1 - binomialCdf(limit, runs, 0.01) > 1e-6) limit++;
    expect(alarms).toBeLessThanOrEqual(limit);
  });

  it('with varying load differ no more often than stated', () => {
    let alarms = 0;
    for (let run = 0; run < 200; run++) {
      const busy = (): number[] => {
        let load = next() < 0.5 ? 1 : 3;
        return Array.from({ length: 200 }, () => time(2000 * (load = next() < 0.9 ? load : next() < 0.5 ? 1 : 3)));
      };
      if (verdict({ stages: { rpc: busy() } }, { stages: { rpc: busy() } }).id === 'differs') alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(10);
  });

  it('are the same with enough samples, and a few microseconds are not a difference', () => {
    const [a, b] = [path(20_000), path(20_000, 5)];
    expect(verdict({ stages: a, attemptSequence: [] }, { stages: b, attemptSequence: [] }).id).toBe('same');
  });

  it('that are too short are not-shown, with the number of attempts that are needed', () => {
    const {
      id,
      title,
      means,
      next: steps,
    } = verdict({ stages: { tls: times(20, 9000) } }, { stages: { tls: times(20, 9000) } });
    expect(id).toBe('not-shown');
    expect(title).toContain('20');
    expect(means).toMatch(/ up to [\d.]+ ms /);
    expect(means).toMatch(/ \d+ attempts per run /);
    expect(steps[0]?.action).toMatch(/--count \d+/);
  });
});

describe('how many would be needed', () => {
  it('is enough: four of five such runs detect twice the smallest relevant difference', () => {
    const small = (slowerUs: number): ReportFixture => ({
      stages: { tls: times(100, 6000).map((us) => us + slowerUs) },
    });
    const { samplesNeeded = 0, leastUs = 0 } =
      pairOf(reportFixture(small(0)), reportFixture(small(0))).stages[0]?.quantiles[0] ?? {};
    expect(samplesNeeded).toBeGreaterThan(100);
    let detected = 0;
    for (let run = 0; run < 50; run++) {
      const [a, b] = [times(samplesNeeded, 6000), times(samplesNeeded, 6000).map((us) => us + 2 * leastUs)];
      const [tls] = pairOf(
        reportFixture({ stages: { tls: a }, attemptSequence: [] }),
        reportFixture({ stages: { tls: b }, attemptSequence: [] }),
      ).stages;
      if (tls?.quantiles[0]?.mark === 'slower') detected++;
    }
    // It was estimated from a hundred; fewer than half would show that it is wrong.
    expect(detected).toBeGreaterThan(25);
  });
});

describe('the Tentacle, and pong in its place', () => {
  const tentacle = {
    peerKind: 'tentacle',
    level: 'capabilities',
    startedAt: '2026-01-01T00:10:00.000Z',
    endedAt: '2026-01-01T00:11:00.000Z',
  };

  it('slower: the Tentacle is named, and rpc is a different call', () => {
    const pair = pairOf(reportFixture({ stages: path(100) }), reportFixture({ stages: path(100, 3000), ...tentacle }));
    expect(pair.verdict).toMatchObject({ id: 'differs', next: [{ who: 'tentacle-admin' }, { who: 'you' }] });
    expect(pair.verdict.title).toMatch(/^The Tentacle is slower than pong/);
    expect(pair.verdict.means).toMatch(/^B is slower: .*\btls by \d[\d.]* ms to \d[\d.]* ms\./);
    expect(pair.stages.map(({ stage }) => stage)).toEqual(['tcp', 'tls', 'identity']);
    expect(pair.notCompared).toEqual([
      { stage: 'rpc', why: expect.stringMatching(/echo.*capabilities/) as string },
      { stage: 'total', why: expect.stringMatching(/echo.*capabilities/) as string },
    ]);
    expect(pair.verdict.certainty).toMatchObject({
      kind: 'ambiguous',
      causes: [expect.stringContaining('pong / tentacle'), expect.stringContaining('10 min'), expect.any(String)],
    });
  });

  it('whose identity arrives 40 ms later is like every Tentacle', () => {
    const [a, b] = [path(100), path(100)];
    const later = (all: readonly number[]) => all.map((us) => us + 43_000);
    const { id, means } = verdict(
      { stages: a },
      { stages: { ...b, identity: later(b['identity'] ?? []) }, ...tentacle },
    );
    expect(id).not.toBe('differs');
    expect(means).toMatch(/\b4\d(\.\d)? ms\b/);
    // Pong has no such delay, and no Tentacle has one of 100 ms.
    const other = { stages: { ...a, identity: later(a['identity'] ?? []) } };
    expect(verdict(other, { stages: b, ...tentacle }).id).toBe('differs');
    const slow = { stages: { ...b, identity: later(later(b['identity'] ?? [])) }, ...tentacle };
    expect(verdict({ stages: a }, slow).id).toBe('differs');
  });

  it('failing alone: only the Tentacle is named', () => {
    const {
      id,
      title,
      means,
      next: steps,
    } = verdict({ stages: path(100) }, { stages: path(80), failures: { 'tls.reset': 20 }, ...tentacle });
    expect(id).toBe('differs');
    expect(title).toMatch(/^Only the Tentacle /);
    expect(means).toMatch(/tls\.reset.*B 20 of 100.*A 0 of 100/);
    expect(steps[0]).toMatchObject({ linux: 'tentacle-ping explain tls.reset' });
  });

  it('with the same failures: the cause is something both share', () => {
    const {
      id,
      means,
      certainty,
      next: steps,
    } = verdict(
      { stages: path(88), failures: { 'tcp.timeout': 12 } },
      { stages: path(90), failures: { 'tcp.timeout': 10 }, ...tentacle },
    );
    expect(id).toBe('both-show-it');
    expect(steps).toMatchObject([{ linux: 'tentacle-ping explain tcp.timeout' }]);
    expect(means).toMatch(/tcp\.timeout.*A 12 of 100.*B 10 of 100/);
    expect(certainty).toMatchObject({
      kind: 'ambiguous',
      causes: [expect.stringContaining('network'), expect.any(String)],
    });
  });

  it('on another host is an ordinary comparison', () => {
    const other = { ...tentacle, address: '192.0.2.11', target: { host: 'other.example', port: 10933 } };
    const { title } = verdict({ stages: path(100) }, { stages: path(80), failures: { 'tls.reset': 20 }, ...other });
    expect(title).toMatch(/^B .* A$/);
  });
});

describe('differing conditions', () => {
  it('with a proxy, the stages up to the proxy are not compared', () => {
    const direct = { stages: { dns: times(50, 300), ...path(50) } };
    const proxied = {
      stages: { dns: times(50, 300), proxy: times(50, 2000), ...path(50) },
      proxy: 'proxy.example:3128',
    };
    const { stages, notCompared, conditions } = pairOf(reportFixture(direct), reportFixture(proxied));
    expect(stages.map(({ stage }) => stage)).toEqual(['tls', 'identity', 'rpc']);
    expect(notCompared.map(({ stage }) => stage).sort()).toEqual(['dns', 'proxy', 'tcp', 'total']);
    expect(conditions).toEqual([{ kind: 'proxy', reference: 'none', candidate: 'proxy.example:3128' }]);
  });

  it('a total that includes another stage is not compared', () => {
    const byName = { stages: { dns: times(50, 300), ...path(50) } };
    const byAddress = { stages: path(50), target: { host: '192.0.2.10', port: 10933 } };
    const { notCompared, conditions } = pairOf(reportFixture(byName), reportFixture(byAddress));
    expect(notCompared.map(({ stage }) => stage)).toEqual(['dns', 'total']);
    expect(conditions).toEqual([{ kind: 'name', reference: 'tentacle.example', candidate: '192.0.2.10' }]);
  });

  it('reused connections are not compared with new ones', () => {
    const { notCompared } = pairOf(
      reportFixture({ stages: path(50) }),
      reportFixture({ stages: path(50), plan: { reuse: 'true' } }),
    );
    expect(notCompared.map(({ stage }) => stage)).toEqual(['rpc', 'total']);
  });

  it('runs without a stage in common are not compared', () => {
    const { id } = verdict({ stages: { dns: times(50, 300) } }, { stages: { tcp: times(50, 300) } });
    expect(id).toBe('nothing-in-common');
  });
});

describe('failures', () => {
  it('of one outage are marked as bursts, and the text says so', () => {
    const attemptSequence = [
      ...Array.from({ length: 60 }, () => true),
      ...Array.from({ length: 20 }, () => false),
      ...Array.from({ length: 20 }, () => true),
    ];
    const { verdict, outcomes } = pairOf(
      reportFixture({ stages: path(100) }),
      reportFixture({
        stages: path(80),
        failures: { 'tcp.timeout': 20 },
        attemptSequence: attemptSequence.map((ok) => ({ ok, stagesUs: {} })),
      }),
    );
    expect(verdict.id).toBe('differs');
    expect(outcomes.map(({ inStretches }) => inStretches)).toEqual([true, true]);
    expect(verdict.means).toContain('bursts');
  });

  it('that only one run has, but rarely, are named and not called a difference', () => {
    const { id, means } = verdict({ stages: path(100) }, { stages: path(99), failures: { 'tls.reset': 1 } });
    expect(id).not.toBe('differs');
    expect(means).toMatch(/\bB\b.*tls\.reset.*1 of 100/);
  });

  it('of another kind are a difference even if the same number failed', () => {
    const { id, means } = verdict({ failures: { 'tcp.refused': 30 } }, { failures: { 'tls.reset': 30 } });
    expect(id).toBe('differs');
    expect(means).toMatch(/tcp\.refused.*B 0 of 30.*A 30 of 30/);
  });
});

describe('several candidates', () => {
  it('each is compared with the first', () => {
    const { pairs, sides } = compare('1', [
      reportFixture({ stages: path(100) }),
      reportFixture({ stages: path(100) }),
      reportFixture({ stages: path(100, 4000) }),
    ]);
    expect(sides.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    expect(pairs.map(({ reference, candidate }) => [reference, candidate])).toEqual([
      ['A', 'B'],
      ['A', 'C'],
    ]);
    expect(pairs[1]?.verdict).toMatchObject({ id: 'differs', title: expect.stringMatching(/^C .* A$/) as string });
  });
});
