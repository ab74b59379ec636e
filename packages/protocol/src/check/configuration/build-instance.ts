import { isIP } from 'node:net';
import { TENTACLE_PORT } from '../../cli/target.js';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { singleLine } from '../../text/sanitize.js';
import type { ConfiguredProxy, InvalidSetting, RegisteredInstance, TentacleInstance } from './configuration.js';
import { pathsOf } from './host-file.js';
import { parseServers } from './parse-servers.js';
import { SETTING_KEYS, type SettingKey, type Settings } from './setting-keys.js';

const DEFAULT_PROXY_PORT = 80;

/** The longest value that a report shows; a path of Windows has up to 260 characters. */
const VALUE_MAX_CHARS = 300;

/** What an instance is built from. */
export interface InstanceSource extends RegisteredInstance {
  readonly isRegistered: boolean;
  readonly settings: Settings;
  readonly overriddenBy: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** Returns the instance that a configuration describes, with Tentacle's defaults, and the settings that it cannot read. */
export function buildInstance(source: InstanceSource): TentacleInstance {
  const { name, configFile, isRegistered, platform, overriddenBy } = source;
  const reader = new SettingReader(source.settings);
  const noListen = reader.flag(SETTING_KEYS.noListen, false);
  const port = reader.whole(SETTING_KEYS.port, { low: 1, high: 65_535, otherwise: TENTACLE_PORT });
  const bind = reader.address(SETTING_KEYS.listenIp);
  const { servers, invalid: invalidServers } = parseServers(reader.text(SETTING_KEYS.servers), {
    noListen,
    squid: reader.text(SETTING_KEYS.squid),
  });
  const home = reader.text(SETTING_KEYS.home);
  const proxy = proxyOf(reader, PORTAL_PROXY, platform);
  const pollingProxy = proxyOf(reader, POLLING_PROXY, platform);
  const connections = reader.whole(SETTING_KEYS.pollingConnections, { low: 1, high: 512, otherwise: 1 });
  const invalid = [...reader.invalid, ...invalidServers];
  const mayListen = !invalid.some(({ key }) => LISTENING_KEYS.includes(key));
  return {
    name,
    configFile,
    isRegistered,
    listens: !noListen && mayListen,
    port,
    servers,
    proxy,
    pollingProxy,
    ...omitUndefined({
      bind,
      thumbprint: reader.text(SETTING_KEYS.thumbprint),
      homeFolder: home === undefined ? undefined : rooted(home, source),
      applicationFolder: reader.text(SETTING_KEYS.applications),
      pollingConnections: connections === 1 ? undefined : connections,
      invalid: invalid.length === 0 ? undefined : invalid,
      overriddenBy: overriddenBy.length === 0 ? undefined : overriddenBy,
    }),
  };
}

/** Tentacle does not start with a value of these that it cannot read. */
const LISTENING_KEYS: readonly string[] = [SETTING_KEYS.port, SETTING_KEYS.listenIp, SETTING_KEYS.noListen];

/** A relative home is below the folder of the configuration. */
function rooted(home: string, { configFile, platform }: InstanceSource): string {
  const paths = pathsOf({ platform });
  return paths.isAbsolute(home) ? home : paths.join(paths.dirname(configFile), home);
}

type ProxyKeys = Readonly<Record<'byDefault' | 'host' | 'port' | 'user', SettingKey>>;

const PORTAL_PROXY: ProxyKeys = {
  byDefault: SETTING_KEYS.proxyDefault,
  host: SETTING_KEYS.proxyHost,
  port: SETTING_KEYS.proxyPort,
  user: SETTING_KEYS.proxyUser,
};

const POLLING_PROXY: ProxyKeys = {
  byDefault: SETTING_KEYS.pollingProxyDefault,
  host: SETTING_KEYS.pollingProxyHost,
  port: SETTING_KEYS.pollingProxyPort,
  user: SETTING_KEYS.pollingProxyUser,
};

/** The system's proxy is the default, and wins over one with a name. Only Windows has one. */
function proxyOf(reader: SettingReader, keys: ProxyKeys, platform: NodeJS.Platform): ConfiguredProxy {
  const user = reader.text(keys.user);
  const credentials = user === undefined ? {} : { user };
  const port = reader.whole(keys.port, { low: 1, high: 65_535, otherwise: DEFAULT_PROXY_PORT });
  if (reader.flag(keys.byDefault, true))
    return platform === 'win32' ? { use: 'system', ...credentials } : { use: 'none' };
  const host = reader.text(keys.host);
  return host === undefined ? { use: 'none' } : { use: 'custom', host, port, ...credentials };
}

/** Reads settings as Tentacle does, and notes those that it cannot read. */
class SettingReader {
  readonly invalid: InvalidSetting[] = [];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  text(key: SettingKey): string | undefined {
    return this.#settings.get(key)?.trim();
  }

  flag(key: SettingKey, otherwise: boolean): boolean {
    const value = this.text(key)?.toLowerCase();
    if (value === undefined) return otherwise;
    if (value !== 'true' && value !== 'false') this.#reject(key, 'true or false');
    return value === 'true';
  }

  /** What .NET reads as a number may still be useless, such as port 0: that is an error too. */
  whole(key: SettingKey, { low, high, otherwise }: Readonly<Record<'low' | 'high' | 'otherwise', number>>): number {
    const value = this.text(key);
    if (value === undefined) return otherwise;
    const number = /^"?-?\d{1,10}"?$/.test(value) ? Number(value.replaceAll('"', '')) : Number.NaN;
    if (number >= low && number <= high) return number;
    this.#reject(key, `a number from ${low} to ${high}`);
    return otherwise;
  }

  address(key: SettingKey): string | undefined {
    const value = this.text(key);
    if (value === undefined || isIP(value) !== 0) return value;
    this.#reject(key, 'an IP address of this host');
    return undefined;
  }

  #reject(key: SettingKey, expected: string): void {
    this.invalid.push({ key, value: singleLine(this.text(key) ?? '', VALUE_MAX_CHARS), expected });
  }
}
