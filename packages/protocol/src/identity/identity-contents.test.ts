import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyContents } from './identity-contents.js';

const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** The first bytes of each format as openssl writes them; the rest is not read. */
const DER = {
  pfx: hex('30 82 09 ef 02 01 03 30 82'),
  'der-certificate': hex('30 82 03 17 30 82 01 ff a0 03 02 01 02'),
  'der-key': hex('30 82 04 a4 02 01 00 30 0d'),
  pkcs7: hex('30 82 03 44 06 09 2a 86 48 86 f7 0d 01 07 02'),
} as const;

describe('identifyContents', () => {
  it.each(Object.entries(DER))('identifies %s by its first bytes, and as base64 text', (kind, bytes) => {
    expect(identifyContents(bytes).kind).toBe(kind);
    expect(identifyContents(Buffer.from(`${bytes.toString('base64')}\r\n`)).kind).toBe(kind);
  });

  it('identifies an encrypted key, an EC key, a version 1 certificate, and a streamed PFX', () => {
    expect(identifyContents(hex('30 82 05 2d 30 57 06 09 2a 86')).kind).toBe('der-key');
    expect(identifyContents(hex('30 77 02 01 01 04 20')).kind).toBe('der-key');
    expect(identifyContents(hex('30 82 03 17 30 82 01 ff 02 08')).kind).toBe('der-certificate');
    expect(identifyContents(hex('30 80 02 01 03 30 80')).kind).toBe('pfx');
  });

  it('returns the bytes of a PFX, decoded from base64 where needed', () => {
    expect(identifyContents(DER.pfx)).toEqual({ kind: 'pfx', bytes: DER.pfx });
    expect(identifyContents(Buffer.from(DER.pfx.toString('base64')))).toEqual({ kind: 'pfx', bytes: DER.pfx });
  });

  const text = `Bag Attributes\n${block('CERTIFICATE')}\njunk\n${block('EC PARAMETERS')}${block('PRIVATE KEY')}`;
  it.each([
    ['text', Buffer.from(text)],
    ['CRLF', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ])('splits PEM in %s', (_name, bytes) => {
    const contents = identifyContents(bytes);
    if (contents.kind !== 'pem') throw new Error(contents.kind);
    expect(contents.blocks.map(({ label }) => label)).toEqual(['CERTIFICATE', 'EC PARAMETERS', 'PRIVATE KEY']);
    expect(contents.blocks[0]?.text.replaceAll('\r', '')).toBe(block('CERTIFICATE'));
  });

  it('names the PEM block without an END line', () => {
    const cut = block('CERTIFICATE') + block('PRIVATE KEY').slice(0, -5);
    expect(identifyContents(Buffer.from(cut))).toEqual({ kind: 'truncated-pem', label: 'PRIVATE KEY' });
  });

  it('takes time in proportion to the bytes, also for 1 MiB of BEGIN lines', () => {
    const started = performance.now();
    expect(identifyContents(Buffer.from('-----BEGIN X-----'.repeat(61_000))).kind).toBe('truncated-pem');
    expect(identifyContents(Buffer.from(block('X').repeat(25_000))).kind).toBe('pem');
    // It takes 20 ms; quadratic, it would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void identifyContents(Buffer.from(bytes))));
    const pieces = fc.constantFrom('-----BEGIN ', '-----END ', 'CERTIFICATE', '-----', '\n', ' ', 'A', 'PRIVATE KEY');
    fc.assert(fc.property(fc.array(pieces), (parts) => void identifyContents(Buffer.from(parts.join('')))));
  });
});
