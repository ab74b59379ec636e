import { readdir, stat } from 'node:fs/promises';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { findUserName } from '../../host/process-facts.js';
import type { Host } from '../host.js';
import { hostPath, readHostFile } from '../configuration/host-file.js';
import { parseTentacleCommandLine, splitCommandLine } from './command-line.js';
import type { FoundServices, TentacleService } from './service.js';

/** `Tentacle service --install` writes its units to the first folder; configuration management to any of them. */
const UNIT_FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];

const UNIT_MAX_BYTES = 64 * 1024;

/** Tentacle's has some hundred bytes; a longer one is cut. */
const COMMAND_LINE_MAX_BYTES = 8 * 1024;

/** A host has up to 500 units in a folder. */
const UNITS_MAX = 2000;

/** A busy host has some thousand processes; more are not looked at. */
const PROCESSES_MAX = 20_000;

const PROPERTIES = 'LoadState,ActiveState,SubState,MainPID,UnitFileState,User,NRestarts';

/** Finds the units of systemd that run a Tentacle, and processes of Tentacle that no unit started. */
export async function findLinuxServices(host: Host): Promise<FoundServices> {
  const [units, processes] = await Promise.all([findUnits(host), findProcesses(host)]);
  const owned = new Set(units.map(({ processId }) => processId));
  // Without systemd, as in a container or when it is asked from one, the process is the evidence.
  const services = units.map((unit) => withProcess(unit, processes));
  const taken = new Set([...owned, ...services.map(({ processId }) => processId)]);
  const all = [...services, ...processes.filter(({ processId }) => !taken.has(processId))];
  if (await seesAllProcesses(host)) return { kind: 'found', services: all };
  return { kind: 'found', services: all, hidden: 'this account does not see the processes of others' };
}

/** The option hidepid of /proc hides processes of other accounts, also the first one, which every host has. */
async function seesAllProcesses(host: Host): Promise<boolean> {
  const first = await readHostFile(host, '/proc/1/cmdline', COMMAND_LINE_MAX_BYTES);
  return first.kind === 'read';
}

/** A unit whose state is unknown runs if a process has its command line. */
function withProcess(unit: TentacleService, processes: readonly TentacleService[]): TentacleService {
  if (unit.state !== 'unknown') return unit;
  const { program, instance, configFile } = unit;
  const process = processes.find(
    (one) => one.program === program && one.instance === instance && one.configFile === configFile,
  );
  return process === undefined
    ? unit
    : { ...unit, isRunning: true, ...omitUndefined({ processId: process.processId }) };
}

async function findUnits(host: Host): Promise<readonly TentacleService[]> {
  const units = new Map<string, Promise<TentacleService | undefined>>();
  for (const folder of UNIT_FOLDERS) {
    for (const file of await namesIn(host, folder)) {
      // The unit of an earlier folder replaces that of a later one.
      if (!file.endsWith('.service') || units.has(file) || units.size >= UNITS_MAX) continue;
      units.set(file, readUnit(host, folder, file));
    }
  }
  const read = await Promise.all(units.values());
  return read.filter((unit) => unit !== undefined);
}

async function readUnit(host: Host, folder: string, file: string): Promise<TentacleService | undefined> {
  const unit = await readHostFile(host, `${folder}/${file}`, UNIT_MAX_BYTES);
  if (unit.kind === 'unread') return undefined;
  const text = unit.bytes.toString('utf8');
  const commandLine = parseTentacleCommandLine(splitCommandLine(settingOf(text, 'ExecStart') ?? ''));
  if (commandLine === undefined) return undefined;
  const name = file.slice(0, -'.service'.length);
  const shown = await showUnit(host, name);
  const account = (shown?.get('User') ?? settingOf(text, 'User') ?? '') || 'root';
  const active = shown?.get('ActiveState');
  const processId = Number(shown?.get('MainPID') ?? 0);
  const fileState = shown?.get('UnitFileState');
  return {
    name,
    kind: 'systemd',
    account,
    isAllPowerful: account === 'root' || account === '0',
    isRunning: active === 'active',
    state: active === undefined ? 'unknown' : `${active} (${shown?.get('SubState') ?? ''})`,
    ...commandLine,
    ...omitUndefined({
      processId: processId > 0 ? processId : undefined,
      startsWithHost: fileState === undefined || fileState === '' ? undefined : fileState.startsWith('enabled'),
      restarts: shown === undefined ? undefined : Number(shown.get('NRestarts') ?? 0),
    }),
  };
}

/** The last value of a setting of a unit file; a dash before a command means that its failure does not matter. */
function settingOf(text: string, name: string): string | undefined {
  const values = [...text.matchAll(new RegExp(`^\\s*${name}\\s*=[-@:+!]*(.*)$`, 'gm'))];
  return values.at(-1)?.[1]?.trim();
}

/** What systemd knows about a unit; undefined where it does not run, as in a container. */
async function showUnit({ run }: Host, name: string): Promise<ReadonlyMap<string, string> | undefined> {
  const result = await run('systemctl', ['show', `--property=${PROPERTIES}`, '--', `${name}.service`], 3000);
  if (result.kind !== 'done' || result.status !== 0) return undefined;
  const properties = new Map(
    result.stdout.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).trim()] as const;
    }),
  );
  return properties.get('LoadState') === 'loaded' ? properties : undefined;
}

async function findProcesses(host: Host): Promise<readonly TentacleService[]> {
  const ids = (await namesIn(host, '/proc')).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  const processes: TentacleService[] = [];
  for (const id of ids) {
    const process = await readProcess(host, id);
    if (process !== undefined) processes.push(process);
  }
  return processes;
}

async function readProcess(host: Host, id: string): Promise<TentacleService | undefined> {
  const file = await readHostFile(host, `/proc/${id}/cmdline`, COMMAND_LINE_MAX_BYTES);
  if (file.kind === 'unread') return undefined;
  const commandLine = parseTentacleCommandLine(
    file.bytes
      .toString('utf8')
      .split('\0')
      .filter((word) => word !== ''),
  );
  if (commandLine === undefined) return undefined;
  try {
    const { uid } = await stat(hostPath(host, `/proc/${id}`));
    return {
      name: `process ${id}`,
      kind: 'process',
      account: (await findUserName(uid, host.fileRoot)) ?? String(uid),
      isAllPowerful: uid === 0,
      isRunning: true,
      state: 'running',
      processId: Number(id),
      ...commandLine,
    };
  } catch {
    // It has ended.
    return undefined;
  }
}

async function namesIn(host: Host, folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(hostPath(host, folder))).sort();
  } catch {
    return [];
  }
}
