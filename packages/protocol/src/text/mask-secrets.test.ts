import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from './mask-secrets.js';

/** Characters that the encodings below change. */
const SECRET = 'Sëcr3t&<P@ss"w0rd> %2B+/=\\\'ü~';

const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const ENCODINGS: Readonly<Record<string, (text: string) => string | Buffer>> = {
  'as it is': (text) => Buffer.from(text),
  'in Latin-1': (text) => Buffer.from(text, 'latin1'),
  'in UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'in UTF-16, the other order': (text) => Buffer.from(text, 'utf16le').swap16(),
  'as part of a URL': encodeURIComponent,
  'as part of a URL, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'as a form': (text) => new URLSearchParams({ p: text }).toString().slice(2),
  'each byte percent-encoded': percent,
  'each byte percent-encoded, upper case': (text) => percent(text).toUpperCase(),
  'in HTML': (text) => Buffer.from(html(text)),
  'in HTML, twice': (text) => Buffer.from(html(html(text))),
  'as decimal entities': (text) =>
    Array.from(text)
      .map((one) => `&#${one.codePointAt(0)};`)
      .join(''),
  'as hexadecimal entities': (text) =>
    Array.from(text)
      .map((one) => `&#x${one.codePointAt(0)?.toString(16)};`)
      .join(''),
  'in JSON': (text) => Buffer.from(JSON.stringify(text).slice(1, -1)),
  'in JSON with escapes': (text) =>
    Array.from(text)
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  'with backslashes': (text) => Buffer.from(text.replaceAll(/["'\\$ ]/g, '\\$&')),
  'as C escapes': (text) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  'quoted-printable': (text) => percent(text).toUpperCase().replaceAll('%', '='),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in hexadecimal with colons': (text) =>
    Buffer.from(text)
      .toString('hex')
      .toUpperCase()
      .replaceAll(/..(?=.)/g, '$&:'),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64 behind one byte': (text) => Buffer.from(`a${text}`).toString('base64'),
  'in base64 between others': (text) => Buffer.from(`ab${text}cd`).toString('base64'),
};

const masked = (bytes: Buffer, secret: string): string => maskSecrets(bytes, [secret]).toString('latin1');

describe('secrets in bytes of another program are masked', () => {
  it.each(Object.keys(ENCODINGS))('%s', (name) => {
    const encoded = Buffer.from(ENCODINGS[name]?.(SECRET) ?? '');
    const text = masked(Buffer.concat([Buffer.from('<p>before '), encoded, Buffer.from(' after</p>')]), SECRET);
    expect(text).toMatch(/^<p>before \S*\*\*\*\S* after<\/p>$/);
  });

  it('with each character in a form of its own', () => {
    const names = [
      'as it is',
      'each byte percent-encoded',
      'as decimal entities',
      'in JSON with escapes',
      'as C escapes',
    ];
    const form = fc.constantFrom(...names);
    fc.assert(
      fc.property(fc.array(form, { minLength: SECRET.length, maxLength: SECRET.length }), (forms) => {
        const parts = Array.from(SECRET).map((one, index) => Buffer.from(ENCODINGS[forms[index] ?? '']?.(one) ?? ''));
        expect(masked(Buffer.concat(parts), SECRET)).toBe('***');
      }),
    );
  });

  it.each(['as it is', 'each byte percent-encoded', 'as decimal entities'])('cut off at any byte, %s', (name) => {
    const encoded = Buffer.from(ENCODINGS[name]?.('S3cretPassword') ?? '');
    for (let length = 1; length <= encoded.length; length++) {
      const text = masked(Buffer.concat([Buffer.from('page '), encoded.subarray(0, length)]), 'S3cretPassword');
      // The first characters alone may be any text.
      if (text.includes('***')) expect(text).toMatch(/^page \*\*\*$/);
      else expect(length).toBeLessThan((5 * encoded.length) / 14);
    }
  });

  it('and nothing else is changed', () => {
    const page = Buffer.from(
      'HTTP/1.1 407 Proxy Authentication Required\r\nServer: squid/5.7\r\n\r\n<h1>Access denied</h1>',
    );
    expect(maskSecrets(page, [SECRET, 'octopus:hunter2']).equals(page)).toBe(true);
  });

  it('in time that grows with the bytes', () => {
    const hostile = Buffer.from('%25'.repeat(7000));
    expect(masked(hostile, SECRET)).toBe(hostile.toString());
    expect(masked(Buffer.from('\\'.repeat(20_000)), SECRET)).toHaveLength(20_000);
    expect(masked(Buffer.from('A'.repeat(20_000)), SECRET)).toHaveLength(20_000);
  });
});
