import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue, type FailureId, rowOf } from './catalogue.js';
import { conclude, type SeenThere, withOtherEnd } from './seen-there.js';
import { failureVerdict, okVerdict } from './verdicts.js';

const FATES = ['neverArrived', 'cutBetween', 'endedThere', 'nothingCame', 'answerLost', 'arrived', 'unknown'] as const;

const NOTHING: SeenThere = {
  of: 0,
  neverArrived: 0,
  cutBetween: 0,
  endedThere: 0,
  nothingCame: 0,
  answerLost: 0,
  arrived: 0,
  unknown: 0,
  addressReached: true,
};

const counts = (): fc.Arbitrary<SeenThere> =>
  fc
    .tuple(fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 8 }), fc.boolean())
    .map(([fates, addressReached]) => {
      const seen = { ...NOTHING, addressReached, of: fates.length };
      for (const fate of fates) seen[fate]++;
      return seen;
    });

describe('what the other end recorded of a failure', () => {
  it('changes its certainty only where the records of each attempt agree', () => {
    const ids = fc.constantFrom(...catalogue.map(({ id }) => id));
    fc.assert(
      fc.property(ids, counts(), fc.option(fc.integer({ min: 1, max: 500 })), (id, seen, most) => {
        const circumstances = { sent: 100, ...(most === null ? {} : { acceptedAtOnce: most }) };
        const { says, certainty } = conclude(id, seen, circumstances);
        if (certainty !== undefined) {
          expect(seen.unknown).toBe(0);
          const whole = FATES.filter((fate) => seen[fate] === seen.of);
          expect(whole).toHaveLength(1);
          if (whole[0] === 'neverArrived') expect(seen.addressReached).toBe(true);
        }
        // Every known number is in the text.
        for (const fate of FATES.slice(0, -1))
          if (seen[fate] > 0) expect(says).toMatch(new RegExp(`\\b${seen[fate]}\\b`));
        if (says === undefined) expect(seen.unknown).toBe(seen.of);
        const { example } = rowOf(id);
        const verdict = failureVerdict(id, example, seen.of, { sent: 100, ok: 0, failed: seen.of });
        const found = withOtherEnd(verdict, seen, circumstances);
        expect(found.certainty).toEqual(certainty ?? verdict.certainty);
        expect(found.means.startsWith(verdict.means)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[FailureId, Partial<SeenThere>, number | undefined, string]>([
    ['tcp.timeout', { neverArrived: 7 }, 3, 'sure'],
    ['tcp.timeout', { neverArrived: 7 }, 200, 'one-of'],
    ['tcp.timeout', { neverArrived: 7 }, undefined, 'one-of'],
    ['tcp.refused', { neverArrived: 7 }, 3, 'sure'],
    ['tls.reset', { cutBetween: 7 }, undefined, 'sure'],
    ['tls.reset', { endedThere: 7 }, undefined, 'sure'],
    ['tls.silent', { nothingCame: 7 }, undefined, 'sure'],
    ['tls.silent', { answerLost: 7 }, undefined, 'one-of'],
  ])('%s with records %o', (id, seen, most, kind) => {
    const circumstances = { sent: 70, ...(most === undefined ? {} : { acceptedAtOnce: most }) };
    const { says, certainty } = conclude(id, { ...NOTHING, of: 7, ...seen }, circumstances);
    expect(says).toMatch(/\b7 of 70\b/);
    expect(certainty?.kind).toBe(kind);
  });

  it('does not change the verdict of a path that works', () => {
    const verdict = okVerdict({ sent: 1, ok: 1, failed: 0 }, 'echo');
    expect(withOtherEnd(verdict, { ...NOTHING, of: 1, neverArrived: 1 }, { sent: 1 })).toBe(verdict);
  });
});
