import { dirname, isAbsolute, join } from 'node:path';
import { quote } from '../text/sanitize.js';
import type { FilePosition } from './file-position.js';
import { CURVES, TLS12_SUITES, TLS13_SUITES, TLS_VERSIONS } from './go-tls-names.js';
import { type PlacedEntry, PlacedYaml } from './placed-yaml.js';

/** How a port is protected: the content of a file in the format of Prometheus' --web.config.file. */
export interface WebConfig {
  /** Absent: no TLS. */
  readonly tls?: WebTlsConfig;
  /** Hashes of passwords, by user. Empty: no user is required. */
  readonly users: ReadonlyMap<string, string>;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which client certificates are requested, required and verified, by Go's names. */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** TLS of a port: files, and what is offered. */
export interface WebTlsConfig {
  /** Where it is in the file, for errors of its files. */
  readonly at: FilePosition;
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientAuthType: ClientAuthType;
  readonly clientCaFile?: string;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL's names. Absent: those of the runtime. */
  readonly ciphers?: string;
  readonly prefersOwnCiphers: boolean;
  readonly curves?: string;
}

type TlsVersion = (typeof TLS_VERSIONS)[keyof typeof TLS_VERSIONS];

/** A port without a file. */
export const OPEN: WebConfig = { users: new Map(), headers: {} };

const TLS_KEYS = [
  'cert_file',
  'key_file',
  'client_auth_type',
  'client_ca_file',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
];

/** The headers that Prometheus lets a file set. */
const HEADERS = [
  'Content-Security-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'X-Frame-Options',
  'X-XSS-Protection',
];

/** A hash of bcrypt: version, cost, salt and digest. */
const BCRYPT_HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Each step doubles the time of a comparison: with 15, one takes seconds. The tool htpasswd uses 5, others 10 or 12. */
const COST_MIN = 4;
const COST_MAX = 14;

/** A file is written by hand; one user is a Prometheus or a person. */
const USERS_MAX = 100;

/** Parses the file. @param file its path: paths in it are relative to its folder. @throws UsageError with line and column. */
export function parseWebConfig(text: string, file: string): WebConfig {
  return new WebConfigReader(new PlacedYaml(text, file), dirname(file)).read();
}

class WebConfigReader {
  readonly #yaml: PlacedYaml;
  readonly #folder: string;

  constructor(yaml: PlacedYaml, folder: string) {
    this.#yaml = yaml;
    this.#folder = folder;
  }

  read(): WebConfig {
    const sections = this.#keys(this.#yaml.root, 'the file', [
      'tls_server_config',
      'http_server_config',
      'basic_auth_users',
    ]);
    const tls = sections.get('tls_server_config');
    return {
      ...(tls === undefined ? {} : { tls: this.#tls(tls) }),
      users: this.#users(sections.get('basic_auth_users')?.value),
      headers: this.#http(sections.get('http_server_config')?.value),
    };
  }

  #tls({ value: node, at }: PlacedEntry): WebTlsConfig {
    const keys = this.#keys(node, 'tls_server_config', TLS_KEYS);
    const path = (key: string): string | undefined => {
      const entry = keys.get(key);
      const text = entry === undefined ? '' : this.#yaml.text(entry.value, `${key} is the path of a file`);
      return text === '' ? undefined : isAbsolute(text) ? text : join(this.#folder, text);
    };
    const required = (key: string): string => {
      const found = path(key);
      if (found === undefined) throw this.#yaml.error(node, `tls_server_config needs ${key}`);
      return found;
    };
    const clientAuthType = this.#choice(keys.get('client_auth_type'), CLIENT_AUTH_TYPES, 'NoClientCert');
    const clientCaFile = path('client_ca_file');
    const verifies = clientAuthType === 'VerifyClientCertIfGiven' || clientAuthType === 'RequireAndVerifyClientCert';
    if (verifies && clientCaFile === undefined)
      throw this.#yaml.error(keys.get('client_auth_type')?.value, `${clientAuthType} needs client_ca_file`);
    if (!verifies && clientCaFile !== undefined)
      throw this.#yaml.error(
        keys.get('client_ca_file')?.value,
        'client_ca_file has no effect; set client_auth_type to RequireAndVerifyClientCert',
      );
    const version = (key: string, otherwise: keyof typeof TLS_VERSIONS): TlsVersion =>
      TLS_VERSIONS[this.#choice(keys.get(key), ['TLS12', 'TLS13'] as const, otherwise)];
    const minVersion = version('min_version', 'TLS12');
    const maxVersion = version('max_version', 'TLS13');
    if (minVersion > maxVersion) throw this.#yaml.error(keys.get('max_version')?.value, 'this is below min_version');
    const ciphers = this.#names(keys.get('cipher_suites'), {
      ...TLS12_SUITES,
      ...Object.fromEntries(TLS13_SUITES.map((name) => [name, name])),
    });
    const curves = this.#names(keys.get('curve_preferences'), CURVES);
    return {
      at,
      certFile: required('cert_file'),
      keyFile: required('key_file'),
      clientAuthType,
      ...(clientCaFile === undefined ? {} : { clientCaFile }),
      minVersion,
      maxVersion,
      ...(ciphers.length === 0 ? {} : { ciphers: [...new Set([...TLS13_SUITES, ...ciphers])].join(':') }),
      prefersOwnCiphers: this.#choice(keys.get('prefer_server_cipher_suites'), ['true', 'false'], 'true') === 'true',
      ...(curves.length === 0 ? {} : { curves: curves.join(':') }),
    };
  }

  #http(node: unknown): WebConfig['headers'] {
    const keys = this.#keys(node, 'http_server_config', ['http2', 'headers']);
    // Prometheus and browsers use HTTP/1.1 with any server that offers nothing else.
    const http2 = keys.get('http2');
    if (http2 !== undefined && this.#choice(http2, ['true', 'false'], 'false') === 'true')
      throw this.#yaml.error(http2.value, 'this port has HTTP/1.1 only; write false, or leave out http2');
    const headers = this.#keys(keys.get('headers')?.value, 'headers', HEADERS);
    return Object.fromEntries(
      [...headers].map(([name, { value }]) => {
        const text = this.#yaml.text(value, `${name} is a text`);
        if (!/^[\x20-\x7e]*$/.test(text)) throw this.#yaml.error(value, `${name} has printable ASCII characters only`);
        return [name, text];
      }),
    );
  }

  #users(node: unknown): Map<string, string> {
    const entries = this.#yaml.entries(node, 'basic_auth_users');
    if (entries.length > USERS_MAX) throw this.#yaml.error(node, `more than ${USERS_MAX} users`);
    return new Map(
      entries.map(({ key, value }) => {
        const hash = this.#yaml.text(value, 'a user has one hash');
        const cost = Number(BCRYPT_HASH.exec(hash)?.[1]);
        if (key === '' || key.includes(':'))
          throw this.#yaml.error(value, 'the name of a user is not empty, and has no colon');
        if (Number.isNaN(cost))
          throw this.#yaml.error(value, 'this is not a hash of bcrypt; create one with htpasswd -nBC 10 USER');
        if (cost < COST_MIN || cost > COST_MAX)
          throw this.#yaml.error(value, `the cost of this hash is ${cost}; use ${COST_MIN} to ${COST_MAX}`);
        return [key, hash];
      }),
    );
  }

  #keys(node: unknown, name: string, known: readonly string[]): Map<string, PlacedEntry> {
    return new Map(
      this.#yaml.entries(node, name).map((entry) => {
        if (!known.includes(entry.key)) throw this.#yaml.unknownKey(entry, known);
        return [entry.key, entry];
      }),
    );
  }

  #choice<Name extends string>(entry: PlacedEntry | undefined, names: readonly Name[], otherwise: NoInfer<Name>): Name {
    if (entry === undefined) return otherwise;
    const problem = `${entry.key} is one of ${names.join(', ')}`;
    const text = this.#yaml.text(entry.value, problem);
    const name = text === '' ? otherwise : names.find((one) => one === text);
    if (name === undefined) throw this.#yaml.error(entry.value, problem);
    return name;
  }

  /** A list of Go's names, as OpenSSL's. */
  #names(entry: PlacedEntry | undefined, known: Readonly<Record<string, string>>): string[] {
    if (entry === undefined) return [];
    return this.#yaml.list(entry.value, `${entry.key} is a list of names`).map(({ text, node }) => {
      const name = Object.hasOwn(known, text) ? known[text] : undefined;
      if (name === undefined)
        throw this.#yaml.error(node, `${quote(text)} is not supported; use ${Object.keys(known).join(', ')}`);
      return name;
    });
  }
}
