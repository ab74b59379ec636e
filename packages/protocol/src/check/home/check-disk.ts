import { realpath, stat, statfs } from 'node:fs/promises';
import { describeSystemError } from '../../text/system-error.js';
import type { AddCheck } from '../check-context.js';
import { homeFindings as findings } from '../../diagnostics/checks/home.js';
import { hostPath, reasonOf } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import { mountOf } from './mounts.js';

/** Tentacle runs no script with less free space than this. */
const NEEDED_BYTES = 500 * 1024 * 1024;

/** Adds whether a folder exists, and whether its disk can take files. @returns whether its content can be looked at. */
export async function checkDisk(folder: string, host: Host, add: AddCheck): Promise<boolean> {
  const path = hostPath(host, folder);
  try {
    await stat(path);
  } catch (error) {
    const isMissing = reasonOf(error) === 'missing';
    const evidence = [`${folder}: ${describeSystemError(error)}`];
    add(
      isMissing
        ? findings.missing.check({ folder }, evidence)
        : findings.unreadable.check({ folder, unread: 1 }, evidence),
    );
    return false;
  }
  await Promise.all([checkSpace(folder, path, add), checkMount(folder, host, add)]);
  return true;
}

async function checkSpace(folder: string, path: string, add: AddCheck): Promise<void> {
  const disk = await statfs(path);
  const freeBytes = disk.bavail * disk.bsize;
  const evidence = [`${folder}: ${freeBytes} of ${disk.blocks * disk.bsize} bytes free`];
  if (freeBytes < NEEDED_BYTES)
    add(findings.spaceLow.check({ folder, freeBytes, neededBytes: NEEDED_BYTES }, evidence));
  else add(findings.space.check({ folder, freeBytes }, evidence));
  // File systems without a fixed number of inodes say 0 of 0.
  if (disk.files > 0 && disk.ffree === 0) add(findings.noInodes.check({ folder }));
}

async function checkMount(folder: string, host: Host, add: AddCheck): Promise<void> {
  if (host.platform !== 'linux') return;
  const mount = await mountOf(host, await realpath(hostPath(host, folder)));
  if (mount === undefined) return;
  const facts = { folder, mount: mount.folder };
  const evidence = [`${mount.folder} (${mount.type})`];
  if (mount.isReadOnly) add(findings.readOnly.check(facts, evidence));
  if (mount.isNoExec) add(findings.noExec.check(facts, evidence));
}
