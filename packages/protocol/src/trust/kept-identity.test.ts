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
import { makePemPair, type PemPair } from './identity.js';
import { keptIdentity, type KeptIdentity } from './kept-identity.js';

const links = vi.hoisted(() => ({ error: undefined as string | undefined }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  // A file system without hard links, for the tests that want one.
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
  root = mkdtempSync(join(tmpdir(), 'kept-identity-'));
  pair = await makePemPair({ commonName: 'made elsewhere' });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  links.error = undefined;
  directory = join(root, String(++count), 'config', 'tentacle-pong');
  path = join(directory, 'identity.pem');
});

const keep = (): Promise<KeptIdentity> => keptIdentity({ directory, commonName });

function put(contents: string, mode = 0o600): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, contents, { mode });
  chmodSync(path, mode);
}

/** Expect this refusal, and that what was in the way is untouched. */
async function refuses(code: IdentityErrorCode, says: RegExp): Promise<void> {
  const before = existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
  const error: unknown = await keep().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(IdentityError);
  const { message, ...rest } = error as IdentityError;
  expect(rest.code, message).toBe(code);
  expect(message.startsWith(`${path}: `), message).toBe(true);
  expect(message).toMatch(says);
  if (before !== undefined) expect(readFileSync(path)).toEqual(before);
}

describe('keptIdentity makes', () => {
  it('an identity once, and finds it again', async () => {
    const first = await keep();
    expect(first).toMatchObject({ made: true, path });
    expect(first.identity.subject).toBe(`CN=${commonName}`);
    const again = await keep();
    expect(again).toMatchObject({ made: false, path });
    expect(again.identity.thumbprint).toBe(first.identity.thumbprint);
  });

  it('one PEM file with key and certificate, and leaves nothing else behind', async () => {
    await keep();
    expect(readdirSync(directory)).toEqual(['identity.pem']);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n$/,
    );
  });

  it.skipIf(!isPosix)('file and directories for their owner alone', async () => {
    await keep();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, '..')).mode & 0o777).toBe(0o700);
  });

  it('one identity, however many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, keep));
    expect(all.filter(({ made }) => made)).toHaveLength(1);
    expect(new Set(all.map(({ identity }) => identity.thumbprint)).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['identity.pem']);
  });

  it.each(['EPERM', 'ENOTSUP', 'EISDIR', 'UNKNOWN'])('one where hard links are missing (%s)', async (code) => {
    links.error = code;
    const all = await Promise.all(Array.from({ length: 3 }, keep));
    expect(all.filter(({ made }) => made)).toHaveLength(1);
    expect(new Set(all.map(({ identity }) => identity.thumbprint)).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['identity.pem']);
  });

  it('nothing for a name that no certificate can have', async () => {
    await expect(keptIdentity({ directory, commonName: 'a,b' })).rejects.toThrow(CertificateError);
    expect(existsSync(path)).toBe(false);
  });
});

describe('keptIdentity takes', () => {
  it('what another tool put there', async () => {
    put(pair.cert + pair.key);
    expect((await keep()).identity.subject).toBe('CN=made elsewhere');
  });

  it.skipIf(!isPosix)('a symbolic link to a file that only its owner can read', async () => {
    mkdirSync(directory, { recursive: true });
    const target = join(root, 'elsewhere.pem');
    writeFileSync(target, pair.key + pair.cert, { mode: 0o600 });
    symlinkSync(target, path);
    expect((await keep()).identity.subject).toBe('CN=made elsewhere');
  });

  it('a file that another process is still writing', async () => {
    put('');
    const found = keep();
    setTimeout(() => writeFileSync(path, pair.key), 50);
    setTimeout(() => writeFileSync(path, pair.key + pair.cert), 150);
    expect((await found).identity.subject).toBe('CN=made elsewhere');
  });

  it('a file with any mode on Windows, whose rights are kept elsewhere', async () => {
    put(pair.key + pair.cert, 0o666);
    expect((await keptIdentity({ directory, commonName, platform: 'win32' })).made).toBe(false);
  });
});

describe('keptIdentity refuses and leaves alone', () => {
  const leftAlone = 'it is left as it is: move it away or give --cert$';

  it.each<[string, () => string, IdentityErrorCode, string]>([
    ['an empty file', () => '', 'empty', 'is empty'],
    ['a foreign file', () => '{"some": "settings"}', 'unknown-format', 'is neither PEM nor PFX'],
    ['a cut file', () => (pair.key + pair.cert).slice(0, -100), 'damaged', 'its CERTIFICATE has no end'],
    ['a certificate alone', () => pair.cert, 'no-key', 'holds a certificate but no private key'],
    ['a key alone', () => pair.key, 'no-certificate', 'holds a private key but no certificate'],
  ])('%s', async (_name, contents, code, says) => {
    put(contents());
    await refuses(code, new RegExp(`${says}; ${leftAlone}`));
  });

  it('a directory of that name', async () => {
    mkdirSync(path, { recursive: true });
    await refuses('not-a-file', new RegExp(`is a directory; ${leftAlone}`));
  });

  it.skipIf(!isPosix)('a symbolic link to nothing', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync(join(root, 'nothing'), path);
    await refuses('not-a-file', new RegExp(`is a symbolic link to nothing; ${leftAlone}`));
    expect(existsSync(join(root, 'nothing'))).toBe(false);
  });

  it.skipIf(!isPosix)('a symbolic link to a device', async () => {
    mkdirSync(directory, { recursive: true });
    symlinkSync('/dev/zero', path);
    await refuses('not-a-file', new RegExp(`is a device or a pipe; ${leftAlone}`));
  });

  it.skipIf(!isPosix).each([0o640, 0o604, 0o660, 0o644])(
    'a key that others can read or write (mode %o)',
    async (mode) => {
      put(pair.key + pair.cert, mode);
      await refuses('too-open', new RegExp(`\\(mode 0${mode.toString(8)}\\); chmod 600 ".*identity\\.pem"`));
      chmodSync(path, 0o600);
      expect((await keep()).made).toBe(false);
    },
  );
});

describe('keptIdentity says "not-kept"', () => {
  it('where the directory’s parent is a file', async () => {
    mkdirSync(join(directory, '..'), { recursive: true });
    writeFileSync(directory, '');
    await refuses('not-kept', /a new identity cannot be kept here \(ENOTDIR|EEXIST\); .* or give --cert$/);
  });

  it.skipIf(!isPosix).each([
    ['written', 0o555],
    ['searched', 0o000],
  ])('where the directory may not be %s', async (_name, mode) => {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, mode);
    chmodSync(root, 0o755);
    await asNobody(() =>
      refuses('not-kept', /a new identity cannot be kept here \(EACCES\); let this account write there/),
    );
    chmodSync(directory, 0o700);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(!isPosix || !existsSync('/dev/full'))(
    'and leaves nothing where the disk is full (needs mount)',
    async (context) => {
      mkdirSync(directory, { recursive: true });
      // One page is less than a key and its certificate take with their temporary file.
      const mount = (): void =>
        void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4096', 'none', directory], { stdio: 'ignore' });
      try {
        mount();
      } catch {
        return context.skip('this account may not mount a small file system');
      }
      try {
        writeFileSync(join(directory, 'filler'), Buffer.alloc(4096));
        await refuses('not-kept', /\(ENOSPC\)/);
        expect(readdirSync(directory)).toEqual(['filler']);
      } finally {
        execFileSync('umount', [directory]);
      }
    },
  );
});

describe('keptIdentity says "no-permission"', () => {
  it.skipIf(!isPosix)('where a file is there that another account keeps', async () => {
    put(pair.key + pair.cert, isRoot ? 0o600 : 0o000);
    for (const each of [root, join(directory, '..', '..'), join(directory, '..'), directory]) chmodSync(each, 0o755);
    await asNobody(async () => {
      const error: unknown = await keep().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'no-permission', file: path });
    });
  });
});

/** Root may do everything: be nobody (65534) meanwhile. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (isRoot) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
