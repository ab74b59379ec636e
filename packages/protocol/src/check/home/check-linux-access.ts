import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { maskUnsafe } from '../../text/sanitize.js';
import type { AddCheck, CheckContext } from '../check-context.js';
import { type FolderFacts, homeFindings as findings } from '../../diagnostics/checks/home.js';
import { hostPath } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import type { TentacleService } from '../tentacle/service.js';
import { type Account, accountOf } from './account.js';
import { type AccessLists, readAccessLists } from './access-lists.js';
import { FULL_FILE, FULL_FOLDER, hasPermission, SEARCH } from './file-access.js';
import type { NeededFolder } from './needed-folder.js';
import { type Walk, type WalkedEntry, walkFolder } from './walk-folder.js';

/** Visited in five seconds on a local disk of a busy host; the time below ends it before on a slow one. */
const ENTRIES_MAX = 100_000;

/** A slow network share has its own limit. */
const WALK_MAX_MS = 4000;

/** The first offending entries name the fault; more of them only add to it. */
const OFFENDERS_SHOWN = 20;

/** What is needed to check the access to a folder. */
export interface AccessRequest {
  readonly folder: NeededFolder;
  readonly service: TentacleService;
  readonly context: CheckContext;
  readonly add: AddCheck;
}

/** Adds whether the account of a service has full control of a folder and everything below it. */
export async function checkLinuxAccess({
  folder: { path: folder, use },
  service,
  context,
  add,
}: AccessRequest): Promise<void> {
  const { host, signal } = context;
  const account = await accountOf(service, host);
  if (account === undefined) {
    add(findings.accountUnknown.check({ folder, why: `this host has no account ${service.account}` }));
    return;
  }
  const facts = { folder, account: account.name };
  const root = await realpath(hostPath(host, folder));
  await checkParents(root, { facts, account, host, add });
  const lists = await readAccessLists(host, root, 'with-content');
  const offenders: WalkedEntry[] = [];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WALK_MAX_MS)]);
  const walk = await walkFolder(root, { maxEntries: ENTRIES_MAX, signal: limit }, (entry) => {
    if (!hasFullControl(entry, account, lists)) offenders.push(entry);
  });
  if (walk.unread.length > 0) add(findings.unreadable.check({ folder, unread: walk.unread.length }, walk.unread));
  if (offenders.length === 0) {
    if (walk.entries > 0) add(findings.full.check({ ...facts, ...walk }, [describeWalk(walk, service)]));
    return;
  }
  const shown = offenders.slice(0, OFFENDERS_SHOWN).map((entry) => describeEntry(entry));
  const evidence = [
    ...shown,
    describeWalk(walk, service),
    `user ID ${account.userId}, group IDs ${[...account.groupIds].join(', ')}`,
  ];
  const all = { ...facts, offenders: offenders.length };
  if (lists === 'unknown' && (await allHaveLists(offenders, host))) add(findings.hiddenByList.check(all, evidence));
  else add((use === 'home' ? findings.foreign : findings.foreignInApplications).check(all, evidence));
}

function hasFullControl(entry: WalkedEntry, account: Account, lists: AccessLists): boolean {
  const needed = entry.kind === 'folder' ? FULL_FOLDER : FULL_FILE;
  return hasPermission(entry, account, needed, lists === 'unknown' ? undefined : lists.get(entry.path));
}

interface ParentsContext {
  readonly facts: FolderFacts;
  readonly account: Account;
  readonly host: Host;
  readonly add: AddCheck;
}

/** Adds the first folder above that the account may not pass through. */
async function checkParents(path: string, { facts, account, host, add }: ParentsContext): Promise<void> {
  for (const parent of parentsOf(path)) {
    const entry = await lstat(parent);
    if (hasPermission(entry, account, SEARCH)) continue;
    const lists = await readAccessLists(host, parent, 'alone');
    if (lists !== 'unknown' && hasPermission(entry, account, SEARCH, lists.get(parent))) continue;
    const isHidden = lists === 'unknown' && (await allHaveLists([{ path: parent }], host));
    if (isHidden) add(findings.hiddenByList.check({ folder: parent, account: account.name, offenders: 1 }));
    else add(findings.unsearchable.check({ ...facts, parent }));
    return;
  }
}

/** The folders above, from the root on. */
function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...parentsOf(parent), parent];
}

/** `ls` marks an entry that has an access list, also where `getfacl` is missing. */
async function allHaveLists(offenders: readonly Pick<WalkedEntry, 'path'>[], host: Host): Promise<boolean> {
  const paths = offenders.slice(0, OFFENDERS_SHOWN).map(({ path }) => path);
  const result = await host.run('ls', ['-ldn', '--', ...paths]);
  if (result.kind !== 'done') return false;
  const lines = result.stdout.split('\n').filter((line) => /^[-d][-rwxsStT]{9}/.test(line));
  return lines.length > 0 && lines.every((line) => line.charAt(10) === '+');
}

function describeEntry({ path, uid, gid, mode, kind }: WalkedEntry): string {
  return `${maskUnsafe(path)}: ${kind}, user ID ${uid}, group ID ${gid}, mode ${(mode & 0o7777).toString(8)}`;
}

function describeWalk({ entries, isComplete }: Walk, { name }: TentacleService): string {
  return `${entries} entries visited${isComplete ? '' : ', not all'}; service ${name}`;
}
