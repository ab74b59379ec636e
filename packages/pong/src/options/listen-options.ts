import { type MinTlsVersion } from 'tentacle-protocol';
import {
  omitUndefined,
  parseAddress,
  parseRecordMax,
  type ParsedOptions,
  parseThumbprintOption,
  parseWhole,
  minTlsVersionOf,
  UsageError,
} from 'tentacle-protocol/cli';
import { type GivenLimits, parseLimitOptions } from './limit-options.js';
import { type GivenTransferLimits, parseTransferLimits } from './transfer-limit-options.js';
import { type SharedOptions, parseSharedOptions } from './shared-options.js';

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface ListenOptions extends SharedOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Absent: all addresses of IPv4 and IPv6. */
  readonly bind?: string;
  /** Thumbprints of clients to serve. Empty: any client, also without a certificate. */
  readonly trust: readonly string[];
  /** The oldest TLS version that is accepted. */
  readonly tlsMin: MinTlsVersion;
  /** The limits that replace the defaults. */
  readonly limits: GivenLimits;
  readonly transferLimits: GivenTransferLimits;
  /** The file that every connection is appended to. */
  readonly recordFile?: string;
  /** The size that this file may reach, in bytes. */
  readonly recordMaxBytes: number;
}

/** Options that have an effect only with `--poll`. */
const POLLING_OPTIONS = [
  'subscription',
  'connections',
  'timeout',
  'thumbprint',
  'proxy',
  'proxy-password-file',
] as const;

/** The default port of a listening Tentacle. */
const DEFAULT_PORT = '10933';

/**
 * The checked options of `tentacle-pong` that listens.
 * @throws UsageError with one line: what is wrong and what to use instead.
 */
export function parseListenOptions(positionals: readonly string[], options: ParsedOptions): ListenOptions {
  for (const option of POLLING_OPTIONS) {
    if (options.all(option).length > 0)
      throw new UsageError(
        `--${option} is for polling; use it with --poll, as in tentacle-pong --poll octopus01, or leave it out to listen`,
      );
  }
  const bind = options.value('bind');
  const recordFile = options.value('record');
  return Object.freeze({
    port: parseWhole(options.value('port') ?? DEFAULT_PORT, '--port', 0, 65_535),
    trust: Object.freeze([...new Set(options.all('trust').map((text) => parseThumbprintOption(text, '--trust')))]),
    tlsMin: minTlsVersionOf(options),
    recordMaxBytes: parseRecordMax(options),
    limits: parseLimitOptions(options),
    transferLimits: parseTransferLimits(options),
    ...omitUndefined({
      bind: bind === undefined ? undefined : parseAddress(bind, '--bind', "one of this machine's, such as 127.0.0.1"),
      recordFile,
    }),
    ...parseSharedOptions(positionals, options),
  });
}
