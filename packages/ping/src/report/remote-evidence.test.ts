import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue, failureDefinition, type FailureId, failureVerdict } from 'tentacle-protocol/diagnostics';
import { drawConclusion, type RemoteEvidence, withRemoteEvidence } from './remote-evidence.js';
import { okVerdict } from './run-verdicts.js';

const FATES = ['neverArrived', 'cutBetween', 'endedThere', 'nothingCame', 'answerLost', 'arrived', 'unknown'] as const;

const NOTHING: RemoteEvidence = {
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

const counts = (): fc.Arbitrary<RemoteEvidence> =>
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
        const circumstances = { sent: 100, ...(most === null ? {} : { largestAcceptBatch: most }) };
        const { says, certainty } = drawConclusion(id, seen, circumstances);
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
        const { example } = failureDefinition(id);
        const verdict = failureVerdict(id, example, seen.of, { sent: 100, ok: 0, failed: seen.of });
        const found = withRemoteEvidence(verdict, seen, circumstances);
        expect(found.certainty).toEqual(certainty ?? verdict.certainty);
        expect(found.means.startsWith(verdict.means)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[FailureId, Partial<RemoteEvidence>, number | undefined, string]>([
    ['tcp.timeout', { neverArrived: 7 }, 3, 'conclusive'],
    ['tcp.timeout', { neverArrived: 7 }, 200, 'ambiguous'],
    ['tcp.timeout', { neverArrived: 7 }, undefined, 'ambiguous'],
    ['tcp.refused', { neverArrived: 7 }, 3, 'conclusive'],
    ['tls.reset', { cutBetween: 7 }, undefined, 'conclusive'],
    ['tls.reset', { endedThere: 7 }, undefined, 'conclusive'],
    ['tls.silent', { nothingCame: 7 }, undefined, 'conclusive'],
    ['tls.silent', { answerLost: 7 }, undefined, 'ambiguous'],
  ])('%s with records %o', (id, seen, most, kind) => {
    const circumstances = { sent: 70, ...(most === undefined ? {} : { largestAcceptBatch: most }) };
    const { says, certainty } = drawConclusion(id, { ...NOTHING, of: 7, ...seen }, circumstances);
    expect(says).toMatch(/\b7 of 70\b/);
    expect(certainty?.kind).toBe(kind);
  });

  it('does not change the verdict of a path that works', () => {
    const verdict = okVerdict({ sent: 1, ok: 1, failed: 0 }, 'echo');
    expect(withRemoteEvidence(verdict, { ...NOTHING, of: 1, neverArrived: 1 }, { sent: 1 })).toBe(verdict);
  });
});
