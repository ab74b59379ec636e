import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

// Loaded before everything else: it imports nothing of its own.

/** The account and the system that a cache is for. */
export interface CacheEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The account's number; absent on Windows. */
  readonly getuid?: (() => number) | undefined;
  /** From Node 20.16. */
  readonly getBuiltinModule?: (id: string) => unknown;
}

/** Access for the owner only. */
const DIRECTORY_MODE = 0o700;
/** Others may create files, or replace what is there. */
const OTHERS_WRITE = 0o022;
/** In such a directory, as /tmp, only its owner can replace an entry. */
const STICKY = 0o1000;

/** From Node 22.1. */
type EnableCompileCache = (directory: string) => unknown;

/**
 * Lets Node keep compiled code where only this account can write, so that the next start need not compile it. Who can write
 * it can run code as this account. Never fails: without a safe directory nothing is kept.
 */
export function useCompileCache(name: string, environment: CacheEnvironment): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: EnableCompileCache };
  // Node checks this variable too, but only after the directory was created.
  if (enableCompileCache === undefined || environment.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  try {
    // An executable holds its compiled code.
    const sea = environment.getBuiltinModule?.('node:sea') as { isSea?: () => boolean } | undefined;
    if (sea?.isSea?.() === true) return;
    const parent = cacheParent(environment, homedir());
    const directory = parent === undefined ? undefined : createSafeDirectory(parent, name, environment);
    if (directory !== undefined) enableCompileCache(directory);
  } catch {
    // Such as an account without a home, or a file system that cannot be written.
  }
}

/** The directory in which programs keep what can be made again; undefined for an account without a home. */
export function cacheParent({ platform, env }: CacheEnvironment, home: string): string | undefined {
  const ofHome = isAbsolute(home) ? join(home, platform === 'darwin' ? 'Library/Caches' : '.cache') : undefined;
  const candidates = platform === 'win32' ? [env['LOCALAPPDATA']] : [env['XDG_CACHE_HOME'], ofHome];
  return candidates.find((candidate) => candidate !== undefined && isAbsolute(candidate));
}

/**
 * Creates the directory of a program for compiled code. Its home must exist.
 * @returns undefined where another account could write it, or replace it or a directory that it is in.
 * @throws the system's error.
 */
export function createSafeDirectory(
  parent: string,
  name: string,
  { platform, getuid }: CacheEnvironment,
): string | undefined {
  const uid = getuid?.();
  // On Windows the rights of a profile are inherited: its account, administrators and the system.
  if (uid === undefined && platform !== 'win32') return undefined;
  let path = realpathSync(dirname(parent));
  if (uid !== undefined && !parentsOf(path).every((each) => isSafe(lstatSync(each), uid))) return undefined;
  for (const part of [basename(parent), name, 'compiled']) {
    path = join(path, part);
    createDirectory(path);
    if (uid !== undefined && !isSafe(lstatSync(path), uid)) return undefined;
  }
  // Files in a sticky directory could be added by others.
  return uid !== undefined && (lstatSync(path).mode & OTHERS_WRITE) !== 0 ? undefined : path;
}

/** A directory, those that it is in, and the root. */
function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...parentsOf(parent)];
}

/** Whether only this account and the administrator can replace what is in a directory. */
function isSafe(about: Stats, uid: number): boolean {
  if (!about.isDirectory() || (about.uid !== uid && about.uid !== 0)) return false;
  return (about.mode & OTHERS_WRITE) === 0 || (about.mode & STICKY) !== 0;
}

function createDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
