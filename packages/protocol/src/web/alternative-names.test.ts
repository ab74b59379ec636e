import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternativeNames, comparableName } from './alternative-names.js';

/**
 * openssl req -x509, with -addext
 * subjectAltName=DNS:a.example.com,DNS:*.example.com,IP:192.0.2.1,IP:2001:db8::1,URI:spiffe://example.com/p,email:a@b.example,RID:1.2.3
 */
const CERTIFICATE = Buffer.from(
  [
    'MIIB/jCCAaOgAwIBAgIUa9VfVoJeD/eYsXSGe7iNIk3Ekn8wCgYIKoZIzj0EAwIwHTEbMBkGA1UEAwwSY2xpZW50LmV4YW1wbGUuY29tMCAXDT',
    'I2MTEyODExMDA0NloYDzIxMjYxMTA0MTEwMDQ2WjAdMRswGQYDVQQDDBJjbGllbnQuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMB',
    'BwNCAATO2xGXDRE8u3XaHDJW9ALSMHwzGadba09usGLfnMRn2kB16g8rIWkldV+DMwIL3RaHOTUhIeZX1hxGfA6TMVTLo4G+MIG7MB0GA1UdDg',
    'QWBBTkiC4ZqEIeVkqyxSq5jPnijsRVOjAfBgNVHSMEGDAWgBTkiC4ZqEIeVkqyxSq5jPnijsRVOjAPBgNVHRMBAf8EBTADAQH/MGgGA1UdEQRh',
    'MF+CDWEuZXhhbXBsZS5jb22CDSouZXhhbXBsZS5jb22HBMAAAgGHECABDbgAAAAAAAAAAAAAAAGGFnNwaWZmZTovL2V4YW1wbGUuY29tL3CBC2',
    'FAYi5leGFtcGxliAIqAzAKBggqhkjOPQQDAgNJADBGAiEAgkK+m68CMy3ZckgzL7aN9r8En9I5jN1eHhKMSQ+7uy0CIQCXUUyTUq03BjZd2hzk',
    'GUUimDqwMobea211TaKRlIG0Vw==',
  ].join(''),
  'base64',
);

describe('the alternative names of a certificate', () => {
  it('are those of all four kinds, and not its subject', () => {
    expect(alternativeNames(CERTIFICATE)).toEqual([
      'a.example.com',
      '*.example.com',
      '192.0.2.1',
      '2001:db8::1',
      'spiffe://example.com/p',
      'a@b.example',
    ]);
  });

  it('are none for bytes that are not a certificate', () => {
    expect(alternativeNames(Buffer.from('3003020107', 'hex'))).toEqual([]);
  });

  it('end, for a certificate with any bytes changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(CERTIFICATE.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const changed = Buffer.from(CERTIFICATE);
        for (const [at, byte] of changes) changed[at] = byte;
        expect(alternativeNames(changed).length).toBeLessThan(100);
      }),
    );
  });
});

describe('a name of a list', () => {
  it.each([
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['A.example.com', 'A.example.com'],
  ])('%s is compared as %s', (name, compared) => {
    expect(comparableName(name)).toBe(compared);
  });
});
