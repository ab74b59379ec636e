import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityError, type IdentityErrorCode, shownPath } from './identity-error.js';
import { type Identity, createPemPair, type PemPair } from './identity.js';
import { type IdentityFiles, loadIdentity } from './load-identity.js';

/** The passphrase of every test: it must appear in no message, no inspection and no JSON. */
const CANARY = 'canary-0f-the-passphrase';
const WRONG = 'canary-that-does-not-sing';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const hasLegacy = spawnSync('openssl', ['list', '-providers', '-provider', 'legacy']).status === 0;
const isRoot = process.getuid?.() === 0;
const isWindows = process.platform === 'win32';

let directory = '';
let pair: PemPair = { cert: '', key: '' };
let other: PemPair = { cert: '', key: '' };
let thumbprint = '';

const at = (name: string): string => join(directory, name);
const put = (name: string, contents: string | Uint8Array): string => {
  writeFileSync(at(name), contents);
  return at(name);
};
/** Runs openssl in the directory; the passphrase is in the environment, as `env:P`. */
const openssl = (...args: string[]): void =>
  void execFileSync('openssl', args, { cwd: directory, stdio: 'ignore', env: { ...process.env, P: CANARY, NONE: '' } });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'load-identity-'));
  pair = await createPemPair({ commonName: 'Octopus Tentacle' });
  other = await createPemPair({ commonName: 'another' });
  thumbprint = new X509Certificate(pair.cert).fingerprint.replaceAll(':', '');
  put('cert.pem', pair.cert);
  put('key.pem', pair.key);
  put('both.pem', pair.key + pair.cert);
  put('other.key', other.key);
  put('encrypted.key', encrypted('pkcs8'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function encrypted(type: 'pkcs1' | 'pkcs8'): string {
  const key = createPrivateKey(pair.key);
  return key.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: CANARY }).toString();
}

/** Loads an identity, and checks that TLS accepts it and that it shows no passphrase. */
async function load(files: IdentityFiles): Promise<Identity> {
  const identity = await loadIdentity(files);
  createSecureContext(identity.secureContextOptions);
  expect(inspect(identity, { depth: null, showHidden: true }) + JSON.stringify(identity)).not.toContain('canary');
  return identity;
}

async function loadError(files: IdentityFiles): Promise<IdentityError> {
  const error: unknown = await loadIdentity(files).then(
    () => expect.fail('it was loaded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(IdentityError);
  return error as IdentityError;
}

/** Expects an error with this code, in one line that begins with the file, matches, and contains no passphrase. */
async function refuses(
  files: IdentityFiles,
  code: IdentityErrorCode,
  message: RegExp,
  names?: 'keyFile' | 'pfxFile',
): Promise<void> {
  const error = await loadError(files);
  expect(error.code, error.message).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^[^\p{Cc}]{1,600}$/u);
  const file = names === undefined ? files.certFile : files[names];
  expect(error.message.startsWith(file === undefined ? '' : `${shownPath(file)}: `), error.message).toBe(true);
  const prints = [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: null, showHidden: true })];
  for (const print of prints) expect(print).not.toContain('canary-');
}

describe('loadIdentity accepts PEM:', () => {
  it('certificate and key in two files', async () => {
    const identity = await load({ certFile: at('cert.pem'), keyFile: at('key.pem') });
    expect(identity).toMatchObject({ thumbprint, subject: 'CN=Octopus Tentacle' });
    expect(identity.der).toEqual(new X509Certificate(pair.cert).raw);
  });

  it.each(['certFile', 'keyFile', 'pfxFile'] as const)('both in one file, given as %s', async (option) => {
    expect((await load({ [option]: at('both.pem') })).thumbprint).toBe(thumbprint);
  });

  it('the key of the key file, if the certificate file has a different one', async () => {
    const certFile = put('cert-and-other-key.pem', other.key + pair.cert);
    expect((await load({ certFile, keyFile: at('key.pem') })).thumbprint).toBe(thumbprint);
  });

  it.each(['pkcs1', 'pkcs8'] as const)('an encrypted %s key, which is decrypted once', async (type) => {
    const keyFile = put(`${type}.key`, encrypted(type));
    const identity = await load({ certFile: at('cert.pem'), keyFile, passphrase: CANARY });
    expect(identity.secureContextOptions).toMatchObject({ key: pair.key });
  });

  it('a key in the old format (BEGIN RSA PRIVATE KEY), and a passphrase that is not needed', async () => {
    const keyFile = put('rsa.key', createPrivateKey(pair.key).export({ type: 'pkcs1', format: 'pem' }).toString());
    expect((await load({ certFile: at('cert.pem'), keyFile, passphrase: CANARY })).thumbprint).toBe(thumbprint);
  });

  it('a chain, whose first certificate is the identity', async () => {
    const identity = await load({ certFile: put('chain.pem', pair.cert + other.cert), keyFile: at('key.pem') });
    expect(identity.thumbprint).toBe(thumbprint);
    const { cert = '' } = identity.secureContextOptions as Partial<PemPair>;
    expect(cert.match(/-----BEGIN CERTIFICATE-----/g)).toHaveLength(2);
  });

  it('CRLF, UTF-16 and text around the blocks', async () => {
    const text = `subject=CN = Octopus Tentacle\n${pair.key}${pair.cert}the end`.replaceAll('\n', '\r\n');
    expect((await load({ certFile: put('crlf.pem', text) })).thumbprint).toBe(thumbprint);
    expect((await load({ certFile: put('utf16.pem', Buffer.from(`\uFEFF${text}`, 'utf16le')) })).thumbprint).toBe(
      thumbprint,
    );
  });

  it.skipIf(isWindows)('a symbolic link to a file', async () => {
    symlinkSync(at('both.pem'), at('link.pem'));
    expect((await load({ certFile: at('link.pem') })).thumbprint).toBe(thumbprint);
  });
});

describe('loadIdentity rejects, without reading the contents:', () => {
  it('no file at all', () => refuses({}, 'bad-options', /PEM.* PFX/));
  it('a PFX file beside others', () =>
    refuses({ pfxFile: at('x.pfx'), keyFile: at('key.pem') }, 'bad-options', /x\.pfx: /, 'pfxFile'));
  it('a missing file', () => refuses({ certFile: at('missing.pem') }, 'not-found', /check the path$/));
  it('a path through a file', () => refuses({ certFile: join(at('key.pem'), 'x') }, 'not-found', /x: /));
  it('a missing key file, by its name', () =>
    refuses({ certFile: at('cert.pem'), keyFile: at('missing.key') }, 'not-found', /missing\.key: /, 'keyFile'));
  it('a directory', () => refuses({ certFile: directory }, 'not-a-file', /directory/));
  it('an empty file', () => refuses({ certFile: put('empty.pem', '') }, 'empty', /export/));
  it('a file above 1 MiB', () =>
    refuses({ certFile: put('large.pem', pair.key + pair.cert + ' '.repeat(1024 * 1024)) }, 'too-large', /1024 KiB/));
  it('a path that would break the line or color the terminal', () =>
    refuses({ certFile: at('a\nb\u001b[31mc') }, 'not-found', /a\?b\?\[31mc: /));

  it.skipIf(isWindows)('a device that never ends', () => refuses({ certFile: '/dev/zero' }, 'not-a-file', /device/));

  it.skipIf(isWindows)('a pipe without a writer, and does not wait for one', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await refuses({ certFile: at('pipe') }, 'not-a-file', /pipe/);
  });

  it.skipIf(isWindows)('a circular symbolic link', async () => {
    symlinkSync(at('loop'), at('loop'));
    await refuses({ certFile: at('loop') }, 'not-a-file', /symbolic link/);
  });

  it.skipIf(isWindows)('a file of another account', async () => {
    const keyFile = put('private.key', pair.key);
    execFileSync('chmod', [isRoot ? '600' : '000', keyFile]);
    execFileSync('chmod', ['755', directory]);
    // Root may read everything, so the test runs as an unprivileged user (65534).
    if (isRoot) process.seteuid?.(65534);
    try {
      await refuses({ certFile: at('cert.pem'), keyFile }, 'no-permission', /may not read it/, 'keyFile');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

describe('loadIdentity rejects, because of the contents:', () => {
  const cert = (name: string, contents: string | Uint8Array): IdentityFiles => ({ certFile: put(name, contents) });
  const key = (name: string, contents: string | Uint8Array): IdentityFiles => ({
    certFile: at('cert.pem'),
    keyFile: put(name, contents),
  });

  it('something else', () => refuses(cert('x.txt', 'hello\n'), 'unknown-format', /PEM.* PFX/));
  it('zeros', () => refuses(cert('x.bin', Buffer.alloc(100)), 'unknown-format', /PEM.* PFX/));
  it('a DER certificate, with the command that converts it', async () => {
    const command = /openssl x509 -inform DER -in ".*x\.cer" -out cert\.pem/;
    await refuses(cert('x.cer', new X509Certificate(pair.cert).raw), 'unknown-format', command);
  });
  it('a DER key, with the command that converts it', async () => {
    const der = createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'der' });
    await refuses(key('x.der', der), 'unknown-format', /openssl pkey -inform DER -in ".*x\.der"/, 'keyFile');
  });
  it('a key of OpenSSH', () =>
    refuses(key('id_rsa', openSsh()), 'unknown-format', /OpenSSH.* ssh-keygen -p -m PEM/, 'keyFile'));

  it('a certificate without a key', () => refuses({ certFile: at('cert.pem') }, 'no-key', /but no private key/));
  it('a key without a certificate', () =>
    refuses({ keyFile: at('key.pem') }, 'no-certificate', /private key/, 'keyFile'));
  it('the two files in each other’s place', () =>
    refuses({ certFile: at('key.pem'), keyFile: at('cert.pem') }, 'no-certificate', /private key/));
  it('a public key', async () => {
    const pem = createPublicKey(pair.key).export({ type: 'spki', format: 'pem' }).toString();
    await refuses(key('public.pem', pem), 'no-key', /public key/, 'keyFile');
  });
  it('a certificate request', async () => {
    const request = pair.cert.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST');
    await refuses(cert('x.csr', request), 'no-certificate', /certificate request/);
  });

  it('a key of another certificate, naming both files', async () => {
    await refuses({ certFile: at('cert.pem'), keyFile: at('other.key') }, 'key-mismatch', /cert\.pem;/, 'keyFile');
  });
  it('a key of another certificate in one file', () =>
    refuses(cert('mixed.pem', other.key + pair.cert), 'key-mismatch', /mixed\.pem: /));
  it('a key of another kind than the certificate’s', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await refuses(key('ed.key', pem), 'key-mismatch', /cert\.pem;/, 'keyFile');
  });
  it('a chain with the certificate of the key last', async () => {
    const files = { certFile: put('reversed.pem', other.cert + pair.cert), keyFile: at('key.pem') };
    await refuses(files, 'key-mismatch', /certificate 2 of this file/);
  });

  it('an encrypted key without a passphrase', async () => {
    const files = { certFile: at('cert.pem'), keyFile: at('encrypted.key') };
    await refuses(files, 'passphrase-needed', /passphrase/, 'keyFile');
    await refuses({ ...files, passphrase: '' }, 'passphrase-needed', /passphrase/, 'keyFile');
  });
  // One wrong passphrase in 300 decrypts to bytes that are not a key; OpenSSL limits them to 1024 characters.
  it.each([WRONG, WRONG.repeat(100)])('an encrypted key with a wrong passphrase', (passphrase) =>
    refuses(
      { certFile: at('cert.pem'), keyFile: at('encrypted.key'), passphrase },
      'passphrase-wrong',
      /its key/,
      'keyFile',
    ),
  );

  it('a file that ends within its certificate', () =>
    refuses(cert('cut1.pem', pair.key + pair.cert.slice(0, 500)), 'damaged', /its CERTIFICATE has no END/));
  it('a file that ends within its key', () =>
    refuses(cert('cut2.pem', pair.cert + pair.key.slice(0, 500)), 'damaged', /its PRIVATE KEY has no END/));
  it('a corrupted certificate', () =>
    refuses(cert('bad1.pem', pair.key + corrupted(pair.cert)), 'damaged', /its certificate.*\(.+\)/));
  it('a corrupted key', () => refuses(cert('bad2.pem', corrupted(pair.key) + pair.cert), 'damaged', /its key.*\(.+\)/));

  it('and shows the key neither in an error nor in its inspection', async () => {
    const line = pair.key.split('\n')[5] ?? '';
    for (const files of [{ keyFile: at('key.pem') }, cert('bad2.pem', corrupted(pair.key) + pair.cert)]) {
      expect(inspect(await loadError(files), { depth: null, showHidden: true })).not.toContain(line);
    }
  });

  /** A PEM block without the beginning of its base64. */
  function corrupted(pem: string): string {
    const lines = pem.split('\n');
    return [lines[0], ...lines.slice(4)].join('\n');
  }

  /** A key in OpenSSH format, of which only the label is read. */
  function openSsh(): string {
    return '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n';
  }
});

describe.skipIf(!hasOpenssl)('loadIdentity and PFX (needs openssl)', () => {
  const exported = (name: string, ...args: string[]): string => {
    openssl('pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', '-out', name, ...args);
    return at(name);
  };
  const modern = ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'];

  beforeAll(() => {
    exported('id.pfx', ...modern, '-passout', 'env:P');
    exported('open.pfx', ...modern, '-passout', 'env:NONE');
  });

  it.each(['pfxFile', 'certFile', 'keyFile'] as const)('accepts one with a passphrase, given as %s', async (option) => {
    const identity = await load({ [option]: at('id.pfx'), passphrase: CANARY });
    expect(identity).toMatchObject({ thumbprint, subject: 'CN=Octopus Tentacle' });
    expect(identity.der).toEqual(new X509Certificate(pair.cert).raw);
  });

  it.each([undefined, ''])('accepts one without a passphrase (given: %j)', async (passphrase) => {
    expect((await load({ pfxFile: at('open.pfx'), passphrase })).thumbprint).toBe(thumbprint);
  });

  it('accepts the base64 text of Tentacle new-certificate --export-file', async () => {
    const pfxFile = put('export.txt', readFileSync(at('open.pfx')).toString('base64'));
    expect((await load({ pfxFile })).thumbprint).toBe(thumbprint);
  });

  it('accepts one with a chain, and returns the certificate of the key', async () => {
    put('other.pem', other.cert);
    const pfxFile = exported('chain.pfx', ...modern, '-passout', 'env:P', '-certfile', 'other.pem');
    expect((await load({ pfxFile, passphrase: CANARY })).thumbprint).toBe(thumbprint);
  });

  it('accepts one that Windows encrypted with 3DES', async () => {
    const old = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'];
    const pfxFile = exported('3des.pfx', ...old, '-passout', 'env:P');
    expect((await load({ pfxFile, passphrase: CANARY })).thumbprint).toBe(thumbprint);
  });

  it('rejects one without its passphrase, or with a wrong one', async () => {
    const about = /the file/;
    await refuses({ pfxFile: at('id.pfx') }, 'passphrase-needed', about, 'pfxFile');
    await refuses({ pfxFile: at('id.pfx'), passphrase: WRONG }, 'passphrase-wrong', about, 'pfxFile');
    await refuses({ pfxFile: at('open.pfx'), passphrase: WRONG }, 'passphrase-wrong', about, 'pfxFile');
  });

  describe.skipIf(!hasLegacy)('with an outdated encryption (needs openssl’s legacy provider)', () => {
    const encryption = (name: string): string[] => ['-legacy', '-certpbe', name, '-keypbe', name];
    const rc2 = ['-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-3DES'];

    it.each([
      ['as Windows exports it', rc2],
      ['RC2-40 for certificate and key', encryption('PBE-SHA1-RC2-40')],
      ['RC2-128', encryption('PBE-SHA1-RC2-128')],
      ['RC2-40 beside AES', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'AES-256-CBC', '-macalg', 'sha256']],
      ['RC2-40 without an integrity check', [...rc2, '-nomac']],
      ['AES without an integrity check', [...modern, '-nomac']],
    ])('accepts %s', async (name, args) => {
      const pfxFile = exported(`${name}.pfx`, ...args, '-passout', 'env:P');
      const identity = await load({ pfxFile, passphrase: CANARY });
      expect(identity.thumbprint).toBe(thumbprint);
      expect(identity.der).toEqual(new X509Certificate(pair.cert).raw);
      for (const passphrase of [WRONG, `${CANARY} `])
        await refuses({ pfxFile, passphrase }, 'passphrase-wrong', /the file/, 'pfxFile');
      await refuses({ pfxFile }, 'passphrase-needed', /the file/, 'pfxFile');
    });

    it('accepts one without a passphrase, and one with its chain', async () => {
      const open = exported('rc2-open.pfx', ...rc2, '-passout', 'env:NONE');
      expect((await load({ pfxFile: open })).thumbprint).toBe(thumbprint);
      put('other.pem', other.cert);
      const chain = exported('rc2-chain.pfx', ...rc2, '-passout', 'env:P', '-certfile', 'other.pem');
      expect((await load({ pfxFile: chain, passphrase: CANARY })).thumbprint).toBe(thumbprint);
    });

    it('accepts the passphrases that Windows and OpenSSL write alike, and an EC key', async () => {
      const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      put('ec.key', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      openssl('req', '-x509', '-new', '-key', 'ec.key', '-subj', '/CN=ec', '-days', '9', '-out', 'ec.pem');
      openssl(
        'pkcs12',
        '-export',
        '-inkey',
        'ec.key',
        '-in',
        'ec.pem',
        '-out',
        'ec.pfx',
        ...rc2,
        '-passout',
        'pass:grün ✓',
      );
      expect((await load({ pfxFile: at('ec.pfx'), passphrase: 'grün ✓' })).certificate.keyType).toBe('ec');
    });

    it('rejects RC4, with two remedies', async () => {
      const pfxFile = exported('rc4.pfx', ...encryption('PBE-SHA1-RC4-128'), '-passout', 'env:P');
      const remedies =
        /Export-PfxCertificate -CryptoAlgorithmOption AES256_SHA256.*openssl pkcs12 -legacy -nodes -in ".*rc4\.pfx" -out identity\.pem/;
      await refuses({ pfxFile, passphrase: CANARY }, 'legacy-encryption', remedies, 'pfxFile');
      openssl('pkcs12', '-legacy', '-nodes', '-in', 'rc4.pfx', '-out', 'converted.pem', '-passin', 'env:P');
      expect((await load({ certFile: at('converted.pem') })).thumbprint).toBe(thumbprint);
    });

    it('rejects one without a key, and every damaged one', async () => {
      openssl('pkcs12', '-export', '-nokeys', '-in', 'cert.pem', '-out', 'rc2-no-key.pfx', '-passout', 'env:P', ...rc2);
      await refuses({ pfxFile: at('rc2-no-key.pfx'), passphrase: CANARY }, 'no-key', /private key/, 'pfxFile');
      const whole = readFileSync(exported('rc2-whole.pfx', ...rc2, '-passout', 'env:P'));
      for (let at = 0; at < whole.length; at += 61) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
        const outcome = await loadIdentity({ pfxFile: put('damaged.pfx', bytes), passphrase: CANARY }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome, `byte ${at}`).toBeInstanceOf(IdentityError);
      }
    });
  });

  it.skipIf(!hasLegacy)(
    'rejects a PEM key encrypted with DES, with a remedy (needs openssl’s legacy provider)',
    async () => {
      const providers = ['-provider', 'legacy', '-provider', 'default'];
      openssl(
        'pkcs8',
        '-topk8',
        '-v1',
        'PBE-MD5-DES',
        '-in',
        'key.pem',
        '-out',
        'des.key',
        '-passout',
        'env:P',
        ...providers,
      );
      const files = { certFile: at('cert.pem'), keyFile: at('des.key'), passphrase: CANARY };
      await refuses(files, 'legacy-encryption', /openssl pkcs8 -topk8 -v2 aes-256-cbc/, 'keyFile');
    },
  );

  it('rejects one without a key, or without a certificate', async () => {
    openssl('pkcs12', '-export', '-nokeys', '-in', 'cert.pem', '-out', 'no-key.pfx', '-passout', 'env:P', ...modern);
    openssl(
      'pkcs12',
      '-export',
      '-nocerts',
      '-inkey',
      'key.pem',
      '-out',
      'no-cert.pfx',
      '-passout',
      'env:P',
      ...modern,
    );
    await refuses({ pfxFile: at('no-key.pfx'), passphrase: CANARY }, 'no-key', /no private key/, 'pfxFile');
    await refuses({ pfxFile: at('no-cert.pfx'), passphrase: CANARY }, 'no-certificate', /no certificate/, 'pfxFile');
  });

  it('rejects one that is truncated anywhere', async () => {
    const whole = readFileSync(at('id.pfx'));
    for (const bytes of [10, 100, 1000, whole.length - 1]) {
      const pfxFile = put('cut.pfx', whole.subarray(0, bytes));
      await refuses({ pfxFile, passphrase: CANARY }, 'damaged', /PFX \(.+\)/, 'pfxFile');
    }
  });

  it('rejects one beside a key file, and one in place of a key', async () => {
    const [certFile, keyFile] = [at('id.pfx'), at('key.pem')];
    await refuses({ certFile, keyFile }, 'bad-options', /omit the key file/);
    await refuses({ certFile: at('cert.pem'), keyFile: certFile }, 'unknown-format', /PFX file alone/, 'keyFile');
  });

  it('rejects PKCS#7', async () => {
    openssl('crl2pkcs7', '-nocrl', '-certfile', 'cert.pem', '-outform', 'DER', '-out', 'id.p7b');
    await refuses({ certFile: at('id.p7b') }, 'unknown-format', /PKCS#7.* PFX/);
  });
});

describe.skipIf(!hasOpenssl)('loadIdentity and other keys than RSA-2048 (needs openssl)', () => {
  const make = (name: string, ...args: string[]): IdentityFiles => {
    const request = ['req', '-x509', '-nodes', '-subj', '/CN=x', '-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl(...request, ...args);
    return { certFile: at(`${name}.crt`), keyFile: at(`${name}.key`) };
  };

  it('accepts EC and Ed25519, and names the key type', async () => {
    const ec = await load(make('ec', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'));
    expect(ec.certificate).toMatchObject({ keyType: 'ec', keyBits: 256 });
    expect((await load(make('ed', '-newkey', 'ed25519'))).certificate.keyType).toBe('ed25519');
  });

  it('accepts a certificate signed with SHA-1, like those of old Tentacles, and names the algorithm', async () => {
    const sha1 = await load(make('sha1', '-newkey', 'rsa:2048', '-sha1'));
    expect(sha1.certificate.signatureAlgorithm).toBe('sha1WithRSAEncryption');
  });

  it('accepts RSA-1024 at level 1 and rejects it at level 2, as PEM and as PFX', async () => {
    const pem = make('small', '-newkey', 'rsa:1024');
    mkdirSync(at('pfx'));
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'small.key',
      '-in',
      'small.crt',
      '-out',
      'pfx/small.pfx',
      '-passout',
      'env:P',
    );
    const pfx = { pfxFile: at('pfx/small.pfx'), passphrase: CANARY };
    for (const files of [pem, pfx]) {
      expect((await loadIdentity({ ...files, ciphers: 'DEFAULT@SECLEVEL=1' })).certificate.keyBits).toBe(1024);
      const reasonAndRemedy = /\(ee key too small\).* RSA-2048/;
      const strict = { ...files, ciphers: 'DEFAULT@SECLEVEL=2' };
      await refuses(strict, 'too-weak', reasonAndRemedy, files === pem ? undefined : 'pfxFile');
    }
  });

  it('includes the reason of OpenSSL for any other rejection', () =>
    refuses({ certFile: at('both.pem'), ciphers: 'NO-SUCH-CIPHER' }, 'refused', /\(no cipher match\)/));
});
