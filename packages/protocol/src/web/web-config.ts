import { dirname } from 'node:path';
import { PlacedKeys } from './placed-keys.js';
import { PlacedYaml } from './placed-yaml.js';
import type { RequestRate } from './request-limit.js';
import { readTlsConfig, TLS_KEYS, type WebTlsConfig } from './web-tls-config.js';

/** How a port is protected: the content of a file in the format of Prometheus' --web.config.file. */
export interface WebConfig {
  /** Absent: no TLS. */
  readonly tls?: WebTlsConfig;
  /** Hashes of passwords, by user. Empty: no user is required. */
  readonly users: ReadonlyMap<string, string>;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: any number of requests. */
  readonly requestRate?: RequestRate;
}

/** A port without a file. */
export const OPEN: WebConfig = { users: new Map(), headers: {} };

const SECTIONS = ['tls_server_config', 'http_server_config', 'basic_auth_users', 'rate_limit'];

/** The headers that Prometheus lets a file set, with their values; empty: any text. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'Content-Security-Policy': [],
  'Strict-Transport-Security': [],
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': [],
};

/** A hash of bcrypt: version, cost, salt and digest. */
const BCRYPT_HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Each step doubles the time of a comparison: with 15, one takes seconds. The tool htpasswd uses 5, others 10 or 12. */
const COST_MIN = 4;
const COST_MAX = 14;

/** A file is written by hand; one user is a Prometheus or a person. */
const USERS_MAX = 100;

/** More at once are as good as no limit. */
const BURST_MAX = 1_000_000;

/** Go's durations: one or more numbers with units. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
const UNIT_US = { ns: 0.001, us: 1, µs: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6 } as const;

/** Parses the file. @param file its path: paths in it are relative to its folder. @throws UsageError with line and column. */
export function parseWebConfig(text: string, file: string): WebConfig {
  const yaml = new PlacedYaml(text, file);
  const sections = new PlacedKeys(yaml, yaml.root, 'the file', SECTIONS);
  const section = (name: string, known: readonly string[]): PlacedKeys =>
    new PlacedKeys(yaml, sections.value(name), name, known);
  const requestRate = readRate(section('rate_limit', ['interval', 'burst']));
  const users = readUsers(yaml, sections.value('basic_auth_users'));
  const headers = readHttp(yaml, section('http_server_config', ['http2', 'headers']));
  const name = 'tls_server_config';
  return {
    ...(sections.has(name) ? { tls: readTlsConfig(section(name, TLS_KEYS), sections.at(name), dirname(file)) } : {}),
    users,
    headers,
    ...(requestRate === undefined ? {} : { requestRate }),
  };
}

function readHttp(yaml: PlacedYaml, keys: PlacedKeys): WebConfig['headers'] {
  // Checked, and without effect: this port has HTTP/1.1 only, and clients of HTTP/2 agree on it in the handshake.
  keys.flag('http2', true);
  const headers = new PlacedKeys(yaml, keys.value('headers'), 'headers', Object.keys(HEADERS));
  return Object.fromEntries(
    headers.names.flatMap((name) => {
      const values = HEADERS[name] ?? [];
      const text = headers.text(name, 'a text');
      // Blank is unset.
      if (text === undefined) return [];
      if (values.length > 0) headers.choice(name, values, '');
      if (!/^[\x20-\x7e]*$/.test(text)) throw headers.error(name, `${name} has printable ASCII characters only`);
      return [[name, text]];
    }),
  );
}

function readUsers(yaml: PlacedYaml, node: unknown): Map<string, string> {
  const entries = yaml.entries(node, 'basic_auth_users');
  if (entries.length > USERS_MAX) throw yaml.error(node, `more than ${USERS_MAX} users`);
  return new Map(
    entries.map(({ key, value }) => {
      const hash = yaml.text(value, 'a user has one hash');
      const cost = Number(BCRYPT_HASH.exec(hash)?.[1]);
      if (key === '' || key.includes(':')) throw yaml.error(value, 'the name of a user is not empty, and has no colon');
      if (Number.isNaN(cost))
        throw yaml.error(value, 'this is not a hash of bcrypt; create one with htpasswd -nBC 10 USER');
      if (cost < COST_MIN || cost > COST_MAX)
        throw yaml.error(value, `the cost of this hash is ${cost}; use ${COST_MIN} to ${COST_MAX}`);
      return [key, hash];
    }),
  );
}

/** With an interval of 0, any number of requests is answered. */
function readRate(keys: PlacedKeys): RequestRate | undefined {
  const intervalUs = durationUs(keys.text('interval', 'a duration such as 100ms') ?? '0');
  if (intervalUs === undefined) throw keys.error('interval', 'interval is a duration such as 100ms');
  const burst = Number(/^\d{1,7}$/.exec(keys.text('burst', 'a whole number') ?? '0')?.[0]);
  if (!(burst <= BURST_MAX)) throw keys.error('burst', `burst is a whole number, at most ${BURST_MAX}`);
  if (intervalUs === 0) return undefined;
  if (burst === 0) throw keys.error('burst', 'burst is at least 1; with 0, no request is answered');
  return { intervalUs, burst };
}

function durationUs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * UNIT_US[unit as keyof typeof UNIT_US],
    0,
  );
}
