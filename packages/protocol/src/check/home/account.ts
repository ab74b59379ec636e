import { readHostFile } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import type { TentacleService } from '../tentacle/service.js';

/** An account of Linux as the file system sees it. */
export interface Account {
  readonly name: string;
  readonly userId: number;
  readonly groupIds: ReadonlySet<number>;
}

const STATUS_MAX_BYTES = 64 * 1024;

/** Returns the account of a service: that of its process where it runs, which is what counts, else that of its unit. */
export async function accountOf(service: TentacleService, host: Host): Promise<Account | undefined> {
  const ofProcess = service.processId === undefined ? undefined : await accountOfProcess(service, host);
  return ofProcess ?? accountByName(service.account, host);
}

async function accountOfProcess({ processId, account }: TentacleService, host: Host): Promise<Account | undefined> {
  const file = await readHostFile(host, `/proc/${processId}/status`, STATUS_MAX_BYTES);
  if (file.kind === 'unread') return undefined;
  const text = file.bytes.toString('utf8');
  // Real, effective, saved and file system ID: the last one decides about files.
  const ids = (label: string): readonly number[] =>
    (new RegExp(`^${label}:(.*)$`, 'm').exec(text)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
  const userId = ids('Uid').at(-1);
  const groupId = ids('Gid').at(-1);
  if (userId === undefined || groupId === undefined) return undefined;
  return { name: account, userId, groupIds: new Set([groupId, ...ids('Groups')]) };
}

/** Also for accounts of a directory, which are not in a file. */
async function accountByName(name: string, { run }: Host): Promise<Account | undefined> {
  const [user, groups] = await Promise.all([run('id', ['-u', '--', name]), run('id', ['-G', '--', name])]);
  if (user.kind !== 'done' || groups.kind !== 'done' || user.status !== 0 || groups.status !== 0) return undefined;
  const groupIds = groups.stdout.trim().split(/\s+/).map(Number);
  return { name, userId: Number(user.stdout.trim()), groupIds: new Set(groupIds) };
}
