import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordRing } from './record-ring.js';

interface Item {
  readonly id: number;
  readonly kind: string;
}

describe('RecordRing', () => {
  it('keeps failures, whatever the number of later successes', () => {
    const ring = new RecordRing<Item>(1000, ({ kind }) => kind);
    ring.add({ id: 1, kind: 'failed' });
    for (let id = 2; id <= 10_000; id++) ring.add({ id, kind: 'ok' });
    const kept = ring.all();
    expect(kept[0]).toEqual({ id: 1, kind: 'failed' });
    expect(kept.at(-1)?.id).toBe(10_000);
    expect(kept.length + ring.dropped).toBe(10_000);
    expect(kept.length).toBe(1001);
  });

  it('holds exactly the last of each kind, in order, and returns each dropped one once', () => {
    const added = fc.array(fc.constantFrom('ok', 'failed', 'probe'), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), added, (keptOfEach, kinds) => {
        const ring = new RecordRing<Item>(keptOfEach, ({ kind }) => kind);
        const items = kinds.map((kind, id) => ({ id, kind }));
        const dropped = items.flatMap((item) => ring.add(item) ?? []);
        const kept = items.filter(
          ({ id, kind }) => items.filter((later) => later.kind === kind && later.id > id).length < keptOfEach,
        );
        expect(ring.all()).toEqual(kept);
        expect(ring.numbered().map(({ number }) => number)).toEqual(kept.map(({ id }) => id + 1));
        expect(new Set([...kept, ...dropped])).toEqual(new Set(items));
        expect(ring.dropped).toBe(dropped.length);
        expect(kept.length + dropped.length).toBe(items.length);
      }),
    );
  });
});
