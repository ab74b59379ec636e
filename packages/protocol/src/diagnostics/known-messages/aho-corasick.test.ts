import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AhoCorasick } from './aho-corasick.js';

/** Few letters, so that literals overlap, share prefixes and suffixes, and contain one another. */
const word = fc
  .string({ unit: fc.constantFrom('a', 'b', 'c', ' '), minLength: 1, maxLength: 6 })
  .map((one) => one.replaceAll(/ +/g, ' '));
const text = fc.string({ unit: fc.constantFrom('a', 'B', 'c', ' ', '\t', 'x', '\u00e9'), maxLength: 60 });

it('finds the same literals as a search for each one', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), text, (words, line) => {
      const plain = line.toLowerCase().replaceAll(/[\t ]+/g, ' ');
      const naive = words.flatMap((one, i) => (plain.includes(one) ? [i] : []));
      expect([...new AhoCorasick(words).in(line)].toSorted((a, b) => a - b)).toEqual(naive);
    }),
    { numRuns: 500 },
  );
});

it('rejects a literal that is not ASCII', () => {
  expect(() => new AhoCorasick(['\u00e9'])).toThrow(RangeError);
});
