import { readdir } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { decodeText } from '../../text/decode-text.js';
import { describeSystemError } from '../../text/system-error.js';
import type { Host } from '../host.js';
import type { RegisteredInstance, UnreadPlace } from './configuration.js';
import { hostPath, pathsOf, readHostFile, reasonOf } from './host-file.js';

/** More instances than any host has. */
const INSTANCES_MAX = 200;

/** An entry of the list of instances is a name and a path. */
const ENTRY_MAX_BYTES = 64 * 1024;

/** Where Tentacles before 6.0 kept their list of instances, in the 64-bit view. */
const REGISTRY_KEY = 'HKLM\\Software\\Octopus\\Tentacle';

/** The list of a host's instances. */
export interface InstanceList {
  readonly registered: readonly RegisteredInstance[];
  readonly unread: readonly UnreadPlace[];
}

/** The folder with one file for each instance, which an environment variable of the machine can move. */
export function instancesFolder({ platform, env }: Pick<Host, 'platform' | 'env'>): string {
  const moved = env['TentacleMachineConfigurationHomeDirectory']?.trim() ?? '';
  if (platform !== 'win32') return posix.join(moved === '' ? '/etc/octopus' : moved, 'Tentacle', 'Instances');
  const machine = moved === '' ? win32.join(env['ProgramData'] ?? 'C:\\ProgramData', 'Octopus') : moved;
  return win32.join(machine, 'Tentacle', 'Instances');
}

/** Lists the instances as `Tentacle list-instances` does: those with a file, then those that only the registry has. */
export async function listRegisteredInstances(host: Host): Promise<InstanceList> {
  const [files, registry] = await Promise.all([listFolder(host), listRegistry(host)]);
  const names = new Set(files.registered.map(({ name }) => name));
  return {
    registered: [...files.registered, ...registry.filter(({ name }) => !names.has(name))],
    unread: files.unread,
  };
}

async function listFolder(host: Host): Promise<InstanceList> {
  const folder = instancesFolder(host);
  try {
    const names = await readdir(hostPath(host, folder));
    const entries = await Promise.all(
      names
        .sort()
        .slice(0, INSTANCES_MAX)
        .map(async (name) => readEntry(host, pathsOf(host).join(folder, name))),
    );
    return {
      registered: entries.filter((entry) => 'configFile' in entry),
      unread: entries.filter((entry) => 'why' in entry),
    };
  } catch (error) {
    const why = reasonOf(error);
    const place: UnreadPlace = { path: folder, why, detail: describeSystemError(error) };
    return { registered: [], unread: why === 'missing' ? [] : [place] };
  }
}

async function readEntry(host: Host, path: string): Promise<RegisteredInstance | UnreadPlace> {
  const file = await readHostFile(host, path, ENTRY_MAX_BYTES);
  if (file.kind === 'unread') return file.place;
  try {
    const entry = JSON.parse(decodeText(file.bytes)) as Record<string, unknown> | null;
    const { Name: name, ConfigurationFilePath: configFile } = entry ?? {};
    if (typeof name === 'string' && typeof configFile === 'string') return { name, configFile };
    return { path, why: 'malformed', detail: 'it has no Name and ConfigurationFilePath' };
  } catch {
    return { path, why: 'malformed', detail: 'it is not JSON' };
  }
}

async function listRegistry({ platform, run }: Host): Promise<readonly RegisteredInstance[]> {
  if (platform !== 'win32') return [];
  const result = await run('reg.exe', ['query', REGISTRY_KEY, '/s', '/reg:64']);
  // Status 1: the key does not exist, as on every host that was set up since.
  return result.kind === 'done' && result.status === 0 ? parseRegistry(result.stdout) : [];
}

/** Parses what `reg query /s` prints: keys at the start of a line, indented values. Neither depends on the language. */
export function parseRegistry(output: string): readonly RegisteredInstance[] {
  const instances: RegisteredInstance[] = [];
  let name = '';
  for (const line of output.split('\n')) {
    const key = /^HKEY_LOCAL_MACHINE\\Software\\Octopus\\Tentacle\\([^\\]+)$/i.exec(line);
    if (/^\S/.test(line)) name = key?.[1] ?? '';
    const value = /^\s+ConfigurationFilePath\s+REG_(?:EXPAND_)?SZ\s+(.+)$/i.exec(line);
    if (name !== '' && value?.[1] !== undefined) instances.push({ name, configFile: value[1].trim() });
  }
  return instances.slice(0, INSTANCES_MAX);
}
