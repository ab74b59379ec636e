/**
 * The commands of Tentacle and Octopus Server that steps may print, with the options that they may use: from `help
 * COMMAND` of Tentacle 9.2 and the reference of Octopus.Server.exe. `since`: the first version, where steps have to name it.
 */
interface ProductCommand {
  readonly options: readonly string[];
  readonly since?: string;
}

/** Options that every command of an instance has. */
export const INSTANCE_OPTIONS = ['instance'];

export const TENTACLE_COMMANDS: Readonly<Record<string, ProductCommand>> = {
  configure: { options: ['port', 'noListen', 'listenIpAddress', 'trust', 'remove-trust', 'pollingConnectionCount'] },
  'delete-instance': { options: [] },
  help: { options: [] },
  'import-certificate': { options: ['from-file', 'pfx-password'] },
  'list-instances': { options: [] },
  'new-certificate': { options: ['if-blank', 'export-file', 'export-pfx', 'pfx-password'] },
  'poll-server': {
    options: ['server', 'apiKey', 'bearerToken', 'server-comms-address', 'server-comms-port', 'server-web-socket'],
  },
  'polling-proxy': { options: ['proxyEnable', 'proxyUsername', 'proxyPassword', 'proxyHost', 'proxyPort'] },
  proxy: { options: ['proxyEnable', 'proxyUsername', 'proxyPassword', 'proxyHost', 'proxyPort'] },
  'register-with': {
    options: [
      'server',
      'apiKey',
      'bearerToken',
      'name',
      'environment',
      'role',
      'policy',
      'publicHostName',
      'force',
      'space',
      'comms-style',
      'proxy',
      'server-comms-address',
      'server-comms-port',
      'server-web-socket',
      'tentacle-comms-port',
    ],
  },
  'server-comms': { options: ['thumbprint', 'style', 'host', 'port', 'web-socket'] },
  service: {
    options: ['start', 'stop', 'restart', 'reconfigure', 'install', 'username', 'password', 'uninstall'],
  },
  'set-polling-connection-count': { options: ['pollingConnectionCount'], since: '9.2.4154' },
  'show-configuration': { options: ['file', 'space', 'server', 'apiKey'], since: '3.15.8' },
  'show-thumbprint': { options: ['export-file', 'format'] },
  version: { options: [] },
  watchdog: { options: ['create', 'delete', 'interval', 'instances'] },
  'update-trust': { options: ['oldThumbprint', 'newThumbprint'], since: '3.24.0' },
};

export const SERVER_COMMANDS: Readonly<Record<string, ProductCommand>> = {
  configure: {
    options: [
      'commsListenPort',
      'grpcListenPort',
      'commsListenWebSocket',
      'webListenPrefixes',
      'multiNodePollingTentaclesRedisConnectionString',
    ],
  },
  'export-certificate': { options: ['export-pfx', 'pfx-password', 'type'] },
  'import-certificate': { options: ['from-file', 'pfx-password'] },
  'list-instances': { options: [] },
  'new-certificate': { options: ['replace', 'export-file', 'export-pfx', 'pfx-password'] },
  node: { options: ['taskCap', 'drain'] },
  path: { options: ['clusterShared', 'executionsClusterShared', 'artifacts', 'taskLogs', 'nugetRepository'] },
  proxy: { options: ['proxyEnable', 'proxyUsername', 'proxyPassword', 'proxyHost', 'proxyPort'] },
  service: { options: ['start', 'stop', 'restart', 'reconfigure', 'install', 'uninstall'] },
  'show-configuration': { options: ['format', 'file', 'noconsolelogging'] },
  'show-thumbprint': { options: ['export-file', 'format'] },
};
