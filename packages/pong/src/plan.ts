import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Given, parseDuration, parseThumbprint, parseWhole, shown, UsageError } from 'tentacle-protocol';

/** What may be logged at least, in pino's words. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface Plan {
  /** 0: any free one. */
  readonly port: number;
  /** Absent: all addresses of IPv4 and IPv6. */
  readonly bind?: string;
  /** Empty: everybody, with a certificate or without. */
  readonly trust: readonly string[];
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly pfxFile?: string;
  readonly passphraseFile?: string;
  /** Absent: until stopped. */
  readonly forUs?: number;
  readonly logLevel: LogLevel;
  readonly json: boolean;
}

/** A listening Tentacle's port unless it is changed. */
const DEFAULT_PORT = '10933';

/**
 * Check the arguments.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function planOf(words: readonly string[], given: Given): Plan {
  if (words.length > 0) {
    throw new UsageError(
      `what is ${shown(words.join(' '))}? tentacle-pong takes options only, as in tentacle-pong --port 10934`,
    );
  }
  const bind = given.one('bind');
  const duration = given.one('for');
  return Object.freeze({
    port: parseWhole(given.one('port') ?? DEFAULT_PORT, '--port', 0, 65_535),
    ...(bind === undefined ? {} : { bind: addressOf(bind) }),
    trust: Object.freeze([...new Set(given.all('trust').map(trustedThumbprint))]),
    ...file(given, 'cert', 'certFile'),
    ...file(given, 'key', 'keyFile'),
    ...file(given, 'pfx', 'pfxFile'),
    ...file(given, 'passphrase-file', 'passphraseFile'),
    ...(duration === undefined ? {} : { forUs: spanOf(duration) }),
    logLevel: levelOf(given.one('log-level') ?? 'info'),
    json: given.has('json'),
  });
}

function file<Key extends string>(given: Given, option: string, key: Key): Readonly<Partial<Record<Key, string>>> {
  const name = given.one(option);
  return (name === undefined ? {} : { [key]: name }) as Readonly<Partial<Record<Key, string>>>;
}

function addressOf(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(bare) === 0) {
    throw new UsageError(`--bind ${shown(text)} is no IP address; give one of this host's, as in --bind 127.0.0.1`);
  }
  return bare;
}

function trustedThumbprint(text: string): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`--trust ${shown(text)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function spanOf(text: string): number {
  const us = parseDuration(text, '--for');
  if (us === 0)
    throw new UsageError('--for 0 would end before anybody comes; give a time such as 10m, or leave --for away');
  return us;
}

function levelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text);
  if (level === undefined) throw new UsageError(`--log-level ${shown(text)} is none; give ${LOG_LEVELS.join(', ')}`);
  return level;
}

/** This package's version, from its own package.json. */
export function ownVersion(): string {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return own.version;
}
