import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { SigningKey, attestationKeyOf, isSignedBy, createSigningKey, parsePublicKey } from './signing-key.js';

/** The first test vector of RFC 8032, section 7.1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC = 'D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A';
const SIGNATURE_OF_NOTHING =
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';

describe('an attestation key', () => {
  it('signs as Ed25519 does', () => {
    const key = new SigningKey(SEED);
    expect(key.publicKey).toBe(PUBLIC);
    expect(key.sign(Buffer.alloc(0)).toString('hex')).toBe(SIGNATURE_OF_NOTHING);
  });

  it('signs what node:crypto verifies, and verifies what that signs', () => {
    const key = createSigningKey();
    const message = Buffer.from('a message');
    const other = createPrivateKey(key.pem());
    expect(verify(null, message, createPublicKey(other), key.sign(message))).toBe(true);
    expect(isSignedBy(key.publicKey, message, sign(null, message, other))).toBe(true);
  });

  it('is the same when it is read again', () => {
    const key = createSigningKey();
    expect(attestationKeyOf(key.pem()).publicKey).toBe(key.publicKey);
    expect(createSigningKey().publicKey).not.toBe(key.publicKey);
  });

  it('rejects any single changed bit, at any byte of signature, message or key', () => {
    const key = createSigningKey();
    const message = Buffer.from('a message of some length');
    const signature = key.sign(message);
    const publicKey = Buffer.from(key.publicKey, 'hex');
    expect(isSignedBy(key.publicKey, message, signature)).toBe(true);
    const changed = (bytes: Buffer, at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      return copy;
    };
    for (let at = 0; at < signature.length; at++) {
      expect(isSignedBy(key.publicKey, message, changed(signature, at)), `signature, byte ${at}`).toBe(false);
    }
    for (let at = 0; at < message.length; at++) {
      expect(isSignedBy(key.publicKey, changed(message, at), signature), `message, byte ${at}`).toBe(false);
    }
    for (let at = 0; at < publicKey.length; at++) {
      expect(isSignedBy(changed(publicKey, at).toString('hex'), message, signature), `key, byte ${at}`).toBe(false);
    }
  });

  it.each([0, 63, 65])('rejects a signature of %i bytes', (length) => {
    expect(isSignedBy(PUBLIC, Buffer.alloc(0), Buffer.alloc(length))).toBe(false);
  });

  it('is hidden when it is printed or serialized', () => {
    const key = new SigningKey(SEED);
    for (const shown of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true })]) {
      expect(shown).not.toContain(SEED.toString('hex'));
      expect(shown).not.toContain(SEED.toString('base64').slice(0, 20));
    }
  });

  it.each(['', 'hello', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
    'is not made of %j',
    (text) => {
      expect(() => attestationKeyOf(text)).toThrow();
    },
  );
});

describe('a public key', () => {
  it.each([
    ['as it is printed', PUBLIC],
    ['in lower case', PUBLIC.toLowerCase()],
    ['in groups', (PUBLIC.match(/.{8}/g) ?? []).join(' ')],
    ['with colons, broken over two lines', (PUBLIC.match(/../g) ?? []).join(':').replace(':3A', ':\r\n3A')],
  ])('is read %s', (_name, text) => {
    expect(parsePublicKey(text)).toBe(PUBLIC);
  });

  it.each([
    ['', 'it has 0 digits'],
    [PUBLIC.slice(1), 'it has 63 digits'],
    ['A'.repeat(40), '40 digits are the length of a thumbprint, which is what --thumbprint takes'],
    [`${PUBLIC.slice(1)}g`, 'other characters'],
    ['A'.repeat(5000), '5000 characters'],
  ])('is rejected when it is %j', (text, says) => {
    expect(() => parsePublicKey(text)).toThrow(says);
    expect(() => parsePublicKey(text)).toThrow('the 64 digits 0-9 and A-F that tentacle-pong prints');
  });

  it('reports any other text in one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(parsePublicKey(text)).toMatch(/^[0-9A-F]{64}$/);
        } catch (error) {
          expect((error as Error).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }),
    );
  });
});

it('the signature is that of tweetnacl', () => {
  for (let i = 0; i < 20; i++) {
    const seed = randomBytes(32);
    const message = randomBytes(i * 37);
    const { secretKey } = nacl.sign.keyPair.fromSeed(seed);
    expect(new SigningKey(seed).sign(message)).toEqual(Buffer.from(nacl.sign.detached(message, secretKey)));
  }
});
