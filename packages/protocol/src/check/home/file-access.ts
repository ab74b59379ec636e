import type { Account } from './account.js';

/** Owner, group and mode of an entry, as `lstat` returns them. */
export interface EntryMode {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Bits of a permission: read 4, write 2, execute or search 1. */
export type Permission = number;

/** One entry of an access list: `user:1001:rwx`; without an ID it is the owner's or the owning group's. */
export interface AccessEntry {
  readonly tag: 'user' | 'group' | 'mask' | 'other';
  readonly id?: number;
  readonly permission: Permission;
}

export const FULL_FOLDER: Permission = 7;
export const FULL_FILE: Permission = 6;
export const SEARCH: Permission = 1;

/** Whether an account has a permission on an entry: by its mode, or by its access list where it has one. */
export function hasPermission(
  entry: EntryMode,
  account: Account,
  needed: Permission,
  accessList?: readonly AccessEntry[],
): boolean {
  if (account.userId === 0) return true;
  if (entry.uid === account.userId) return allows((entry.mode >> 6) & 7, needed);
  if (accessList !== undefined) return listAllows(entry, account, needed, accessList);
  if (account.groupIds.has(entry.gid)) return allows((entry.mode >> 3) & 7, needed);
  return allows(entry.mode & 7, needed);
}

/** The order of acl(5): a named user, then any group that has all of it, then everyone else. The mask limits the first two. */
function listAllows(entry: EntryMode, account: Account, needed: Permission, list: readonly AccessEntry[]): boolean {
  const mask = list.find(({ tag }) => tag === 'mask')?.permission ?? 7;
  const user = list.find(({ tag, id }) => tag === 'user' && id === account.userId);
  if (user !== undefined) return allows(user.permission & mask, needed);
  const groups = list.filter(({ tag, id }) => tag === 'group' && account.groupIds.has(id ?? entry.gid));
  if (groups.length > 0) return groups.some(({ permission }) => allows(permission & mask, needed));
  return allows(list.find(({ tag }) => tag === 'other')?.permission ?? 0, needed);
}

function allows(given: Permission, needed: Permission): boolean {
  return (given & needed) === needed;
}
