import { readdir } from 'node:fs/promises';
import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { kindOf, productName, readService } from '../../host/process-facts.js';
import { readText } from '../../host/read-text.js';
import type { Host } from '../host.js';

/** Above this share, one busy deployment reaches the limit. */
const SHARE_MAX = 0.8;

/** More processes of one product than a host has. */
const PROCESSES_MAX = 8;

/** The program, and the assembly that `dotnet` runs. */
const ARGUMENTS_MAX_BYTES = 8 * 1024;

const LIMITS_MAX_BYTES = 8 * 1024;

/** The open files of each process of Tentacle or Octopus Server, against their limit. */
export async function checkOpenFiles(host: Host): Promise<readonly Check[]> {
  const { noProcess } = policyFindings;
  if (host.platform === 'win32') return [noProcess.check({ why: 'windows' })];
  const checks = await Promise.all((await findProcesses(host)).map(async (one) => checkProcess(host, one)));
  const found = checks.filter((check) => check !== undefined);
  return found.length > 0 ? found : [noProcess.check({ why: 'no-process' })];
}

interface ProductProcess {
  readonly pid: number;
  readonly name: string;
}

async function findProcesses({ fileRoot }: Host): Promise<ProductProcess[]> {
  const found: ProductProcess[] = [];
  for (const entry of await readdir(`${fileRoot}/proc`).catch(() => [])) {
    if (!/^\d+$/.test(entry) || found.length >= PROCESSES_MAX) continue;
    const line = (await readText(`${fileRoot}/proc/${entry}/cmdline`, ARGUMENTS_MAX_BYTES)) ?? '';
    const kind = kindOf(line.split('\0').slice(0, 2));
    if (kind === 'tentacle' || kind === 'octopus-server') found.push({ pid: Number(entry), name: productName(kind) });
  }
  return found;
}

/** Undefined for a process that has ended meanwhile. */
async function checkProcess({ fileRoot }: Host, { pid, name }: ProductProcess): Promise<Check | undefined> {
  const { files, manyFiles, filesHidden } = policyFindings;
  const limits = (await readText(`${fileRoot}/proc/${pid}/limits`, LIMITS_MAX_BYTES)) ?? '';
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  const limit = Number(soft);
  const open = await readdir(`${fileRoot}/proc/${pid}/fd`).catch(() => undefined);
  if (open === undefined) return filesHidden.check({ name, pid, used: 0, limit });
  const facts = { name, pid, used: open.length, limit };
  if (open.length <= limit * SHARE_MAX) return files.check(facts);
  return manyFiles.check({ ...facts, unit: (await readService(`${fileRoot}/proc/${pid}`)) ?? 'UNIT' });
}
