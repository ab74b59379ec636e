import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { MemoryBudget, type Reservation } from './memory-budget.js';
import { ByteReader } from './byte-reader.js';
import { deflateMessage, inflateMessage } from './deflate.js';

const readRequest = () => ({ purpose: 'a message', deadline: Deadline.inMs(10_000) });

describe('a memory budget', () => {
  it('counts the bytes of its reservations, rejects more than its limit, and counts no release twice', () => {
    const step = fc.oneof(fc.nat(400), fc.constant('give back' as const));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), step), { maxLength: 60 }), (steps) => {
        const memoryBudget = new MemoryBudget(1000);
        const shares: Reservation[] = Array.from({ length: 4 }, () => memoryBudget.openReservation());
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
          expect(memoryBudget.reservedBytes).toBe(total());
        }
      }),
    );
  });
});

describe('a message that is read with a reservation', () => {
  it.each(['whole', 'in pieces'])('reserves nothing up to a kilobyte, and its size above: %s', async (how) => {
    for (const [length, least, most] of [
      [1024, 0, 0],
      [1025, 1, 16 * 1024],
      [100_000, 98_000, 120_000],
    ] as const) {
      const memoryBudget = new MemoryBudget(1_000_000);
      const source = new ByteReader();
      const bytes = deflateRawSync(randomBytes(length));
      const half = how === 'whole' ? bytes.length : Math.floor(bytes.length / 2);
      source.push(bytes.subarray(0, half));
      const read = inflateMessage(source, readRequest(), 1_000_000, memoryBudget.openReservation());
      await Promise.resolve();
      source.push(bytes.subarray(half));
      await read;
      expect(memoryBudget.reservedBytes).toBeGreaterThanOrEqual(least);
      expect(memoryBudget.reservedBytes).toBeLessThanOrEqual(most);
    }
  });

  it('is rejected with its own code when the limit is reached', async () => {
    const source = new ByteReader();
    source.push(deflateMessage(randomBytes(20_000)));
    await expect(
      inflateMessage(source, readRequest(), 1_000_000, new MemoryBudget(1000).openReservation()),
    ).rejects.toMatchObject({
      name: 'WireError',
      code: 'MEMORY_LIMIT_EXCEEDED',
    });
  });
});
