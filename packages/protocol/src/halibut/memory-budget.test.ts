import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { MemoryBudget, type Reservation } from './memory-budget.js';
import { ByteReader } from './byte-reader.js';
import { deflateMessage, inflateMessage } from './deflate.js';

const ask = () => ({ awaiting: 'a message', deadline: Deadline.inMs(10_000) });

describe('an allowance', () => {
  it('counts what its shares hold, refuses what is beyond, and never counts twice what was given back', () => {
    const step = fc.oneof(fc.nat(400), fc.constant('give back' as const));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), step), { maxLength: 60 }), (steps) => {
        const allowance = new MemoryBudget(1000);
        const shares: Reservation[] = Array.from({ length: 4 }, () => allowance.share());
        const held = [0, 0, 0, 0];
        const total = (): number => held.reduce((sum, bytes) => sum + bytes, 0);
        for (const [i, what] of steps) {
          if (what === 'give back') {
            shares[i]?.release();
            held[i] = 0;
          } else if (total() + what > 1000) {
            expect(() => shares[i]?.reserve(what, 'a message')).toThrow('a message: all messages together hold');
          } else {
            shares[i]?.reserve(what, 'a message');
            held[i] = (held[i] ?? 0) + what;
          }
          expect(allowance.takenBytes).toBe(total());
        }
      }),
    );
  });
});

describe('a message that is read on a share', () => {
  it.each(['whole', 'in pieces'])('takes nothing up to a kilobyte, and what it holds above: %s', async (how) => {
    for (const [length, least, most] of [
      [1024, 0, 0],
      [1025, 1, 16 * 1024],
      [100_000, 98_000, 120_000],
    ] as const) {
      const allowance = new MemoryBudget(1_000_000);
      const source = new ByteReader();
      const bytes = deflateRawSync(randomBytes(length));
      const half = how === 'whole' ? bytes.length : Math.floor(bytes.length / 2);
      source.push(bytes.subarray(0, half));
      const read = inflateMessage(source, ask(), 1_000_000, allowance.share());
      await Promise.resolve();
      source.push(bytes.subarray(half));
      await read;
      expect(allowance.takenBytes).toBeGreaterThanOrEqual(least);
      expect(allowance.takenBytes).toBeLessThanOrEqual(most);
    }
  });

  it('is refused by name where there is no room', async () => {
    const source = new ByteReader();
    source.push(deflateMessage(randomBytes(20_000)));
    await expect(inflateMessage(source, ask(), 1_000_000, new MemoryBudget(1000).share())).rejects.toMatchObject({
      name: 'WireError',
      code: 'MEMORY_LIMIT_EXCEEDED',
    });
  });
});
