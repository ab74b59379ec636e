import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CacheEnvironment, cacheParent, createSafeDirectory } from './compile-cache.js';

const UID = process.getuid?.();
const LINUX: CacheEnvironment = { platform: 'linux', env: {}, getuid: process.getuid?.bind(process) };

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'tentacle-cache-'))));
afterEach(() => rmSync(home, { recursive: true }));

it('lies where the system keeps what can be made again', () => {
  expect(cacheParent(LINUX, '/home/a')).toBe('/home/a/.cache');
  expect(cacheParent({ ...LINUX, env: { XDG_CACHE_HOME: '/var/a' } }, '/home/a')).toBe('/var/a');
  expect(cacheParent({ ...LINUX, env: { XDG_CACHE_HOME: 'relative' } }, '/home/a')).toBe('/home/a/.cache');
  expect(cacheParent({ ...LINUX, platform: 'darwin' }, '/Users/a')).toBe('/Users/a/Library/Caches');
  expect(cacheParent(LINUX, '')).toBeUndefined();
  expect(cacheParent({ platform: 'win32', env: { XDG_CACHE_HOME: '/x' } }, '/home/a')).toBeUndefined();
});

it('is created for this account alone, and found again', () => {
  const directory = createSafeDirectory(join(home, '.cache'), 'probe', LINUX);
  expect(directory).toBeDefined();
  expect(statSync(directory ?? '').mode & 0o777).toBe(0o700);
  expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBe(directory);
});

it.each(['.', '.cache', '.cache/probe', '.cache/probe/compiled'])('is not used where others can write %s', (part) => {
  createSafeDirectory(join(home, '.cache'), 'probe', LINUX);
  for (const mode of [0o777, 0o720, 0o702]) {
    chmodSync(join(home, part), mode);
    expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBeUndefined();
  }
  chmodSync(join(home, part), 0o700);
  expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBeDefined();
});

it('is not used where others can add files, though they cannot replace them', () => {
  const directory = createSafeDirectory(join(home, '.cache'), 'probe', LINUX) ?? '';
  chmodSync(directory, 0o1777);
  expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBeUndefined();
});

it('is not used where it belongs to another account', () => {
  createSafeDirectory(join(home, '.cache'), 'probe', LINUX);
  const other = { ...LINUX, getuid: () => (UID ?? 0) + 1 };
  // What belongs to the administrator is as safe as the system.
  if (UID !== 0) expect(createSafeDirectory(join(home, '.cache'), 'probe', other)).toBeUndefined();
  expect(createSafeDirectory(join(home, '.cache'), 'probe', { ...LINUX, getuid: undefined })).toBeUndefined();
});

it.each(['.cache', '.cache/probe', '.cache/probe/compiled'])('is not used behind a link at %s', (part) => {
  mkdirSync(join(home, 'elsewhere'), { mode: 0o700 });
  mkdirSync(join(home, part, '..'), { recursive: true, mode: 0o700 });
  symlinkSync(join(home, 'elsewhere'), join(home, part));
  expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBeUndefined();
});

it('is not created without a home', () => {
  expect(() => createSafeDirectory(join(home, 'none', '.cache'), 'probe', LINUX)).toThrow('ENOENT');
  expect(existsSync(join(home, 'none'))).toBe(false);
  writeFileSync(join(home, '.cache'), '');
  expect(createSafeDirectory(join(home, '.cache'), 'probe', LINUX)).toBeUndefined();
});
