import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, count, formatDuration, formatRate, formatShare, formatSize, ms, msAligned, wrap } from './units.js';

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
  it('aligns each column as asked', () => {
    expect(
      columns(
        'lr',
        [
          ['a', 'b'],
          ['long', '1'],
          ['x', '1000'],
        ],
        80,
      ),
    ).toBe('a        b\nlong     1\nx     1000\n');
  });

  it('wraps a last column of text within the width, and leaves it alone where it would be too narrow', () => {
    const rows = [['id', 'one two three four five']];
    expect(columns('ll', rows, 20)).toBe('id  one two three\n    four five\n');
    expect(columns('ll', rows, 19)).toBe('id  one two three four five\n');
    expect(columns('lr', rows, 20)).toBe('id  one two three four five\n');
  });
});

describe('wrap', () => {
  it('keeps every word, and to the width when words allow', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), '- ', '  ', 30).split('\n');
        expect(lines.join(' ').replace('- ', '').split(/ +/)).toEqual(words);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.000 ms'],
    [5000, '5.00 ms'],
    [999_999, '1000 ms'],
    [1_000_000, '1 s'],
    [12_340_000, '12.3 s'],
    [119_000_000, '119 s'],
    [120_000_000, '2 min'],
    [200_000_000, '3 min 20 s'],
    [3_600_000_000, '1 h'],
    [7_500_000_000, '2 h 5 min'],
  ])('%i us: %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });
});

describe('formatSize and formatRate', () => {
  it.each([
    [0, '0 B'],
    [1400, '1,400 B'],
    [999_999, '999,999 B'],
    [12_500_000, '12.5 MB'],
  ])('%i bytes: %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('shows a rate in bytes and in bits', () => {
    expect(formatRate(12_500_000)).toBe('12.5 MB/s (100 Mbit/s)');
  });
});

describe('count', () => {
  it.each([
    [count(0, 'attempt'), '0 attempts'],
    [count(1, 'attempt'), '1 attempt'],
    [count(2000, 'attempt'), '2,000 attempts'],
    [count(1, 'retry', 'retries'), '1 retry'],
    [count(2, 'retry', 'retries'), '2 retries'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('wrap', () => {
  it('breaks at spaces, behind the first and the hanging indent', () => {
    expect(wrap('one two three', '- ', '  ', 9)).toBe('- one two\n  three');
  });

  it('moves a word that does not fit behind the indent to the left, and never breaks it', () => {
    expect(wrap('a thumbprint 0123456789', '  name  ', '        ', 12)).toBe('  name  a\n  thumbprint\n  0123456789');
    expect(wrap('0123456789 is it', '    ', '    ', 8)).toBe('0123456789\n    is\n    it');
  });
});

describe('formatShare', () => {
  it.each([
    [0, 100, '0%'],
    [0, 0, '0%'],
    [1, 100, '1%'],
    [99, 100, '99%'],
    [1, 3, '33%'],
    [1, 1000, '0.1%'],
    [1, 10_000, '<0.1%'],
    [9999, 10_000, '99.9%'],
    [199, 200, '99.5%'],
    [7, 7, '100%'],
  ])('%i of %i: %s', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });
});

describe('msAligned', () => {
  it.each([
    [0, '0.0'],
    [149, '0.1'],
    [42_900, '42.9'],
    [9_999_900, '9999.9'],
    [12_345_678, '12346'],
  ])('%i us: %s', (us, text) => {
    expect(msAligned(us)).toBe(text);
  });
});
