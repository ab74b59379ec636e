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
import { newAttestationKey } from './attestation-key.js';
import { keptAttestationKey } from './kept-attestation-key.js';
import { keptIdentity } from './kept-identity.js';

const isPosix = process.platform !== 'win32';

function account() {
  const home = mkdtempSync(join(tmpdir(), 'attestation-key-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const directory = join(home, 'probe');
  const surroundings = { platform: process.platform, env: { XDG_CONFIG_HOME: home }, home: '' };
  return {
    directory,
    path: join(directory, 'attestation-key.pem'),
    keep: () => keptAttestationKey(surroundings, 'probe'),
  };
}

describe('the kept attestation key', () => {
  it('is made once, for its owner alone, and found again', async () => {
    const { directory, path, keep } = account();
    const made = await keep();
    expect(made.note).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['attestation-key.pem']);
    if (isPosix) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n$/,
    );
    expect((await keep()).key.publicKey).toBe(made.key.publicKey);
  });

  it('is one, however many ask at once', async () => {
    const { directory, keep } = account();
    const all = await Promise.all(Array.from({ length: 5 }, keep));
    expect(new Set(all.map(({ key }) => key.publicKey)).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['attestation-key.pem']);
  });

  it('stands beside a kept identity and leaves it alone, whichever came first', async () => {
    const { directory, keep } = account();
    const { identity } = await keptIdentity({ directory, commonName: 'probe' });
    const before = readFileSync(join(directory, 'identity.pem'));
    await keep();
    expect(readdirSync(directory).sort()).toEqual(['attestation-key.pem', 'identity.pem']);
    expect(readFileSync(join(directory, 'identity.pem'))).toEqual(before);
    const again = await keptIdentity({ directory, commonName: 'probe' });
    expect([again.made, again.identity.thumbprint]).toEqual([false, identity.thumbprint]);
  });

  it.each<[string, () => string]>([
    ['an empty file', () => ''],
    ['a foreign file', () => '{"some": "settings"}'],
    ['a cut key', () => newAttestationKey().pem().slice(0, 50)],
    [
      'a key of another kind',
      () => generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is one for this run where %s is in its place, which is left alone', async (_name, contents) => {
    const { directory, path, keep } = account();
    mkdirSync(directory);
    const text = contents();
    writeFileSync(path, text, { mode: 0o600 });
    const { key, note = '' } = await keep();
    expect(key.publicKey).toMatch(/^[0-9A-F]{64}$/);
    expect(note).toMatch(/^attests by a key for this run only, it changes each time: .*attestation-key\.pem/);
    expect(note).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await keep()).key.publicKey).not.toBe(key.publicKey);
  });

  it.skipIf(!isPosix).each([0o640, 0o604, 0o644])('is not taken where others can read it (mode %o)', async (mode) => {
    const { path, keep } = account();
    const kept = (await keep()).key.publicKey;
    chmodSync(path, mode);
    const { key, note } = await keep();
    expect(key.publicKey).not.toBe(kept);
    expect(note).toContain('chmod 600');
    chmodSync(path, 0o600);
    expect((await keep()).key.publicKey).toBe(kept);
  });

  it('is one for this run where the account has no home, or the folder cannot be made', async () => {
    const homeless = await keptAttestationKey({ platform: 'linux', env: {}, home: '' }, 'probe');
    expect(homeless.note).toContain('no home directory');
    const { directory, keep } = account();
    writeFileSync(directory, 'in the way');
    expect((await keep()).note).toMatch(/cannot be kept \((ENOTDIR|EEXIST)\)/);
    expect(existsSync(join(directory, 'attestation-key.pem'))).toBe(false);
  });
});
