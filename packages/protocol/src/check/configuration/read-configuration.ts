import { resolve } from 'node:path';
import type { CheckOptions } from '../../cli/check-options.js';
import { decodeText } from '../../text/decode-text.js';
import { FormatError } from '../../text/format-error.js';
import { singleLine } from '../../text/sanitize.js';
import type { Host } from '../host.js';
import { findServices } from '../tentacle/find-services.js';
import { buildInstance } from './build-instance.js';
import type { Configuration, RegisteredInstance, TentacleInstance, UnreadPlace } from './configuration.js';
import { pathsOf, readHostFile } from './host-file.js';
import { parseSettings, settingsOfVariables } from './parse-settings.js';
import { listRegisteredInstances } from './registered-instances.js';
import { CONTRIBUTION_VARIABLE, SETTING_VARIABLES, type SettingKey } from './setting-keys.js';

/** A configuration with hundreds of trusted servers has 100 KB; to parse as much as this takes a second. */
const CONFIGURATION_MAX_BYTES = 1024 * 1024;

/**
 * Reads what is configured on this host: the file of `--config`, else that of each registered instance and service, or of the
 * one that `--instance` names. It changes nothing, and never throws.
 */
export async function readConfiguration(
  host: Host,
  { configFile, instance }: Pick<CheckOptions, 'configFile' | 'instance'>,
): Promise<Configuration> {
  const { registered, unread } = await listRegisteredInstances(host);
  const wanted =
    configFile === undefined
      ? [...registered, ...(await instancesOfServices(host, registered))].filter(
          ({ name }) => instance === undefined || isSame(name, instance),
        )
      : [fileAsInstance(configFile, host, registered)];
  const results = await Promise.all(wanted.map(async (one) => readInstance(host, one, registered.includes(one))));
  return {
    instances: results.filter((result) => 'servers' in result),
    unread: [...unread, ...results.filter((result) => 'why' in result)],
    registered,
  };
}

/**
 * Instances that only a service knows, by the file in its command line. Only those of root are read: any account can start a
 * process with such a command line. On Windows the services take seconds to list, and their installer registers instances.
 */
async function instancesOfServices(
  host: Host,
  registered: readonly RegisteredInstance[],
): Promise<readonly RegisteredInstance[]> {
  if (host.platform !== 'linux') return [];
  const found = await findServices(host);
  const services = found.kind === 'found' ? found.services : [];
  return services
    .filter(({ kind, isAllPowerful }) => kind === 'systemd' || isAllPowerful)
    .map(({ name, configFile }) => ({ name, configFile }))
    .filter((one): one is RegisteredInstance => one.configFile !== undefined)
    .filter(({ configFile }) => registered.every((one) => one.configFile !== configFile));
}

/** Tentacle compares names of instances without case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The registered instance of a file; for a file that is not registered, one with the file's name. */
function fileAsInstance(file: string, host: Host, registered: readonly RegisteredInstance[]): RegisteredInstance {
  const paths = pathsOf(host);
  const configFile = host.platform === 'win32' ? paths.resolve(file) : resolve(file);
  const normalized = (path: string): string =>
    host.platform === 'win32' ? paths.normalize(path).toLowerCase() : paths.normalize(path);
  const known = registered.find((one) => normalized(one.configFile) === normalized(configFile));
  return known ?? { name: paths.basename(configFile), configFile };
}

async function readInstance(
  host: Host,
  { name, configFile }: RegisteredInstance,
  isRegistered: boolean,
): Promise<TentacleInstance | UnreadPlace> {
  const owner = isRegistered ? { instance: name } : {};
  const file = await readHostFile(host, configFile, CONFIGURATION_MAX_BYTES);
  if (file.kind === 'unread') return { ...file.place, ...owner };
  try {
    const ofFile = await parseSettings(decodeText(file.bytes));
    const ofVariables = contributedSettings(host);
    return buildInstance({
      name,
      configFile,
      isRegistered,
      platform: host.platform,
      settings: new Map([...ofFile, ...ofVariables]),
      overriddenBy: namesOf(ofVariables),
    });
  } catch (error) {
    const detail = error instanceof FormatError ? error.message : `it cannot be parsed (${nameOf(error)})`;
    return { path: configFile, why: 'malformed', detail, ...owner };
  }
}

/** Environment variables win over the file where Tentacle is set up to use them, as in some containers. */
function contributedSettings({ env }: Host): ReadonlyMap<SettingKey, string> {
  return env[CONTRIBUTION_VARIABLE]?.trim().toLowerCase() === 'true' ? settingsOfVariables(env) : new Map();
}

function namesOf(settings: ReadonlyMap<SettingKey, string>): readonly string[] {
  return Object.entries(SETTING_VARIABLES)
    .filter(([, key]) => settings.has(key))
    .map(([name]) => name);
}

/** Without the message, which may contain text of the file. */
function nameOf(error: unknown): string {
  return singleLine(error instanceof Error ? error.name : 'unknown error', 50);
}
