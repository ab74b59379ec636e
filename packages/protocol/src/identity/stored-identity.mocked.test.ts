import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { IdentityError, type IdentityErrorCode } from './identity-error.js';
import { CertificateError } from './certificate.js';
import { createPemPair, type PemPair } from './identity.js';
import { loadOrCreateIdentity, type StoredIdentity } from './stored-identity.js';

const links = vi.hoisted(() => ({ error: undefined as string | undefined }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  // Simulates a file system without hard links, for tests that set an error.
  const link: typeof real.link = (from, to) =>
    links.error === undefined
      ? real.link(from, to)
      : Promise.reject(Object.assign(new Error('link'), { code: links.error, syscall: 'link' }));
  return { ...real, link };
});

const isPosix = process.platform !== 'win32';
const isRoot = process.getuid?.() === 0;
const commonName = 'Octopus Tentacle';

let root = '';
let directory = '';
let path = '';
let count = 0;
let pair: PemPair = { cert: '', key: '' };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'stored-identity-'));
  pair = await createPemPair({ commonName: 'made elsewhere' });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  links.error = undefined;
  directory = join(root, String(++count), 'config', 'tentacle-pong');
  path = join(directory, 'identity.pem');
});

const open = (): Promise<StoredIdentity> => loadOrCreateIdentity({ directory, commonName });

function put(contents: string, mode = 0o600): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, contents, { mode });
  chmodSync(path, mode);
}

/** Expects an error with this code whose message names the file and matches, and that the file is unchanged. */
async function refuses(code: IdentityErrorCode, message: RegExp): Promise<void> {
  const before = existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
  const error: unknown = await open().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(IdentityError);
  const { message: text, ...rest } = error as IdentityError;
  expect(rest.code, text).toBe(code);
  expect(text.startsWith(`${path}: `), text).toBe(true);
  expect(text).toMatch(message);
  if (before !== undefined) expect(readFileSync(path)).toEqual(before);
}

describe('loadOrCreateIdentity creates', () => {
  it('an identity once, and loads it in later runs', async () => {
    const first = await open();
    expect(first).toMatchObject({ isNew: true, path });
    expect(first.identity.subject).toBe(`CN=${commonName}`);
    const again = await open();
    expect(again).toMatchObject({ isNew: false, path });
    expect(again.identity.thumbprint).toBe(first.identity.thumbprint);
  });

  it('one PEM file with key and certificate, and no other file', async () => {
    await open();
    expect(readdirSync(directory)).toEqual(['identity.pem']);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n$/,
    );
  });

  it.skipIf(!isPosix)('file and directories for their owner only', async () => {
    await open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, '..')).mode & 0o777).toBe(0o700);
  });

  it('one identity for many concurrent calls', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, open));
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map(({ identity }) => identity.thumbprint)).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['identity.pem']);
  });

  it.each(['EPERM', 'ENOTSUP', 'EISDIR', 'UNKNOWN'])(
    'one identity on a file system without hard links (%s)',
    async (code) => {
      links.error = code;
      const all = await Promise.all(Array.from({ length: 3 }, open));
      expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(all.map(({ identity }) => identity.thumbprint)).size).toBe(1);
      expect(readdirSync(directory)).toEqual(['identity.pem']);
    },
  );

  it('nothing for a common name that is not valid in a certificate', async () => {
    await expect(loadOrCreateIdentity({ directory, commonName: 'a,b' })).rejects.toThrow(CertificateError);
    expect(existsSync(path)).toBe(false);
  });
});

describe('loadOrCreateIdentity loads', () => {
  it('a file that another tool created', async () => {
    put(pair.cert + pair.key);
    expect((await open()).identity.subject).toBe('CN=made elsewhere');
  });

  it.skipIf(!isPosix)('a symbolic link to a file that only its owner can read', async () => {
    mkdirSync(directory, { recursive: true });
    const target = join(root, 'elsewhere.pem');
    writeFileSync(target, pair.key + pair.cert, { mode: 0o600 });
    symlinkSync(target, path);
    expect((await open()).identity.subject).toBe('CN=made elsewhere');
  });

  it('a file that another process is still writing', async () => {
    put('');
    const opened = open();
    setTimeout(() => writeFileSync(path, pair.key), 50);
    setTimeout(() => writeFileSync(path, pair.key + pair.cert), 150);
    expect((await opened).identity.subject).toBe('CN=made elsewhere');
  });

  it('a file with any mode on Windows, where the mode does not carry the access rights', async () => {
    put(pair.key + pair.cert, 0o666);
    expect((await loadOrCreateIdentity({ directory, commonName, platform: 'win32' })).isNew).toBe(false);
  });
});

describe('loadOrCreateIdentity rejects and does not change', () => {
  /** The remedy for a file in the store: another option, not another export. */
  const otherOption = /--cert$/;

  it.each<[string, () => string, IdentityErrorCode]>([
    ['an empty file', () => '', 'empty'],
    ['a file of another program', () => '{"some": "settings"}', 'unknown-format'],
    ['a truncated file', () => (pair.key + pair.cert).slice(0, -100), 'damaged'],
    ['a certificate without a key', () => pair.cert, 'no-key'],
    ['a key without a certificate', () => pair.key, 'no-certificate'],
  ])('%s', async (_name, contents, code) => {
    put(contents());
    await refuses(code, otherOption);
  });

  it('a directory of that name', async () => {
    mkdirSync(path, { recursive: true });
    await refuses('not-a-file', otherOption);
  });

  it.skipIf(!isPosix)('a dangling symbolic link', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync(join(root, 'nothing'), path);
    await refuses('not-a-file', otherOption);
    expect(existsSync(join(root, 'nothing'))).toBe(false);
  });

  it.skipIf(!isPosix)('a symbolic link to a device', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync('/dev/zero', path);
    await refuses('not-a-file', otherOption);
  });

  it.skipIf(!isPosix).each([0o640, 0o604, 0o660, 0o644])(
    'a key that other accounts can read or write (mode %o)',
    async (mode) => {
      put(pair.key + pair.cert, mode);
      await refuses('too-open', new RegExp(`\\(mode 0${mode.toString(8)}\\).* chmod 600 ".*identity\\.pem"`));
      chmodSync(path, 0o600);
      expect((await open()).isNew).toBe(false);
    },
  );
});

describe('loadOrCreateIdentity says "not-kept"', () => {
  it('if a file has the name of the directory', async () => {
    mkdirSync(join(directory, '..'), { recursive: true });
    writeFileSync(directory, '');
    await refuses('cannot-store', /: a part of its path is not a folder;.* --cert$|: it exists already;.* --cert$/);
  });

  it.skipIf(!isPosix).each([
    ['written', 0o555],
    ['searched', 0o000],
  ])('if the directory may not be %s', async (_name, mode) => {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, mode);
    chmodSync(root, 0o755);
    await asUnprivilegedUser(() => refuses('cannot-store', /: permission denied;.* --cert$/));
    chmodSync(directory, 0o700);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(!isPosix || !existsSync('/dev/full'))(
    'and leaves no file if the disk is full (needs mount)',
    async (context) => {
      mkdirSync(directory, { recursive: true });
      // One page is too small for a key and its certificate with their temporary file.
      const mount = (): void =>
        void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4096', 'none', directory], { stdio: 'ignore' });
      try {
        mount();
      } catch {
        return context.skip('this account may not mount a small file system');
      }
      try {
        writeFileSync(join(directory, 'filler'), Buffer.alloc(4096));
        await refuses('cannot-store', /: the disk is full/);
        expect(readdirSync(directory)).toEqual(['filler']);
      } finally {
        execFileSync('umount', [directory]);
      }
    },
  );
});

describe('loadOrCreateIdentity fails with "no-permission"', () => {
  it.skipIf(!isPosix)('if the file belongs to another account', async () => {
    put(pair.key + pair.cert, isRoot ? 0o600 : 0o000);
    for (const each of [root, join(directory, '..', '..'), join(directory, '..'), directory]) chmodSync(each, 0o755);
    await asUnprivilegedUser(async () => {
      const error: unknown = await open().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'no-permission', file: path });
    });
  });
});

/** Root may do everything, so the work runs as an unprivileged user (65534). */
async function asUnprivilegedUser(work: () => Promise<void>): Promise<void> {
  if (isRoot) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
