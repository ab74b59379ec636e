import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateError, type CertificateFacts, describeCertificate } from './certificate.js';
import { createPemPair } from './identity.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let der = Buffer.alloc(0);

beforeAll(async () => {
  der = new X509Certificate((await createPemPair({ commonName: 'Octopus Tentacle' })).cert).raw;
});

describe('describeCertificate', () => {
  it('returns the contents of a certificate', () => {
    expect(describeCertificate(der)).toMatchObject({
      thumbprint: new X509Certificate(der).fingerprint.replaceAll(':', ''),
      subject: 'CN=Octopus Tentacle',
      issuer: 'CN=Octopus Tentacle',
      selfSigned: true,
      keyType: 'rsa',
      keyBits: 2048,
      signatureAlgorithm: 'sha256WithRSAEncryption',
    });
  });

  it('is plain data', () => {
    const facts = describeCertificate(der);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  it('names an algorithm that is not in its table by its identifier', () => {
    // The identifier is in a certificate twice; its last byte, 11 for SHA-256, becomes 99 in the outer one only.
    const oid = Buffer.from('2a864886f70d01010b', 'hex');
    const changed = Buffer.from(der);
    changed[changed.lastIndexOf(oid) + oid.length - 1] = 99;
    expect(describeCertificate(changed)).toMatchObject({
      signatureAlgorithm: '1.2.840.113549.1.1.99',
      selfSigned: false,
    });
  });

  it('reads dates that JavaScript would read in another century', () => {
    const generalizedTime = der.indexOf(Buffer.from('180f', 'hex')); // Of notAfter, which is beyond 2049.
    const changed = Buffer.from(der);
    changed.write('00990203040506Z', generalizedTime + 2, 'latin1');
    expect(describeCertificate(changed).notAfter).toBe('0099-02-03T04:05:06Z');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('HTTP/1.0 200 OK')],
    ['an empty sequence', Buffer.from('3000', 'hex')],
    ['more than a peer may send', Buffer.alloc(100 * 1024 + 1, 0x30)],
  ])('rejects %s', (_name, bytes) => {
    expect(() => describeCertificate(bytes)).toThrow(CertificateError);
  });

  it('rejects PEM, whose thumbprint would be the hash of a text', () => {
    expect(() => describeCertificate(Buffer.from(new X509Certificate(der).toString()))).toThrow(CertificateError);
  });

  it('describes or throws a CertificateError for any changed or missing bytes', () => {
    const change = fc.record({ at: fc.nat(der.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(der.length), (changes, cut) => {
        const bytes = Buffer.from(der);
        for (const { at, to } of changes) bytes[at] = to;
        for (const candidate of [bytes, bytes.subarray(0, cut)]) {
          try {
            expect(describeCertificate(candidate).thumbprint).toMatch(/^[0-9A-F]{40}$/);
          } catch (error) {
            expect(error).toBeInstanceOf(CertificateError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe.skipIf(!hasOpenssl)('describeCertificate for certificates from openssl (needs openssl)', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'certificate-'));
    execFileSync('openssl', ['genrsa', '-out', join(directory, 'key.pem'), '2048'], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const make = (...args: string[]): CertificateFacts => {
    const out = join(directory, 'out.der');
    const request = ['req', '-x509', '-nodes', '-outform', 'DER', '-out', out, ...args];
    execFileSync('openssl', request, { cwd: directory, stdio: 'ignore' });
    return describeCertificate(readFileSync(out));
  };
  const rsa = ['-key', 'key.pem', '-subj', '/CN=x'];

  it.each([
    ['-md5', 'md5WithRSAEncryption'],
    ['-sha1', 'sha1WithRSAEncryption'],
    ['-sha256', 'sha256WithRSAEncryption'],
    ['-sha384', 'sha384WithRSAEncryption'],
    ['-sha512', 'sha512WithRSAEncryption'],
  ])('RSA %s', (digest, signatureAlgorithm) => {
    expect(make(...rsa, digest)).toMatchObject({ signatureAlgorithm, keyType: 'rsa', keyBits: 2048, selfSigned: true });
  });

  it('RSA-PSS signature', () => {
    const facts = make(...rsa, '-sigopt', 'rsa_padding_mode:pss');
    expect(facts).toMatchObject({ signatureAlgorithm: 'rsassaPss', keyType: 'rsa', selfSigned: true });
  });

  it.each([
    ['P-256', '-sha256', 256, 'ecdsa-with-SHA256'],
    ['P-384', '-sha384', 384, 'ecdsa-with-SHA384'],
    ['P-521', '-sha512', 521, 'ecdsa-with-SHA512'],
    ['P-256', '-sha1', 256, 'ecdsa-with-SHA1'],
  ])('EC %s %s', (curve, digest, keyBits, signatureAlgorithm) => {
    const facts = make(
      '-newkey',
      'ec',
      '-pkeyopt',
      `ec_paramgen_curve:${curve}`,
      '-keyout',
      'ec.pem',
      '-subj',
      '/CN=x',
      digest,
    );
    expect(facts).toMatchObject({ keyType: 'ec', keyBits, signatureAlgorithm, selfSigned: true });
  });

  it('Ed25519, whose type alone fixes its size', () => {
    const facts = make('-newkey', 'ed25519', '-keyout', 'ed.pem', '-subj', '/CN=x');
    expect(facts).toMatchObject({ keyType: 'ed25519', keyBits: undefined, signatureAlgorithm: 'ED25519' });
  });

  it('RSA-1024', () => {
    expect(make('-newkey', 'rsa:1024', '-keyout', 'small.pem', '-subj', '/CN=x')).toMatchObject({ keyBits: 1024 });
  });

  it('a name of several parts on one line, with control characters escaped', () => {
    expect(make('-key', 'key.pem', '-subj', '/O=Octopus/CN=a\u001bb')).toMatchObject({
      subject: 'O=Octopus, CN=a\\1Bb',
    });
  });

  it('no name at all', () => {
    expect(make('-key', 'key.pem', '-subj', '/')).toMatchObject({ subject: '', issuer: '' });
  });

  it('a name that fills its certificate, cut to 1000 characters', () => {
    const parts = Array.from({ length: 40 }, (_, i) => `/OU=${String(i).padStart(60, 'x')}`).join('');
    expect(make('-key', 'key.pem', '-subj', parts).subject).toHaveLength(1000);
  });

  it('an issued certificate, which is not self-signed though openssl trusts it', () => {
    const run = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
    run('req', '-x509', '-key', 'key.pem', '-subj', '/CN=authority', '-out', 'ca.pem');
    run('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'leaf.key', '-subj', '/CN=leaf', '-out', 'leaf.csr');
    run('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'key.pem', '-CAcreateserial', '-out', 'leaf.pem');
    const leaf = describeCertificate(new X509Certificate(readFileSync(join(directory, 'leaf.pem'))).raw);
    expect(leaf).toMatchObject({ subject: 'CN=leaf', issuer: 'CN=authority', selfSigned: false });
  });
});
