import { lstat, readdir } from 'node:fs/promises';
import { describeSystemError } from '../../text/system-error.js';

/** An entry of a folder. */
export interface WalkedEntry {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly kind: 'folder' | 'file';
}

/** Where a walk ends. */
export interface WalkLimits {
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** How a walk ended. */
export interface Walk {
  readonly entries: number;
  /** Whether it saw everything. */
  readonly isComplete: boolean;
  /** Folders that this account may not list, at most 20. */
  readonly unread: readonly string[];
}

const UNREAD_MAX = 20;

/** Calls of the file system at a time: as many as libuv has threads. */
const PARALLEL = 4;

/**
 * Visits a folder and everything below it, level by level, so that a walk that is cut short has seen the top. Links are not
 * followed; sockets, pipes and devices are not visited.
 */
export async function walkFolder(
  root: string,
  { maxEntries, signal }: WalkLimits,
  visit: (entry: WalkedEntry) => void,
): Promise<Walk> {
  const unread: string[] = [];
  let entries = 0;
  let level = [root];
  while (level.length > 0) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += PARALLEL) {
      if (signal.aborted || entries >= maxEntries) return { entries, isComplete: false, unread };
      const paths = level.slice(at, at + PARALLEL);
      for (const found of await Promise.all(paths.map(async (path) => visitPath(path)))) {
        if (found === undefined) continue;
        entries++;
        visit(found.entry);
        if (found.problem !== undefined && unread.length < UNREAD_MAX) unread.push(found.problem);
        for (const child of found.children) next.push(child);
      }
    }
    level = next;
  }
  return { entries, isComplete: true, unread };
}

interface Found {
  readonly entry: WalkedEntry;
  readonly children: readonly string[];
  readonly problem?: string;
}

async function visitPath(path: string): Promise<Found | undefined> {
  try {
    const stat = await lstat(path);
    if (!stat.isDirectory() && !stat.isFile()) return undefined;
    const { uid, gid, mode } = stat;
    const kind = stat.isDirectory() ? 'folder' : 'file';
    const entry = { path, uid, gid, mode, kind } as const;
    return kind === 'file' ? { entry, children: [] } : { entry, ...(await listFolder(path)) };
  } catch {
    // It was removed meanwhile.
    return undefined;
  }
}

async function listFolder(path: string): Promise<Omit<Found, 'entry'>> {
  try {
    return { children: (await readdir(path)).map((name) => `${path}/${name}`) };
  } catch (error) {
    return { children: [], problem: `${path}: ${describeSystemError(error)}` };
  }
}
