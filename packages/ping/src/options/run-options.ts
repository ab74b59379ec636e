import { isIP } from 'node:net';
import { type Family, type MinTlsVersion } from 'tentacle-protocol';
import {
  omitUndefined,
  parseAddress,
  type ParsedOptions,
  parseDuration,
  parseTarget,
  parseThumbprintOption,
  type ProxyChoice,
  quote,
  type Target,
  minTlsVersionOf,
  UsageError,
} from 'tentacle-protocol/cli';
import { parsePublicKey } from 'tentacle-protocol/diagnostics';
import { type IdleMode, parseIdleMode } from './idle-options.js';
import { parseDataMode, type SizesMode, type TransferMode } from './data-options.js';
import { type LoadProfile, parseLoadProfile } from './load-profile.js';

/** The last stage of an attempt. `auto`: as far as the peer allows. */
export const LEVELS = ['tls', 'identity', 'capabilities', 'echo'] as const;
export type Level = (typeof LEVELS)[number];

/** What an attempt does on its connection. */
export type Mode = { readonly kind: 'round-trips' } | IdleMode | TransferMode | SizesMode;

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface BaseOptions extends LoadProfile {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly timeoutUs: number;
  /** Absent: none. */
  readonly deadlineUs?: number;
  readonly reuse: boolean;
  /** Absent: in the system's order. */
  readonly family?: Family;
  /** Connect to this address under the host's name, without resolving it. */
  readonly address?: string;
  /** The name to request in TLS (SNI); empty: none. Absent: the host. */
  readonly serverName?: string;
  /** Absent: any certificate is accepted. */
  readonly thumbprint?: string;
  /** The public key that pong must attest with: 64 upper-case hex digits. Absent: any, trusted on first use. */
  readonly pongKey?: string;
  /** The oldest TLS version that is offered. */
  readonly tlsMin: MinTlsVersion;
  readonly level: 'auto' | Level;
}

/** The options with the proxy to connect through, if any; its password prints as `***`. */
export interface RunOptions extends BaseOptions {
  readonly proxyChoice?: ProxyChoice;
}

/** The part of the options that reports contain. */
export function reportedOptions(options: RunOptions): BaseOptions {
  const { proxyChoice: _, ...plain } = options;
  return plain;
}

/** A sixth of Octopus's own 60 s: a path that needs longer does not work for its users. */
const DEFAULT_TIMEOUT = '10s';

/**
 * The checked options of a command with one host.
 * @throws UsageError with one line: what is wrong and what to use instead.
 */
export function parseRunOptions(
  positionals: readonly string[],
  parsed: ParsedOptions,
  command = 'tentacle-ping',
): RunOptions {
  // First, because a host behind --idle or --sizes is read as its value.
  parseIdleMode(parsed);
  const data = parseDataMode(parsed);
  const [word, ...more] = positionals;
  if (word === undefined)
    throw new UsageError(`a host is missing; use ${command} HOST[:PORT], as in ${command} web01:10933`);
  if (more.length > 0) throw new UsageError(`only one host can be used here; leave out ${quote(more.join(' '))}`);
  return runOptionsFor(parseTarget(word), parsed, parseLoadProfile(parsed, data === undefined ? {} : { count: 1 }));
}

/**
 * The options of a run for one host; where there are several, they differ in nothing else.
 * @throws UsageError
 */
export function runOptionsFor(target: Target, parsed: ParsedOptions, loadProfile: LoadProfile): RunOptions {
  const timeoutUs = durationOf(parsed, 'timeout', DEFAULT_TIMEOUT);
  if (timeoutUs === 0) throw new UsageError('--timeout: 0 leaves no time for an attempt; use at least 1ms');
  const deadline = parsed.value('deadline');
  const thumbprint = parsed.value('thumbprint');
  return Object.freeze({
    ...target,
    mode: parseIdleMode(parsed) ?? parseDataMode(parsed) ?? ({ kind: 'round-trips' } as const),
    ...loadProfile,
    timeoutUs,
    ...omitUndefined({
      deadlineUs: deadline === undefined ? undefined : parseDuration(deadline, '--deadline'),
      serverName: serverNameOf(parsed),
      thumbprint: thumbprint === undefined ? undefined : parseThumbprintOption(thumbprint, '--thumbprint'),
      pongKey: pongKeyOf(parsed),
    }),
    reuse: parsed.flag('reuse'),
    ...addressOf(parsed),
    tlsMin: minTlsVersionOf(parsed),
    level: levelOf(parsed.value('level') ?? 'auto'),
  });
}

function durationOf(parsed: ParsedOptions, option: string, otherwise: string): number {
  return parseDuration(parsed.value(option) ?? otherwise, `--${option}`);
}

function addressOf(parsed: ParsedOptions): Pick<RunOptions, 'family' | 'address'> {
  const address = parsed.value('address');
  const family = parsed.flag('4') ? 4 : parsed.flag('6') ? 6 : undefined;
  if (parsed.flag('4') && parsed.flag('6'))
    throw new UsageError('-4 and -6 exclude each other; use one of them, or neither');
  if (address === undefined) return omitUndefined({ family });
  const bare = parseAddress(address, '--address', 'an address such as 192.0.2.10');
  if (family !== undefined) throw new UsageError(`-${family} has no effect with --address; leave it out`);
  return { address: bare };
}

/** DNS does not allow longer names (RFC 1035), and Node does not check. */
const SERVER_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,251}[\p{L}\p{N}_])?$/u;

function serverNameOf(parsed: ParsedOptions): string | undefined {
  const name = parsed.value('servername');
  if (parsed.flag('no-sni')) {
    if (name !== undefined) throw new UsageError('--no-sni and --servername exclude each other; use one of them');
    return '';
  }
  if (name === undefined) return undefined;
  if (isIP(name) !== 0)
    throw new UsageError(
      `--servername: ${quote(name)} is an address; use a name, because SNI does not allow addresses`,
    );
  if (!SERVER_NAME.test(name))
    throw new UsageError(`--servername: ${quote(name)} is not a host name; use a name such as web01.example.com`);
  return name;
}

function pongKeyOf(parsed: ParsedOptions): string | undefined {
  const text = parsed.value('pong-key');
  if (text === undefined) return undefined;
  const level = parsed.value('level') ?? 'auto';
  if (level !== 'auto') {
    throw new UsageError(
      `--pong-key requires --level auto, which also measures up to echo; leave out --level ${quote(level)}`,
    );
  }
  try {
    return parsePublicKey(text);
  } catch (error) {
    throw new UsageError(`--pong-key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function levelOf(text: string): 'auto' | Level {
  const level = (['auto', ...LEVELS] as const).find((name) => name === text);
  if (level === undefined)
    throw new UsageError(`--level: ${quote(text)} is not a level; use auto, ${LEVELS.join(', ')}`);
  return level;
}
