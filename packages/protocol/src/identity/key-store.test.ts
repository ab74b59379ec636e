import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IdentityError } from './identity-error.js';
import { adoptFormerFile, createPrivateDirectory } from './key-store.js';
import { loadOrCreateIdentity, type StoredIdentity } from './stored-identity.js';

/** Two profiles of an account, and what opens the identity of one with the other as the former. */
function profiles() {
  const root = mkdtempSync(join(tmpdir(), 'profiles-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const former = join(root, 'Roaming', 'pong');
  const directory = join(root, 'Local', 'pong');
  const commonName = 'pong';
  return {
    root,
    former,
    directory,
    before: (): Promise<StoredIdentity> => loadOrCreateIdentity({ directory: former, commonName }),
    now: (): Promise<StoredIdentity> => loadOrCreateIdentity({ directory, formerDirectory: former, commonName }),
  };
}

describe('an identity in the directory of earlier versions', () => {
  it('is moved, and stays the same', async () => {
    const { former, directory, before, now } = profiles();
    const { identity, path } = await before();
    const moved = await now();
    expect(moved).toMatchObject({ path: join(directory, 'identity.pem'), isNew: false, movedFrom: path });
    expect(moved.identity.thumbprint).toBe(identity.thumbprint);
    expect(existsSync(former)).toBe(false);
    const again = await now();
    expect(again.movedFrom).toBeUndefined();
    expect(again.identity.thumbprint).toBe(identity.thumbprint);
  });

  it('is moved once by many processes', async () => {
    const { before, now } = profiles();
    const { identity } = await before();
    const all = await Promise.all(Array.from({ length: 8 }, now));
    expect(new Set(all.map((stored) => stored.identity.thumbprint))).toEqual(new Set([identity.thumbprint]));
    expect(all.every(({ isNew }) => !isNew)).toBe(true);
  });

  it('stays where it is, if there is one in the present directory', async () => {
    const { before, now } = profiles();
    const own = await now();
    const { path } = await before();
    const again = await now();
    expect(again.identity.thumbprint).toBe(own.identity.thumbprint);
    expect(again.movedFrom).toBeUndefined();
    expect(existsSync(path)).toBe(true);
  });

  it('is used where it is, if the present directory cannot be created', async () => {
    const { root, before, now } = profiles();
    const { identity, path } = await before();
    writeFileSync(join(root, 'Local'), 'a file with the name of the folder');
    const stored = await now();
    expect(stored).toMatchObject({ path, isNew: false });
    expect(stored.movedFrom).toBeUndefined();
    expect(stored.identity.thumbprint).toBe(identity.thumbprint);
  });

  it('is not replaced by a new one, if it cannot be read', async () => {
    const { former, directory, now } = profiles();
    mkdirSync(join(former, 'identity.pem'), { recursive: true });
    await expect(now()).rejects.toBeInstanceOf(IdentityError);
    expect(existsSync(directory)).toBe(false);
  });

  it('keeps the folder, if it holds other files', async () => {
    const { former, before, now } = profiles();
    await before();
    writeFileSync(join(former, 'attestation-key.pem'), 'x');
    await now();
    expect(readFileSync(join(former, 'attestation-key.pem'), 'utf8')).toBe('x');
  });
});

it('without such a directory nothing is moved', async () => {
  const { directory } = profiles();
  expect(await adoptFormerFile('identity.pem', directory, undefined)).toEqual({
    path: join(directory, 'identity.pem'),
  });
});

describe('a private directory', () => {
  it('is created with its missing parents, and may exist', async () => {
    const { root } = profiles();
    const path = join(root, 'a', 'b', 'c');
    await createPrivateDirectory(path);
    await createPrivateDirectory(path);
    expect(existsSync(path)).toBe(true);
  });

  it('is an error below a file', async () => {
    const { root } = profiles();
    writeFileSync(join(root, 'file'), '');
    await expect(createPrivateDirectory(join(root, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  // Node's recursive mkdir never ends there.
  it.skipIf(!existsSync('/proc/self'))('is an error below a directory that accepts none', async () => {
    await expect(createPrivateDirectory('/proc/x/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
