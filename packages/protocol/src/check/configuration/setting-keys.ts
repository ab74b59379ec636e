/**
 * The settings that are read. Every other setting of a file is dropped where the file is parsed: among them are private
 * keys and the passwords of proxies.
 */
export const SETTING_KEYS = {
  home: 'Octopus.Home',
  applications: 'Tentacle.Deployment.ApplicationDirectory',
  port: 'Tentacle.Services.PortNumber',
  listenIp: 'Tentacle.Services.ListenIP',
  noListen: 'Tentacle.Services.NoListen',
  servers: 'Tentacle.Communication.TrustedOctopusServers',
  pollingConnections: 'Tentacle.Communication.PollingConnectionCount',
  squid: 'Octopus.Communications.Squid',
  thumbprint: 'Tentacle.CertificateThumbprint',
  proxyDefault: 'Octopus.Proxy.UseDefaultProxy',
  proxyHost: 'Octopus.Proxy.ProxyHost',
  proxyPort: 'Octopus.Proxy.ProxyPort',
  proxyUser: 'Octopus.Proxy.ProxyUsername',
  pollingProxyDefault: 'Octopus.Server.Proxy.UseDefaultProxy',
  pollingProxyHost: 'Octopus.Server.Proxy.ProxyHost',
  pollingProxyPort: 'Octopus.Server.Proxy.ProxyPort',
  pollingProxyUser: 'Octopus.Server.Proxy.ProxyUsername',
} as const;

export type SettingKey = (typeof SETTING_KEYS)[keyof typeof SETTING_KEYS];

/** The values of a configuration as text, by their key. */
export type Settings = ReadonlyMap<SettingKey, string>;

const KEYS: ReadonlySet<string> = new Set(Object.values(SETTING_KEYS));

export function isSettingKey(key: string): key is SettingKey {
  return KEYS.has(key);
}

/** The environment variables that replace settings, with the setting of each. Those that hold secrets are not here. */
export const SETTING_VARIABLES: Readonly<Record<string, SettingKey>> = {
  OCTOPUS_HOME: SETTING_KEYS.home,
  OCTOPUS_USE_DEFAULT_PROXY: SETTING_KEYS.proxyDefault,
  OCTOPUS_PROXY_HOST: SETTING_KEYS.proxyHost,
  OCTOPUS_PROXY_PORT: SETTING_KEYS.proxyPort,
  OCTOPUS_PROXY_USER: SETTING_KEYS.proxyUser,
  TENTACLE_SERVICE_PORT: SETTING_KEYS.port,
  TENTACLE_LISTEN_IP: SETTING_KEYS.listenIp,
  TENTACLE_NO_LISTEN: SETTING_KEYS.noListen,
  TENTACLE_TRUSTED_SERVERS: SETTING_KEYS.servers,
  TENTACLE_APPLICATION_DIRECTORY: SETTING_KEYS.applications,
  TENTACLE_CERTIFICATE_THUMBPRINT: SETTING_KEYS.thumbprint,
  TENTACLE_POLLING_USE_DEFAULT_PROXY: SETTING_KEYS.pollingProxyDefault,
  TENTACLE_POLLING_CUSTOM_PROXY_USER: SETTING_KEYS.pollingProxyUser,
  TENTACLE_POLLING_CUSTOM_PROXY_HOST: SETTING_KEYS.pollingProxyHost,
  TENTACLE_POLLING_CUSTOM_PROXY_PORT: SETTING_KEYS.pollingProxyPort,
};

/** Tentacle reads those variables only where this one is `true`. */
export const CONTRIBUTION_VARIABLE = 'OCTOPUS_CONTRIBUTE_ENV_SETTINGS';
