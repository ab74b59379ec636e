import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskUnsafe, quote, singleLine, toAscii } from './sanitize.js';

/** Escape sequences, line breaks of every kind, a right-to-left override and a zero-width space. */
const HOSTILE = 'a\r\nb\x1b[2Jc\u202ed\u2028e\u2029f\u200bg';

describe('quote', () => {
  it.each([
    ['host:1', '"host:1"'],
    ['', '""'],
    [HOSTILE, '"a??b?[2Jc?d?e?f?g"'],
    ['x'.repeat(300), `"${'x'.repeat(100)}"`],
  ])('writes %j as %s', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
});

describe('singleLine', () => {
  it.each([
    [HOSTILE, 'a b [2Jc d e f g'],
    ['  a \t\n  b  ', 'a b'],
    ['\n', ''],
  ])('writes %j as %j', (text, line) => {
    expect(singleLine(text)).toBe(line);
  });

  it('cuts to the length that is given', () => {
    expect(singleLine('x'.repeat(300), 200)).toHaveLength(200);
  });
});

describe('toAscii', () => {
  it('replaces each character that is not printable ASCII, and not each half of one', () => {
    expect(toAscii('a\u00e9\t\u{1f600}~')).toBe('a???~');
    expect(toAscii('a\nb', '.')).toBe('a.b');
  });
});

it('no function lets a character through that breaks a line or hides text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const safe of [quote(text), maskUnsafe(text), singleLine(text)])
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(toAscii(text)).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
});
