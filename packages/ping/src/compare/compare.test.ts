import { describe, expect, it } from 'vitest';
import { compare } from './compare.js';
import type { Pair } from './comparison.js';
import { type Made, madeSide } from './made-side.test.support.js';
import type { Side } from './side.js';
import { random } from './statistics/random.test.support.js';
import { binomialCdf } from './statistics/distributions.js';

const next = random(20_260_101);

/** A time as paths have it: a least time, and a long tail. */
function time(middleUs: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.round(middleUs * Math.exp(0.3 * normal));
}

const times = (count: number, middleUs: number): number[] => Array.from({ length: count }, () => time(middleUs));

/** A whole path: each stage with its own times. */
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

function pairOf(a: Side, b: Side): Pair {
  const [pair] = compare('1', [a, b]).pairs;
  if (pair === undefined) throw new Error('no pair');
  return pair;
}

const verdict = (a: Made & Partial<Omit<Side, 'stages'>>, b: Made & Partial<Omit<Side, 'stages'>>) =>
  pairOf(madeSide(a), madeSide(b)).verdict;

describe('two runs of one path', () => {
  it.each([[20], [100], [1000]])('of %d attempts differ no more often than stated', (count) => {
    const runs = count === 1000 ? 40 : 200;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const failures = (): Record<string, number> => ({ 'tcp.timeout': next() < 0.5 ? 1 : 2 });
      const [a, b] = [path(count), path(count)];
      const { verdict } = pairOf(
        madeSide({ stages: a, failures: failures() }),
        madeSide({ stages: b, failures: failures() }),
      );
      if (verdict.id === 'differs') alarms++;
    }
    // So many would come by chance once in a million, were it one in a hundred.
    let most = 0;
    while (1 - binomialCdf(most, runs, 0.01) > 1e-6) most++;
    expect(alarms).toBeLessThanOrEqual(most);
  });

  it('whose load comes and goes differ no more often than stated', () => {
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

  it('are the same when there are samples enough, and a microsecond more is no difference', () => {
    const [a, b] = [path(20_000), path(20_000, 5)];
    expect(verdict({ stages: a, course: [] }, { stages: b, course: [] }).id).toBe('same');
  });

  it('too short to show anything say so, and how many would', () => {
    const {
      id,
      title,
      means,
      next: steps,
    } = verdict({ stages: { tls: times(20, 9000) } }, { stages: { tls: times(20, 9000) } });
    expect(id).toBe('not-shown');
    expect(title).toBe('No difference that 20 attempts can show');
    expect(means).toMatch(
      /^One could hide: in the median of tls one of up to [\d.]+ ms\. Some \d+ attempts on each side/,
    );
    expect(steps[0]?.action).toMatch(/--count \d+/);
  });
});

describe('how many would be needed', () => {
  it('is enough: four of five such runs tell twice the least difference from nothing', () => {
    const small = (slowerUs: number): Made => ({ stages: { tls: times(100, 6000).map((us) => us + slowerUs) } });
    const { samplesNeeded = 0, leastUs = 0 } =
      pairOf(madeSide(small(0)), madeSide(small(0))).stages[0]?.quantiles[0] ?? {};
    expect(samplesNeeded).toBeGreaterThan(100);
    let found = 0;
    for (let run = 0; run < 50; run++) {
      const [a, b] = [times(samplesNeeded, 6000), times(samplesNeeded, 6000).map((us) => us + 2 * leastUs)];
      const [tls] = pairOf(
        madeSide({ stages: { tls: a }, course: [] }),
        madeSide({ stages: { tls: b }, course: [] }),
      ).stages;
      if (tls?.quantiles[0]?.mark === 'slower') found++;
    }
    // It was estimated from a hundred; fewer than half would show that it is wrong.
    expect(found).toBeGreaterThan(25);
  });
});

describe('the Tentacle, and pong in its place', () => {
  const tentacle = {
    peerKind: 'tentacle',
    level: 'capabilities',
    startedAt: '2026-01-01T00:10:00.000Z',
    endedAt: '2026-01-01T00:11:00.000Z',
  };

  it('slower: the Tentacle is, and rpc is not the same work', () => {
    const pair = pairOf(madeSide({ stages: path(100) }), madeSide({ stages: path(100, 3000), ...tentacle }));
    expect(pair.verdict).toMatchObject({ id: 'differs', title: 'The Tentacle is slower than pong on the same host' });
    expect(pair.verdict.means).toMatch(/In B is longer: the median of tls by \d[\d.]* ms to \d[\d.]* ms\./);
    expect(pair.stages.map(({ stage }) => stage)).toEqual(['tcp', 'tls', 'identity']);
    expect(pair.notCompared).toEqual([
      { stage: 'rpc', why: 'echo is not the same work as capabilities' },
      { stage: 'total', why: 'echo is not the same work as capabilities' },
    ]);
    expect(pair.verdict.certainty).toMatchObject({
      kind: 'one-of',
      causes: [
        'what answers: pong / tentacle',
        'the time: whatever changed in the 10 min between',
        'what no report holds: how busy either machine was, and by which way the packets went',
      ],
    });
  });

  it('whose identity comes 40 ms later is as every Tentacle', () => {
    const [a, b] = [path(100), path(100)];
    const later = (all: readonly number[]) => all.map((us) => us + 43_000);
    const { id, means } = verdict(
      { stages: a },
      { stages: { ...b, identity: later(b['identity'] ?? []) }, ...tentacle },
    );
    expect(id).not.toBe('differs');
    expect(means).toContain('is its own habit');
    // Pong has no such habit, nor has a Tentacle any of 100 ms.
    const other = { stages: { ...a, identity: later(a['identity'] ?? []) } };
    expect(verdict(other, { stages: b, ...tentacle }).id).toBe('differs');
    const slow = { stages: { ...b, identity: later(later(b['identity'] ?? [])) }, ...tentacle };
    expect(verdict({ stages: a }, slow).id).toBe('differs');
  });

  it('failing alone: pong is clean', () => {
    const {
      id,
      title,
      means,
      next: steps,
    } = verdict({ stages: path(100) }, { stages: path(80), failures: { 'tls.reset': 20 }, ...tentacle });
    expect([id, title]).toEqual(['differs', 'Only the Tentacle shows it; pong on the same host is clean']);
    expect(means).toContain('tls.reset: B 20 of 100, A 0 of 100.');
    expect(steps[0]).toMatchObject({ linux: 'tentacle-ping explain tls.reset' });
  });

  it('failing alike: it is not the Tentacle', () => {
    const { id, title, means, certainty } = verdict(
      { stages: path(88), failures: { 'tcp.timeout': 12 } },
      { stages: path(90), failures: { 'tcp.timeout': 10 }, ...tentacle },
    );
    expect([id, title]).toEqual(['both-show-it', 'Both show it, the Tentacle and pong']);
    expect(means).toContain('Both have tcp.timeout: A 12 of 100, B 10 of 100.');
    expect(certainty).toMatchObject({
      kind: 'one-of',
      causes: [expect.stringMatching(/the network between, this machine/), expect.any(String)],
    });
  });

  it('on another host is no comparison of that kind', () => {
    const other = { ...tentacle, address: '192.0.2.11', target: { host: 'other.example', port: 10933 } };
    const { title } = verdict({ stages: path(100) }, { stages: path(80), failures: { 'tls.reset': 20 }, ...other });
    expect(title).toBe('B fails more often than A');
  });
});

describe('what is not alike', () => {
  it('with a proxy the first leg is another', () => {
    const direct = { stages: { dns: times(50, 300), ...path(50) } };
    const proxied = {
      stages: { dns: times(50, 300), proxy: times(50, 2000), ...path(50) },
      proxy: 'proxy.example:3128',
    };
    const { stages, notCompared, conditions } = pairOf(madeSide(direct), madeSide(proxied));
    expect(stages.map(({ stage }) => stage)).toEqual(['tls', 'identity', 'rpc']);
    expect(notCompared.map(({ stage }) => stage).sort()).toEqual(['dns', 'proxy', 'tcp', 'total']);
    expect(conditions).toEqual([{ kind: 'proxy', reference: 'none', candidate: 'proxy.example:3128' }]);
  });

  it('a total that holds another stage is not compared', () => {
    const byName = { stages: { dns: times(50, 300), ...path(50) } };
    const byAddress = { stages: path(50), target: { host: '192.0.2.10', port: 10933 } };
    const { notCompared, conditions } = pairOf(madeSide(byName), madeSide(byAddress));
    expect(notCompared.map(({ stage }) => stage)).toEqual(['dns', 'total']);
    expect(conditions).toEqual([{ kind: 'name', reference: 'tentacle.example', candidate: '192.0.2.10' }]);
  });

  it('kept connections are not set beside new ones', () => {
    const { notCompared } = pairOf(
      madeSide({ stages: path(50) }),
      madeSide({ stages: path(50), plan: { reuse: 'true' } }),
    );
    expect(notCompared.map(({ stage }) => stage)).toEqual(['rpc', 'total']);
  });

  it('runs without a stage in common are not compared', () => {
    const { id } = verdict({ stages: { dns: times(50, 300) } }, { stages: { tcp: times(50, 300) } });
    expect(id).toBe('nothing-in-common');
  });
});

describe('failures', () => {
  it('of one outage are named as that', () => {
    const course = [
      ...Array.from({ length: 60 }, () => true),
      ...Array.from({ length: 20 }, () => false),
      ...Array.from({ length: 20 }, () => true),
    ];
    const { id, means } = verdict(
      { stages: path(100) },
      { stages: path(80), failures: { 'tcp.timeout': 20 }, course: course.map((ok) => ({ ok, stagesUs: {} })) },
    );
    expect(id).toBe('differs');
    expect(means).toContain('one outage');
  });

  it('that one side alone has, but seldom, are named and not called a difference', () => {
    const { id, means } = verdict({ stages: path(100) }, { stages: path(99), failures: { 'tls.reset': 1 } });
    expect(id).not.toBe('differs');
    expect(means).toContain('Only B has tls.reset (1 of 100), which may be chance.');
  });

  it('of another kind are a difference also where as many failed', () => {
    const { id, means } = verdict({ failures: { 'tcp.refused': 30 } }, { failures: { 'tls.reset': 30 } });
    expect(id).toBe('differs');
    expect(means).toContain('tcp.refused: B 0 of 30, A 30 of 30.');
  });
});

describe('several candidates', () => {
  it('each is compared with the first', () => {
    const { pairs, sides } = compare('1', [
      madeSide({ stages: path(100) }),
      madeSide({ stages: path(100) }),
      madeSide({ stages: path(100, 4000) }),
    ]);
    expect(sides.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    expect(pairs.map(({ reference, candidate }) => [reference, candidate])).toEqual([
      ['A', 'B'],
      ['A', 'C'],
    ]);
    expect(pairs[1]?.verdict).toMatchObject({ id: 'differs', title: 'C is slower than A' });
  });
});
