import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey } from './signing-key.js';
import { type Attestation, type AttestationResult, verifyAttestation, type LocalView } from './attestation.js';
import { type Identity, createIdentity } from './identity.js';
import { type Statement, serializeStatement } from './statement.js';
import { anyStatement, STATEMENT } from './statement.test.support.js';

const KEY = readFileSync(new URL('../../../../test/fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');
const key = createSigningKey();
let pong: Identity;
let statement: Statement;

beforeAll(async () => {
  pong = await createIdentity({ commonName: 'tentacle-pong', key: KEY });
  statement = { ...STATEMENT, pongThumbprint: pong.thumbprint };
});

function signed(change: Partial<Statement> = {}, by = key): Attestation {
  const bytes = serializeStatement({ ...statement, ...change });
  return {
    statement: bytes,
    signature: by.sign(bytes),
    publicKey: Buffer.from(by.publicKey, 'hex'),
    certificate: pong.der,
  };
}

/** The same session, seen from the other end. */
function localView(change: Partial<LocalView> = {}): LocalView {
  const { nonce, tlsVersion, cipher, handshakeBound, keyingMaterial } = statement;
  const { clientAddress, clientPort, pongAddress, pongPort } = statement;
  return {
    nonce,
    ownThumbprint: statement.clientThumbprint ?? '',
    peerThumbprint: statement.pongThumbprint,
    tlsVersion,
    cipher,
    handshakeBound,
    keyingMaterial,
    ends: { clientAddress, clientPort, pongAddress, pongPort },
    ...change,
  };
}

const what = ({ differences = [] }: AttestationResult): string[] => differences.map((difference) => difference.what);

describe('an attestation', () => {
  it('is one session when both ends observe the same', () => {
    const attested = verifyAttestation(signed(), localView(), undefined);
    expect(attested).toMatchObject({
      result: 'one-session',
      publicKey: key.publicKey,
      differences: [],
      translated: [],
    });
    expect(attested.pongCertificate?.subject).toBe('CN=tentacle-pong');
    expect(attested.expectedKey).toBeUndefined();
    expect(verifyAttestation(signed(), localView(), key.publicKey)).toMatchObject({
      result: 'one-session',
      expectedKey: key.publicKey,
    });
    expect(JSON.parse(JSON.stringify(attested))).toEqual(attested);
  });

  it.each<[string, Partial<LocalView>, string[]]>([
    ['another certificate', { peerThumbprint: 'E'.repeat(40) }, ['pong-certificate']],
    ['no certificate of the peer', { peerThumbprint: null }, ['pong-certificate']],
    ['another client certificate', { ownThumbprint: 'E'.repeat(40) }, ['client-certificate']],
    ['another version', { tlsVersion: 'TLSv1.2' }, ['tls-version']],
    ['another suite', { cipher: 'TLS_AES_128_GCM_SHA256' }, ['tls-suite']],
    ['no extended master secret here', { handshakeBound: false }, ['handshake-bound']],
    ['other keying material: a copied certificate', { keyingMaterial: 'f'.repeat(64) }, ['keying-material']],
    [
      'a device with a certificate of its own',
      { peerThumbprint: 'E'.repeat(40), ownThumbprint: 'F'.repeat(40), keyingMaterial: 'f'.repeat(64) },
      ['pong-certificate', 'client-certificate', 'keying-material'],
    ],
  ])('is not one session with %s', (_name, change, expected) => {
    const attested = verifyAttestation(signed(), localView(change), undefined);
    expect(attested.result).toBe('not-one-session');
    expect(what(attested)).toEqual(expected);
  });

  it('is not one session when the client certificate did not arrive', () => {
    const attested = verifyAttestation(signed({ clientThumbprint: null }), localView(), undefined);
    expect(attested).toMatchObject({
      result: 'not-one-session',
      differences: [{ what: 'client-certificate', here: statement.clientThumbprint, atPong: null }],
    });
  });

  it.each<[string, Partial<LocalView>, string[]]>([
    [
      'the client',
      { ends: { clientAddress: '10.0.0.1', clientPort: 51234, pongAddress: '192.0.2.10', pongPort: 10933 } },
      ['client'],
    ],
    [
      'the port of the client',
      { ends: { clientAddress: '192.0.2.7', clientPort: 1, pongAddress: '192.0.2.10', pongPort: 10933 } },
      ['client'],
    ],
    [
      'the port of pong',
      { ends: { clientAddress: '192.0.2.7', clientPort: 51234, pongAddress: '192.0.2.10', pongPort: 443 } },
      ['pong'],
    ],
    [
      'both',
      { ends: { clientAddress: '10.0.0.1', clientPort: 1, pongAddress: '10.0.0.2', pongPort: 2 } },
      ['client', 'pong'],
    ],
  ])('is one session when the address of %s is translated', (_name, change, expected) => {
    expect(verifyAttestation(signed(), localView(change), undefined)).toMatchObject({
      result: 'one-session',
      translated: expected,
    });
  });

  it('does not compare addresses behind a proxy', () => {
    const { ends: _, ...behindProxy } = localView();
    const attested = verifyAttestation(signed(), behindProxy, undefined);
    expect(attested.result).toBe('one-session');
    expect('translated' in attested).toBe(false);
  });

  it('by a key other than the expected one is wrong-key, and names the key', () => {
    const other = createSigningKey();
    expect(verifyAttestation(signed({}, other), localView(), key.publicKey)).toMatchObject({
      result: 'wrong-key',
      publicKey: other.publicKey,
      expectedKey: key.publicKey,
    });
  });

  it('with another nonce is not valid', () => {
    const replayed = verifyAttestation(signed(), localView({ nonce: '0'.repeat(64) }), undefined);
    expect(replayed).toMatchObject({ result: 'not-valid', why: 'other-nonce' });
  });

  it('of a newer version is none when signed, and bytes that are not a statement are not valid', () => {
    const of = (text: string): Attestation => ({
      ...signed(),
      statement: Buffer.from(text),
      signature: key.sign(Buffer.from(text)),
    });
    const judge = (text: string) => verifyAttestation(of(text), localView(), undefined);
    expect(judge('{"v":2,"more":true}')).toMatchObject({ result: 'none', why: 'other-form' });
    for (const text of ['', 'hello', '{"v":1}']) {
      expect(judge(text)).toMatchObject({ result: 'not-valid', why: 'garbled' });
    }
    const unsigned = { ...of('{"v":2}'), signature: Buffer.alloc(64) };
    expect(verifyAttestation(unsigned, localView(), undefined)).toMatchObject({
      result: 'not-valid',
      why: 'bad-signature',
    });
  });

  it('is not valid with any byte changed', () => {
    const whole = signed();
    // Each check takes 9 ms, so only some bytes of the statement.
    for (const [part, step] of [
      ['statement', 9],
      ['signature', 1],
      ['publicKey', 1],
    ] as const) {
      for (let at = 0; at < whole[part].length; at += step) {
        const bytes = Buffer.from(whole[part]);
        bytes[at] = (bytes[at] ?? 0) ^ 0x20;
        const attested = verifyAttestation({ ...whole, [part]: bytes }, localView(), key.publicKey);
        expect(attested, `${part}, byte ${at}`).toMatchObject({ result: 'not-valid', why: 'bad-signature' });
      }
    }
  });

  it('names only the certificate that the statement names', () => {
    for (const certificate of [Buffer.alloc(0), Buffer.from('rubbish')]) {
      const attested = verifyAttestation({ ...signed(), certificate }, localView(), undefined);
      expect(attested.result).toBe('one-session');
      expect('pongCertificate' in attested).toBe(false);
    }
  });

  it('has a result for any statement', () => {
    fc.assert(
      fc.property(anyStatement, (stated) => {
        const attested = verifyAttestation(signed(stated), localView({ nonce: stated.nonce }), undefined);
        expect(attested.result).toBe('not-one-session');
        expect(attested.statement).toEqual(stated);
      }),
      // A signature and its check take 13 ms.
      { numRuns: 50 },
    );
  });
});
