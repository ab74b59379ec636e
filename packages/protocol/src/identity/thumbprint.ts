import { createHash } from 'node:crypto';
import { FormatError } from '../text/format-error.js';

/** SHA-1 is 160 bits: 40 hexadecimal digits. */
const DIGITS = 40;

/** The longest text that is parsed. The longest legitimate spelling (label, quotes, separators) has about 120 characters. */
const MAX_TEXT = 1000;

/** Other hashes of a certificate that people mistake for its thumbprint, by their number of digits. */
const OTHER_HASHES: Readonly<Record<number, string>> = { 32: 'MD5', 64: 'SHA-256', 96: 'SHA-384', 128: 'SHA-512' };

// Characters allowed around and between the digits: white space, and the zero-width marks that are included when a
// thumbprint is copied from a Windows certificate dialog (U+200E) or from a file with a byte order mark (U+FEFF).
const BLANK = '\\s\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2069\\uFEFF';
const QUOTES = '"\'`\\u2018\\u2019\\u201C\\u201D';
// `SHA1 Fingerprint=` (openssl), `sha1:`, `Thumbprint :` (PowerShell). SHA-256 is accepted here and rejected later by its length.
const LABEL = '(?:sha-?(?:1|256)(?:[\\s_-]*(?:fingerprint|thumbprint))?|(?:fingerprint|thumbprint))';
const LEADING = new RegExp(`^[${BLANK}${QUOTES}]*(?:${LABEL}[${BLANK}]*[=:${BLANK}][${BLANK}${QUOTES}]*)?`, 'iu');
const TRAILING = new RegExp(`[${BLANK}${QUOTES}]*$`, 'u');
const BETWEEN = new RegExp(`[${BLANK}:\\u002D\\u2010-\\u2015\\u2212]`, 'u');
const HEX = /[0-9a-f]/iu;

/** Returns a certificate's thumbprint in its canonical form: SHA-1 of the DER bytes, 40 upper-case hex digits. */
export function thumbprintOf(der: Uint8Array): string {
  return createHash('sha1').update(der).digest('hex').toUpperCase();
}

/**
 * Parses a thumbprint that a person typed or pasted into its canonical form. It may have either case, colons, spaces,
 * dashes, invisible marks, quotes or a label such as `SHA1 Fingerprint=`.
 * @throws FormatError
 */
export function parseThumbprint(text: string): string {
  if (text.length > MAX_TEXT) throw notAThumbprint(`the text has ${text.length} characters`);
  const start = LEADING.exec(text)?.[0].length ?? 0;
  const end = text.length - (TRAILING.exec(text.slice(start))?.[0].length ?? 0);
  let digits = '';
  let position = start;
  for (const character of text.slice(start, end)) {
    if (HEX.test(character)) digits += character;
    else if (!BETWEEN.test(character)) {
      throw notAThumbprint(`${quoteCharacter(character)} at position ${position + 1} is not a hexadecimal digit`);
    }
    position += character.length;
  }
  if (digits.length !== DIGITS) throw notAThumbprint(describeWrongLength(digits.length));
  return digits.toUpperCase();
}

function describeWrongLength(count: number): string {
  if (count === 0) return 'it has no digits';
  const hash = OTHER_HASHES[count];
  if (hash !== undefined) return `it has ${count} digits, like ${hash}, another fingerprint of the certificate`;
  return `it has ${count} digits`;
}

/** Returns a character for a message: quoted if it is printable, otherwise its code point. */
function quoteCharacter(character: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return `'${character}'`;
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function notAThumbprint(problem: string): FormatError {
  return new FormatError(`${problem}; a thumbprint is the SHA-1 of the certificate, ${DIGITS} digits 0-9 and A-F`);
}
