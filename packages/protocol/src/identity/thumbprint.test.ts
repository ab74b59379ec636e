import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPemPair } from './identity.js';
import { FormatError } from '../text/format-error.js';
import { parseThumbprint, thumbprintOf } from './thumbprint.js';

const CANONICAL = '7BEC0A8D13F2B1C4E5D69788A9BACBDCEDFE0F10';
const COLONS = CANONICAL.replace(/(..)(?=.)/g, '$1:');

describe('thumbprintOf', () => {
  it('is the fingerprint of node:crypto without colons', async () => {
    const certificate = new X509Certificate((await createPemPair({ commonName: 'a' })).cert);
    expect(thumbprintOf(certificate.raw)).toBe(certificate.fingerprint.replaceAll(':', ''));
    expect(thumbprintOf(certificate.raw)).toMatch(/^[0-9A-F]{40}$/);
  });
});

describe('parseThumbprint accepts', () => {
  it.each([
    ['the canonical form', CANONICAL],
    ['lower case', CANONICAL.toLowerCase()],
    ['colons', COLONS],
    ['spaces, as Windows shows it', COLONS.replaceAll(':', ' ').toLowerCase()],
    ['dashes', COLONS.replaceAll(':', '-')],
    ['dashes that a word processor made longer', COLONS.replaceAll(':', '\u2013')],
    ['spaces and line ends around it', `\r\n  ${CANONICAL}\t\n`],
    ['the left-to-right mark of the Windows dialog', `\u200E${COLONS.replaceAll(':', ' ')}`],
    ['a right-to-left mark at the end', `${CANONICAL}\u200F`],
    ['a byte order mark', `\uFEFF${CANONICAL}`],
    ['no-break spaces', COLONS.replaceAll(':', '\u00A0')],
    ['openssl 1.1', `SHA1 Fingerprint=${COLONS}`],
    ['openssl 3', `sha1 Fingerprint=${COLONS}`],
    ['a short label', `sha1:${CANONICAL}`],
    ['a label and a space', `SHA-1 ${CANONICAL}`],
    ['PowerShell', `Thumbprint : ${CANONICAL}`],
    ['double quotes', `"${CANONICAL}"`],
    ['typographic quotes', `\u201C${CANONICAL}\u201D`],
    ['a label with a quoted value', `thumbprint='${CANONICAL}'`],
  ])('%s', (_name, text) => {
    expect(parseThumbprint(text)).toBe(CANONICAL);
  });
});

describe('parseThumbprint rejects', () => {
  it.each([
    ['an empty text', '', /no digits/],
    ['empty quotes', '""', /no digits/],
    ['a digit too few', CANONICAL.slice(1), /39 digits/],
    ['a digit too many', `${CANONICAL}0`, /41 digits/],
    ['SHA-256', 'ab'.repeat(32), /64 digits.* SHA-256/],
    ['SHA-256 as openssl labels it', `sha256 Fingerprint=${'AB:'.repeat(31)}AB`, /64 digits.* SHA-256/],
    ['MD5', 'ab'.repeat(16), /32 digits.* MD5/],
    ['SHA-512', 'ab'.repeat(64), /128 digits.* SHA-512/],
    ['a letter that is not a digit', `${CANONICAL.slice(0, 5)}O${CANONICAL.slice(6)}`, /^'O' at position 6 /],
    [
      'a character that is not printable',
      `${CANONICAL.slice(0, 2)}\u0007${CANONICAL.slice(2)}`,
      /^U\+0007 at position 3 /,
    ],
    ['a character of two units', `\u{1F600}${CANONICAL}`, /^'\u{1F600}' at position 1 /u],
    ['a quote in the middle', `${CANONICAL.slice(0, 20)}"${CANONICAL.slice(20)}`, /^'"' at position 21 /],
    ['a whole file', 'a'.repeat(1001), /1001 characters/],
  ])('%s', (_name, text, message) => {
    expect(() => parseThumbprint(text)).toThrow(FormatError);
    expect(() => parseThumbprint(text)).toThrow(message);
    // Each message also says what a thumbprint is.
    expect(() => parseThumbprint(text)).toThrow(/SHA-1.* 40 digits/);
  });
});

describe('parseThumbprint, for any', () => {
  const digits = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex'));

  it('digits, cases and separators, keeps the same digits in the canonical form', () => {
    const gaps = fc.array(fc.constantFrom('', '', ':', ' ', '-', '\u200E', '\u00A0', '\t'), {
      minLength: 41,
      maxLength: 41,
    });
    const label = fc.constantFrom('', 'SHA1 Fingerprint=', 'sha1:', 'Thumbprint: ', '"', '\uFEFF');
    fc.assert(
      fc.property(
        digits,
        gaps,
        label,
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        (hex, gap, start, upper) => {
          const spelled = Array.from(
            hex,
            (digit, i) => (gap[i] ?? '') + (upper[i] === true ? digit.toUpperCase() : digit),
          );
          const text = start + spelled.join('').replace(/^[:-]+/, '') + (gap[40] ?? '');
          expect(parseThumbprint(text)).toBe(hex.toUpperCase());
          expect(parseThumbprint(parseThumbprint(text))).toBe(hex.toUpperCase());
        },
      ),
    );
  });

  it('any text, returns a thumbprint or throws a FormatError of one line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.string({ maxLength: 2000 })), (text) => {
        try {
          expect(parseThumbprint(text)).toMatch(/^[0-9A-F]{40}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as Error).message).toMatch(/^[^\p{Cc}]{1,200}$/u);
        }
      }),
    );
  });
});
