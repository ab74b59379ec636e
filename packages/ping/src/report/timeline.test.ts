import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimelineTally } from './timeline.js';

const START_MS = Date.parse('2026-01-01T12:00:00.000Z');

const attempt = (afterMs: number, outcome: 'ok' | 'cancelled' | 'tls.reset' | 'tcp.refused', totalUs = 1000) => ({
  startedAt: new Date(START_MS + afterMs).toISOString(),
  outcome,
  totalUs,
});

function timelineOf(attempts: readonly ReturnType<typeof attempt>[]) {
  const tally = new TimelineTally();
  for (const one of attempts) tally.add(one);
  return tally.timeline;
}

describe('the timeline', () => {
  it('without an attempt that ended is absent', () => {
    expect(timelineOf([attempt(0, 'cancelled')])).toBeUndefined();
  });

  it('keeps the attempts of a short run apart', () => {
    const timeline = timelineOf(Array.from({ length: 100 }, (_, i) => attempt(i * 500, 'ok', 1000 + i)));
    expect(timeline?.intervals.map(({ ok }) => ok)).toEqual(Array.from({ length: 100 }, () => 1));
    expect(timeline?.intervals[7]).toMatchObject({ minUs: 1007, p50Us: 1007, meanUs: 1007, maxUs: 1007 });
  });

  it('counts failures by id where they began, in whatever order they end', () => {
    const timeline = timelineOf([
      attempt(20_000, 'ok'),
      attempt(10_000, 'tls.reset'),
      attempt(10_000, 'tcp.refused'),
      attempt(10_000, 'tls.reset'),
    ]);
    expect(timeline?.intervals[0]).toEqual({ startMs: 0, ok: 0, failed: { 'tls.reset': 2, 'tcp.refused': 1 } });
    expect(timeline?.intervals).toHaveLength(2);
  });

  it('loses no attempt, and has at most 500 intervals in order, for any attempts', () => {
    const attempts = fc.array(
      fc.record({
        afterMs: fc.oneof(fc.nat(1000), fc.nat(10_000_000_000)),
        outcome: fc.constantFrom('ok' as const, 'tls.reset' as const),
        totalUs: fc.nat(3_600_000_000),
      }),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(attempts, (all) => {
        const timeline = timelineOf(all.map(({ afterMs, outcome, totalUs }) => attempt(afterMs, outcome, totalUs)));
        const { intervals = [], intervalMs = 0 } = timeline ?? {};
        const times = all.filter(({ outcome }) => outcome === 'ok').map(({ totalUs }) => totalUs);
        expect(intervals.length).toBeLessThanOrEqual(500);
        expect(intervals.reduce((sum, { ok }) => sum + ok, 0)).toBe(times.length);
        expect(intervals.reduce((sum, { failed }) => sum + (failed?.['tls.reset'] ?? 0), 0)).toBe(
          all.length - times.length,
        );
        for (const [i, { startMs, minUs = 0, p50Us = 0, maxUs = 0 }] of intervals.entries()) {
          expect(startMs % intervalMs).toBe(0);
          expect(startMs).toBeGreaterThan(intervals[i - 1]?.startMs ?? -1);
          expect(p50Us).toBeGreaterThanOrEqual(minUs);
          expect(p50Us).toBeLessThanOrEqual(maxUs);
        }
        if (times.length > 0) expect(Math.max(...intervals.map(({ maxUs = 0 }) => maxUs))).toBe(Math.max(...times));
      }),
    );
  });

  it('has a median within 5 % of the true one', () => {
    const times = Array.from({ length: 1001 }, (_, i) => 500 + ((i * 7919) % 1001) * 13);
    const timeline = timelineOf(times.map((us) => attempt(0, 'ok', us)));
    const median = times.sort((a, b) => a - b)[500] ?? 0;
    expect(Math.abs((timeline?.intervals[0]?.p50Us ?? 0) / median - 1)).toBeLessThan(0.05);
  });
});
