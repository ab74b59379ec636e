/** Keys of results whose values are names of hosts. */
export const HOST_KEYS: ReadonlySet<string> = new Set([
  ...['host', 'hostname', 'serverName', 'proxyHost', 'names', 'altNames', 'dnsNames', 'subjectAltNames', 'machineName'],
  ...['requestedName', 'nameServers', 'canonicalName'],
]);

/** Keys whose values are names of people and accounts. */
export const USER_KEYS: ReadonlySet<string> = new Set(['user', 'username', 'account']);

/** Keys whose values are names of files. */
export const FILE_KEYS: ReadonlySet<string> = new Set(['file', 'targetsFile', 'configFile', 'bundleFile']);

/** Keys whose values name an organization or a person, as a whole. */
export const NAME_KEYS: ReadonlySet<string> = new Set(['subject', 'issuer']);

/** Keys whose values are ids, numbers or times of the programs themselves. */
export const KEPT_KEYS: ReadonlySet<string> = new Set([
  ...['schema', 'id', 'tool', 'version', 'kind', 'mode', 'level', 'stage', 'outcome', 'histogram', 'status', 'result'],
  ...['ending', 'closedBy', 'who', 'code', 'syscall', 'tlsVersion', 'cipher', 'shownAt', 'failurePattern', 'use'],
  ...['startedAt', 'endedAt', 'firstAt', 'lastAt', 'failedAt', 'fromAt', 'toAt', 'notBefore', 'notAfter', 'platform'],
  ...['signatureAlgorithm', 'keyType', 'direction', 'why', 'pongVersion', 'activityId', 'connectionId'],
]);

/** Hosts of documentation, which steps name. */
export const KEPT_HOSTS: ReadonlySet<string> = new Set([
  ...['localhost', 'octopus.com', 'www.octopus.com', 'github.com', 'learn.microsoft.com', 'nodejs.org'],
]);

/** Addresses that say nothing of a machine: loopback, and "all addresses". */
export const KEPT_ADDRESSES = /^(?:127(?:\.\d+){3}|0\.0\.0\.0|255\.255\.255\.\d+|::1?)$/;

/** Folders that every installation has. */
export const KEPT_PATHS =
  /^(?:[a-z]:\\(?:Octopus\\|Program Files|ProgramData\\Octopus|Windows\\)|\/(?:api|bin|dev|etc|opt\/octopus|proc|sbin|sys|usr|var\/log)\/)/i;

/** Words that texts of the programs use. A host of this name is replaced where it is clearly meant. */
export const COMMON_WORDS: ReadonlySet<string> = new Set([
  ...['a', 'address', 'admin', 'administrator', 'all', 'any', 'attempt', 'certificate', 'check', 'client', 'cloud'],
  ...['connection', 'default', 'dns', 'domain', 'env', 'error', 'example', 'firewall', 'gateway', 'halibut', 'home'],
  ...['host', 'http', 'https', 'identity', 'in', 'internal', 'invalid', 'ip', 'it', 'linux', 'listen', 'local'],
  ...['localdomain', 'localhost', 'log', 'machine', 'main', 'name', 'network', 'no', 'node', 'none', 'octopus', 'of'],
  ...['ok', 'on', 'path', 'peer', 'ping', 'poll', 'polling', 'pong', 'port', 'portal', 'process', 'proxy', 'root'],
  ...['router', 'rpc', 'server', 'service', 'system', 'target', 'tcp', 'tentacle', 'test', 'that', 'the', 'this'],
  ...['time', 'tls', 'to', 'total', 'unknown', 'user', 'web', 'windows', 'with', 'you', 'your'],
  ...['tentacle-ping', 'tentacle-pong'],
]);
