import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../record.js';
import { RecordRing } from './record-ring.js';

function record(number: number, outcome: AttemptRecord['outcome']): AttemptRecord {
  return { number, startedAt: '2026-01-01T00:00:00.000Z', outcome, reused: false, stages: [], totalUs: 1 };
}

describe('RecordRing', () => {
  it('keeps failures however many successes come after them', () => {
    const ring = new RecordRing();
    ring.add(record(1, 'tcp.refused'));
    for (let number = 2; number <= 10_000; number++) ring.add(record(number, 'ok'));
    const kept = ring.all();
    expect(kept[0]).toMatchObject({ number: 1, outcome: 'tcp.refused' });
    expect(kept.at(-1)?.number).toBe(10_000);
    expect(kept.length + ring.dropped).toBe(10_000);
    expect(kept.length).toBe(1001);
  });

  it('gives them in order and accounts for each', () => {
    const ring = new RecordRing();
    for (let number = 1; number <= 7777; number++) ring.add(record(number, number % 3 === 0 ? 'tls.reset' : 'ok'));
    const numbers = ring.all().map(({ number }) => number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length + ring.dropped).toBe(7777);
  });
});
