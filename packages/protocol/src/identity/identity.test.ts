import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { CertificateError } from './certificate.js';
import { Identity, createIdentity, createPemPair, type PemPair } from './identity.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let pair: PemPair = { cert: '', key: '' };

beforeAll(async () => {
  pair = await createPemPair({ commonName: 'Octopus Tentacle' });
});

describe('makePemPair', () => {
  it('creates a certificate like those of Octopus: RSA-2048, SHA-256, valid from yesterday for 100 years', () => {
    const { certificate } = new Identity(new X509Certificate(pair.cert).raw, pair);
    const day = new Date();
    const year = day.getUTCFullYear();
    day.setUTCDate(day.getUTCDate() - 1);
    expect(certificate).toMatchObject({
      subject: 'CN=Octopus Tentacle',
      issuer: 'CN=Octopus Tentacle',
      selfSigned: true,
      keyType: 'rsa',
      keyBits: 2048,
      signatureAlgorithm: 'sha256WithRSAEncryption',
      notBefore: `${day.toISOString().slice(0, 10)}T00:00:00Z`,
    });
    expect(certificate.notAfter).toMatch(new RegExp(`^${year + 100}-`));
    expect(certificate.serial).toMatch(/^[0-9A-F]{2,18}$/); // Not negative: that would begin with a minus.
  });

  it.skipIf(!hasOpenssl)('creates a certificate that openssl describes in the same terms (needs openssl)', () => {
    const text = spawnSync('openssl', ['x509', '-noout', '-text'], { input: pair.cert, encoding: 'utf8' }).stdout;
    expect(text.match(/Signature Algorithm: .*/g)).toEqual(
      Array(2).fill('Signature Algorithm: sha256WithRSAEncryption'),
    );
    expect(text).toMatch(/Public-Key: \(2048 bit\)/);
    expect(text).toMatch(/Subject: CN ?= ?Octopus Tentacle\n/);
    expect(text).not.toMatch(/Alternative Name|\(Negative\)/);
  });

  it('certifies an existing key again, with a different serial number and thumbprint', async () => {
    const again = await createPemPair({ commonName: 'Octopus Tentacle', key: pair.key });
    expect(again.key).toBe(pair.key);
    expect(new X509Certificate(again.cert).raw).not.toEqual(new X509Certificate(pair.cert).raw);
  });

  it.each(['a', 'Octopus Tentacle', 'web-01.example.com', 'WEB_01', 'x'.repeat(64)])(
    'accepts the name "%s"',
    async (name) => {
      const made = await createPemPair({ commonName: name, key: pair.key });
      expect(new X509Certificate(made.cert).subject).toBe(`CN=${name}`);
    },
  );

  it.each([
    '',
    ' ',
    'a,O=b',
    'a, b',
    'a+b',
    'a=b',
    'a"b',
    'a\\b',
    '#00',
    'a;b',
    '<a>',
    ' a',
    'a ',
    'a  b',
    'a\n',
    'ä',
    'x'.repeat(65),
  ])('rejects the name "%s"', async (commonName) => {
    await expect(createPemPair({ commonName, key: pair.key })).rejects.toThrow(CertificateError);
  });
});

describe('Identity', () => {
  const secrets = (): { identity: Identity; secret: string; name: string }[] => {
    const der = new X509Certificate(pair.cert).raw;
    const secretLine = pair.key.split('\n')[5] ?? '';
    const passphrase = 'canary-of-the-passphrase';
    return [
      { name: 'PEM', identity: new Identity(der, pair), secret: secretLine },
      { name: 'PFX', identity: new Identity(der, { pfx: Buffer.from(secretLine), passphrase }), secret: passphrase },
    ];
  };

  it('has the same thumbprint at the peer, as server and as client', async () => {
    const identity = await createIdentity({ commonName: 'Octopus Tentacle', key: pair.key });
    const server = createServer({ ...identity.secureContextOptions, requestCert: true, rejectUnauthorized: false });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    // TLS accepts the frozen options themselves, not only a copy.
    const secureContext = createSecureContext(identity.secureContextOptions);
    const client = connect({ port, host: '127.0.0.1', secureContext, rejectUnauthorized: false });
    await once(client, 'secureConnect');
    expect(client.getPeerCertificate().raw).toEqual(identity.der);
    const [socket] = await accepted;
    expect(socket.getPeerCertificate().fingerprint.replaceAll(':', '')).toBe(identity.thumbprint);
    client.destroy();
    socket.destroy();
    server.close();
  });

  it('shows its thumbprint and hides its secrets when it, or an object that contains it, is printed or serialized', () => {
    for (const { identity, secret, name } of secrets()) {
      const bytesOfSecret = Buffer.from(secret).toString('hex').match(/../g)?.slice(0, 8).join(' ') ?? '';
      for (const thing of [identity, identity.secureContextOptions, { deep: { er: [identity] } }]) {
        const shown = [
          inspect(thing, { depth: null, showHidden: true, getters: true }),
          inspect(thing, { depth: 0 }),
          JSON.stringify(thing),
        ].join('\n');
        expect(shown, name).not.toContain(secret);
        expect(shown, name).not.toContain(bytesOfSecret);
      }
      expect(inspect(identity), name).toContain(identity.thumbprint);
      expect(inspect(identity), name).toContain('***');
      expect(JSON.stringify(identity), name).toContain('***');
    }
  });

  it('hides its secrets from a structured clone', () => {
    for (const { identity, secret } of secrets()) expect(inspect(structuredClone(identity))).not.toContain(secret);
  });

  it('returns its secrets by name, also in a copy', () => {
    const [pem, pfx] = secrets();
    expect({ ...pem?.identity.secureContextOptions }).toEqual(pair);
    expect({ ...pfx?.identity.secureContextOptions }).toMatchObject({ passphrase: 'canary-of-the-passphrase' });
  });

  it('rejects bytes that are not a certificate', () => {
    expect(() => new Identity(Buffer.from('x'), pair)).toThrow(CertificateError);
  });
});
