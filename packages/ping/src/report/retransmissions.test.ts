import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFirstPacketLoss, findLoss } from './retransmissions.js';

const MS = 1000;
const STAGES = ['tcp', 'tls', 'identity', 'rpc'] as const;

/** Times of a path in microseconds: a round trip or several, each with its own lateness. */
function times(count: number, one: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(one(i)));
}

describe('the loss of the first packet of every connection', () => {
  it.each([
    ['a second late, each time', [1001, 1002, 1003]],
    ['a second late, or more', [1001, 3004, 1012, 7030]],
    ['on Linux from 6.5 on', [1001, 2002, 3003, 4004]],
    ['on an older Windows', [3001, 3003]],
    ['on a long way', [1090, 1085, 1092]],
  ])('is seen: %s', (_, connecting) => {
    expect(findFirstPacketLoss(connecting.map((ms) => ms * MS))).toMatchObject({ of: connecting.length });
  });

  it.each([
    ['one of them was fast', [2, 1001, 1002, 1003]],
    ['there is only one', [1001]],
    ['they are slow, and vary', [900, 1000, 1150, 1300]],
    ['they are slow, and no step', [1600, 1601, 1602]],
    ['there is none', []],
  ])('is not seen where %s', (_, connecting) => {
    expect(findFirstPacketLoss(connecting.map((ms) => ms * MS))).toBeUndefined();
  });
});

describe('loss', () => {
  it.each([
    ['one connection in six, a second late', 'tcp', 30, (i: number) => (i % 6 === 0 ? 1012 : 1) * MS, 5],
    ['all but one of 20 connections', 'tcp', 20, (i: number) => (i === 7 ? 1 : 1003) * MS, 19],
    ['two of a hundred', 'tcp', 100, (i: number) => (i < 2 ? 3005 : 40) * MS, 2],
    ['a call in ten, 200 ms late', 'rpc', 50, (i: number) => (i % 10 === 0 ? 208 : 1) * MS, 5],
    ['half of all handshakes, once or twice', 'tls', 40, (i: number) => [5, 6, 212, 640][i % 4] ?? 0, 20],
  ] as const)('is seen: %s', (_, stage, count, one, slow) => {
    // The last case is given in milliseconds too.
    const given = times(count, (i) => (stage === 'tls' ? one(i) * MS : one(i)));
    expect(findLoss(stage, given, [1 * MS])).toMatchObject({ slow, of: count });
  });

  it('is seen on a long way, where every wait is longer by the round trip', () => {
    const given = times(40, (i) => (i % 5 === 0 ? 510 : 205) * MS);
    expect(findLoss('rpc', given, [200 * MS])).toMatchObject({ slow: 8, byUs: 305 * MS });
  });

  it.each(STAGES)('is not seen at %s on a path that only jitters', (stage) => {
    const jitter = fc.record({
      base: fc.integer({ min: 0, max: 200 }),
      spread: fc.integer({ min: 0, max: 400 }),
      late: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 300 }),
    });
    fc.assert(
      fc.property(jitter, ({ base, spread, late }) => {
        // Evenly spread lateness of one to four packets leaves no gap before the step.
        const even = late.map((_, i) => (i + 0.5) / late.length);
        expect(
          findLoss(
            stage,
            times(late.length, (i) => (base + spread * (even[i] ?? 0)) * MS),
            [base * MS],
          ),
        ).toBeUndefined();
      }),
    );
  });

  it('is not seen where lateness tails off', () => {
    for (const meanMs of [5, 30, 60, 100]) {
      const given = times(200, (i) => (20 - meanMs * Math.log(1 - (i + 0.5) / 200)) * MS);
      expect(findLoss('rpc', given, [20 * MS])).toBeUndefined();
    }
  });

  it('is not concluded from few times, nor from one that is slow', () => {
    expect(
      findLoss(
        'tcp',
        [1, 1, 1000, 1000].map((ms) => ms * MS),
        [],
      ),
    ).toBeUndefined();
    expect(
      findLoss(
        'tcp',
        times(100, (i) => (i === 0 ? 1000 : 1) * MS),
        [],
      ),
    ).toBeUndefined();
    expect(
      findLoss(
        'rpc',
        times(100, (i) => (i < 2 ? 205 : 1) * MS),
        [],
      ),
    ).toBeUndefined();
  });

  it('is not seen where all are equally slow', () => {
    expect(
      findLoss(
        'tcp',
        times(50, () => 1005 * MS),
        [],
      ),
    ).toBeUndefined();
    expect(
      findLoss(
        'rpc',
        times(50, () => 205 * MS),
        [],
      ),
    ).toBeUndefined();
  });
});
