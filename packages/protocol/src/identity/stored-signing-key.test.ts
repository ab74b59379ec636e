import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSigningKey } from './signing-key.js';
import { loadOrCreateSigningKey } from './stored-signing-key.js';
import { loadOrCreateIdentity } from './stored-identity.js';

const isPosix = process.platform !== 'win32';

function account() {
  const home = mkdtempSync(join(tmpdir(), 'attestation-key-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const directory = join(home, 'probe');
  const environment = { platform: process.platform, env: { XDG_CONFIG_HOME: home }, home: '' };
  return {
    directory,
    path: join(directory, 'attestation-key.pem'),
    open: () => loadOrCreateSigningKey(environment, 'probe'),
  };
}

describe('the stored signing key', () => {
  it('is created once, for its owner only, and loaded in later runs', async () => {
    const { directory, path, open } = account();
    const first = await open();
    expect(first.note).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['attestation-key.pem']);
    if (isPosix) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n$/,
    );
    expect((await open()).key.publicKey).toBe(first.key.publicKey);
  });

  it('is one for many concurrent calls', async () => {
    const { directory, open } = account();
    const all = await Promise.all(Array.from({ length: 5 }, open));
    expect(new Set(all.map(({ key }) => key.publicKey)).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['attestation-key.pem']);
  });

  it('is beside a stored identity and does not change it, whichever was created first', async () => {
    const { directory, open } = account();
    const { identity } = await loadOrCreateIdentity({ directory, commonName: 'probe' });
    const before = readFileSync(join(directory, 'identity.pem'));
    await open();
    expect(readdirSync(directory).sort()).toEqual(['attestation-key.pem', 'identity.pem']);
    expect(readFileSync(join(directory, 'identity.pem'))).toEqual(before);
    const again = await loadOrCreateIdentity({ directory, commonName: 'probe' });
    expect([again.isNew, again.identity.thumbprint]).toEqual([false, identity.thumbprint]);
  });

  it.each<[string, () => string]>([
    ['an empty file', () => ''],
    ['a file of another program', () => '{"some": "settings"}'],
    ['a truncated key', () => createSigningKey().pem().slice(0, 50)],
    [
      'a key of another kind',
      () => generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is temporary if %s is in its place, which is not changed', async (_name, contents) => {
    const { directory, path, open } = account();
    mkdirSync(directory);
    const text = contents();
    writeFileSync(path, text, { mode: 0o600 });
    const { key, note = '' } = await open();
    expect(key.publicKey).toMatch(/^[0-9A-F]{64}$/);
    expect(note).toMatch(/attestation-key\.pem/);
    expect(note).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await open()).key.publicKey).not.toBe(key.publicKey);
  });

  it.skipIf(!isPosix).each([0o640, 0o604, 0o644])(
    'is not used if other accounts can read it (mode %o)',
    async (mode) => {
      const { path, open } = account();
      const stored = (await open()).key.publicKey;
      chmodSync(path, mode);
      const { key, note } = await open();
      expect(key.publicKey).not.toBe(stored);
      expect(note).toContain('chmod 600');
      chmodSync(path, 0o600);
      expect((await open()).key.publicKey).toBe(stored);
    },
  );

  it('is temporary if the account has no home directory, or the folder cannot be created', async () => {
    const homeless = await loadOrCreateSigningKey({ platform: 'linux', env: {}, home: '' }, 'probe');
    expect(homeless.note).toContain('home directory');
    const { directory, open } = account();
    writeFileSync(directory, 'a file with the name of the folder');
    expect((await open()).note).toMatch(/not a folder|exists already/);
    expect(existsSync(join(directory, 'attestation-key.pem'))).toBe(false);
  });
});
