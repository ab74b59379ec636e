import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, isoTimeMs } from './iso-time.js';

const TIMES = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });

describe('isoTime', () => {
  it('is what Date has, in any order of times', () => {
    fc.assert(
      fc.property(TIMES, fc.nat(3000), (ms, later) => {
        for (const one of [ms, ms + later, ms]) {
          const text = new Date(one).toISOString();
          expect(isoTime(one)).toBe(text);
          expect(isoTimeMs(text)).toBe(one);
        }
      }),
    );
  });

  it('reads other forms as Date does, also within the second of the last time', () => {
    const last = isoTime(Date.UTC(2026, 0, 31, 12, 34, 56, 789));
    expect(isoTimeMs(last)).toBe(Date.parse(last));
    for (const text of [
      '',
      'never',
      '2026-01-31',
      '2026-01-31T12:34:56Z',
      '2026-01-31T12:34:56.x89Z',
      '2026-01-31T12:34:56.789z',
    ]) {
      expect(isoTimeMs(text)).toBe(Date.parse(text));
    }
  });
});
