import { isAbsolute, join } from 'node:path';
import type { FilePosition } from './file-position.js';
import { CURVES, TLS12_SUITES, TLS13_SUITES, TLS_VERSIONS } from './go-tls-names.js';
import type { PlacedKeys } from './placed-keys.js';

/** Which client certificates are requested, required and verified, by Go's names. */
const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** Certificates or a key in PEM format: in a file, or in the configuration itself. */
export type PemSource = { readonly file: string } | { readonly pem: string };

/** TLS of a port: files, and what is offered. */
export interface WebTlsConfig {
  /** Where it is in the file, for errors of its files. */
  readonly at: FilePosition;
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientAuthType: ClientAuthType;
  readonly clientCa?: PemSource;
  /** A client's certificate has at least one of these names. Absent: any name. */
  readonly clientNames?: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL's names. Absent: those of the runtime. */
  readonly ciphers?: string;
  readonly prefersOwnCiphers: boolean;
  readonly curves?: string;
}

type TlsVersion = (typeof TLS_VERSIONS)[keyof typeof TLS_VERSIONS];

/** The keys of `tls_server_config`. */
export const TLS_KEYS = [
  'cert',
  'key',
  'client_ca',
  'cert_file',
  'key_file',
  'client_auth_type',
  'client_ca_file',
  'client_allowed_sans',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
];

/** Each is a name or address of a host, or a person's address. */
const CLIENT_NAMES_MAX = 1000;

/** Reads `tls_server_config`. @param folder of relative paths. @throws UsageError */
export function readTlsConfig(keys: PlacedKeys, at: FilePosition, folder: string): WebTlsConfig {
  const required = (name: string): PemSource => {
    const source = pemSource(keys, name, folder);
    if (source === undefined) throw keys.missing(`${name}_file`);
    return source;
  };
  const [minVersion, maxVersion] = versions(keys);
  const ciphers = keys.translated('cipher_suites', {
    ...TLS12_SUITES,
    ...Object.fromEntries(TLS13_SUITES.map((name) => [name, name])),
  });
  const curves = keys.translated('curve_preferences', CURVES);
  return {
    at,
    cert: required('cert'),
    key: required('key'),
    ...readClients(keys, folder),
    minVersion,
    maxVersion,
    ...(ciphers.length === 0 ? {} : { ciphers: [...new Set([...TLS13_SUITES, ...ciphers])].join(':') }),
    prefersOwnCiphers: keys.flag('prefer_server_cipher_suites', true),
    ...(curves.length === 0 ? {} : { curves: curves.join(':') }),
  };
}

/** `NAME_file`, or the text of `NAME`. */
function pemSource(keys: PlacedKeys, name: string, folder: string): PemSource | undefined {
  const pem = keys.text(name, 'text in PEM format');
  const file = keys.text(`${name}_file`, 'the path of a file');
  if (pem !== undefined && file !== undefined) throw keys.error(name, `use ${name} or ${name}_file, not both`);
  if (pem !== undefined) return { pem };
  return file === undefined ? undefined : { file: isAbsolute(file) ? file : join(folder, file) };
}

function readClients(
  keys: PlacedKeys,
  folder: string,
): Pick<WebTlsConfig, 'clientAuthType' | 'clientCa' | 'clientNames'> {
  const clientAuthType = readClientAuthType(keys);
  const clientCa = pemSource(keys, 'client_ca', folder);
  const verifies = clientAuthType === 'VerifyClientCertIfGiven' || clientAuthType === 'RequireAndVerifyClientCert';
  if (verifies && clientCa === undefined)
    throw keys.error('client_auth_type', `${clientAuthType} needs client_ca_file`);
  if (!verifies && clientCa !== undefined) {
    const name = keys.has('client_ca_file') ? 'client_ca_file' : 'client_ca';
    throw keys.error(name, `${name} has no effect; set client_auth_type to RequireAndVerifyClientCert`);
  }
  const clientNames = readClientNames(keys, clientAuthType);
  return {
    clientAuthType,
    ...(clientCa === undefined ? {} : { clientCa }),
    ...(clientNames === undefined ? {} : { clientNames }),
  };
}

function readClientAuthType(keys: PlacedKeys): ClientAuthType {
  // The former name of one, which Prometheus still reads.
  const name = keys.choice('client_auth_type', [...CLIENT_AUTH_TYPES, 'RequireClientCert'], 'NoClientCert');
  return name === 'RequireClientCert' ? 'RequireAnyClientCert' : name;
}

/** With any other type, a client writes the names into its certificate itself, or leaves the certificate out. */
function readClientNames(keys: PlacedKeys, clientAuthType: ClientAuthType): string[] | undefined {
  const key = 'client_allowed_sans';
  if (!keys.has(key)) return undefined;
  const names = keys.list(key, 'names').map(({ text }) => text);
  if (clientAuthType !== 'RequireAndVerifyClientCert')
    throw keys.error(key, `${key} needs client_auth_type RequireAndVerifyClientCert`);
  if (names.length === 0 || names.includes(''))
    throw keys.error(key, `${key} lists names of clients; without a name in it, remove the key`);
  if (names.length > CLIENT_NAMES_MAX) throw keys.error(key, `more than ${CLIENT_NAMES_MAX} names`);
  return names;
}

function versions(keys: PlacedKeys): readonly [TlsVersion, TlsVersion] {
  // OpenSSL, as Node.js has it, offers no older version.
  const version = (key: string, otherwise: keyof typeof TLS_VERSIONS): TlsVersion =>
    TLS_VERSIONS[keys.choice(key, ['TLS12', 'TLS13'] as const, otherwise)];
  const both = [version('min_version', 'TLS12'), version('max_version', 'TLS13')] as const;
  if (both[0] > both[1]) throw keys.error('max_version', 'this is below min_version');
  return both;
}
