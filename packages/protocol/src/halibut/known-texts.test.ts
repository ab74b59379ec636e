import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KNOWN_TEXT_MAX_BYTES, knownText } from './known-texts.js';

describe('knownText', () => {
  it('is the text of exactly these bytes, whatever was read before', () => {
    // Few letters, so that many texts are alike and fall on the same places.
    const similar = fc.array(fc.constantFrom(0x61, 0x62, 0xc3, 0xa9, 0xff, 0x00), { maxLength: KNOWN_TEXT_MAX_BYTES });
    fc.assert(
      fc.property(similar, fc.nat(3), (list, margin) => {
        const bytes = Buffer.from([...Array.from({ length: margin }, () => 0x7a), ...list, 0x7a]);
        const [start, end] = [margin, margin + list.length];
        for (let i = 0; i < 2; i++) expect(knownText(bytes, start, end)).toBe(bytes.toString('utf8', start, end));
      }),
      { numRuns: 2000 },
    );
  });
});
