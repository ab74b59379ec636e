import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, ms, wrap } from './units.js';

describe('ms', () => {
  it.each([
    [0, '0.000'],
    [1, '0.001'],
    [999, '0.999'],
    [1000, '1.00'],
    [12_345, '12.3'],
    [123_456, '123'],
    [3_600_000_000, '3600000'],
  ])('%i us', (us, text) => {
    expect(ms(us)).toBe(text);
  });
});

describe('columns', () => {
  it('sets each column to its side', () => {
    expect(
      columns('lr', [
        ['a', 'b'],
        ['long', '1'],
        ['x', '1000'],
      ]),
    ).toBe('a        b\nlong     1\nx     1000\n');
  });
});

describe('wrap', () => {
  it('loses no word and keeps to the width where words allow', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), '- ', '  ', 30).split('\n');
        expect(lines.join(' ').replace('- ', '').split(/ +/)).toEqual(words);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
      }),
    );
  });
});
