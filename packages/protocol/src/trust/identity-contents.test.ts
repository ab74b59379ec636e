import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recognise } from './identity-contents.js';

const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** The first bytes of each form, as openssl writes them; what follows does not count. */
const DER = {
  pfx: hex('30 82 09 ef 02 01 03 30 82'),
  'der-certificate': hex('30 82 03 17 30 82 01 ff a0 03 02 01 02'),
  'der-key': hex('30 82 04 a4 02 01 00 30 0d'),
  pkcs7: hex('30 82 03 44 06 09 2a 86 48 86 f7 0d 01 07 02'),
} as const;

describe('recognise', () => {
  it.each(Object.entries(DER))('knows %s by its first bytes, and as base64 text', (kind, bytes) => {
    expect(recognise(bytes).kind).toBe(kind);
    expect(recognise(Buffer.from(`${bytes.toString('base64')}\r\n`)).kind).toBe(kind);
  });

  it('knows an encrypted key, an EC key, a certificate of version 1, and a PFX that streams', () => {
    expect(recognise(hex('30 82 05 2d 30 57 06 09 2a 86')).kind).toBe('der-key');
    expect(recognise(hex('30 77 02 01 01 04 20')).kind).toBe('der-key');
    expect(recognise(hex('30 82 03 17 30 82 01 ff 02 08')).kind).toBe('der-certificate');
    expect(recognise(hex('30 80 02 01 03 30 80')).kind).toBe('pfx');
  });

  it('gives a PFX its bytes back, decoded where they were base64', () => {
    expect(recognise(DER.pfx)).toEqual({ kind: 'pfx', bytes: DER.pfx });
    expect(recognise(Buffer.from(DER.pfx.toString('base64')))).toEqual({ kind: 'pfx', bytes: DER.pfx });
  });

  const text = `Bag Attributes\n${block('CERTIFICATE')}\njunk\n${block('EC PARAMETERS')}${block('PRIVATE KEY')}`;
  it.each([
    ['text', Buffer.from(text)],
    ['CRLF', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ])('splits PEM in %s', (_name, bytes) => {
    const contents = recognise(bytes);
    if (contents.kind !== 'pem') throw new Error(contents.kind);
    expect(contents.blocks.map(({ label }) => label)).toEqual(['CERTIFICATE', 'EC PARAMETERS', 'PRIVATE KEY']);
    expect(contents.blocks[0]?.text.replaceAll('\r', '')).toBe(block('CERTIFICATE'));
  });

  it('names the PEM block that has no end', () => {
    const cut = block('CERTIFICATE') + block('PRIVATE KEY').slice(0, -5);
    expect(recognise(Buffer.from(cut))).toEqual({ kind: 'cut-pem', label: 'PRIVATE KEY' });
  });

  it('takes time in proportion to the bytes: 1 MiB of beginnings is quickly told', () => {
    const started = performance.now();
    expect(recognise(Buffer.from('-----BEGIN X-----'.repeat(61_000))).kind).toBe('cut-pem');
    expect(recognise(Buffer.from(block('X').repeat(25_000))).kind).toBe('pem');
    // It takes 20 ms; quadratic, it would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void recognise(Buffer.from(bytes))));
    const pieces = fc.constantFrom('-----BEGIN ', '-----END ', 'CERTIFICATE', '-----', '\n', ' ', 'A', 'PRIVATE KEY');
    fc.assert(fc.property(fc.array(pieces), (parts) => void recognise(Buffer.from(parts.join('')))));
  });
});
