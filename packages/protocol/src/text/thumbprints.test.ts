import { expect, it } from 'vitest';
import { shortenThumbprints, shortThumbprint } from './thumbprints.js';

const A = 'A'.repeat(40);
const B = `${'B'.repeat(36)}1F6E`;

it('a short thumbprint has the first eight digits and the last four', () => {
  expect(shortThumbprint(B)).toBe('BBBBBBBB..1F6E');
  expect(shortThumbprint('no digits')).toBe('no digits');
});

it('those in a text are shortened, except for those that are to be kept, and longer keys', () => {
  const key = 'C'.repeat(64);
  const text = `${A} and ${B}, not ${key}`;
  expect(shortenThumbprints(text)).toBe(`AAAAAAAA..AAAA and BBBBBBBB..1F6E, not ${key}`);
  expect(shortenThumbprints(text, (one) => one === A)).toBe(`${A} and BBBBBBBB..1F6E, not ${key}`);
});
