import {
  omitUndefined,
  type ParsedOptions,
  parseDuration,
  parseTarget,
  parseSubscription,
  parseThumbprintOption,
  parseWhole,
  POLLING_PORT,
  type Target,
  UsageError,
} from 'tentacle-protocol/cli';
import { LIMIT_OPTIONS } from './limit-options.js';
import { TRANSFER_LIMIT_OPTIONS } from './transfer-limit-options.js';
import { type SharedOptions, parseSharedOptions } from './shared-options.js';

/** The options of polling, checked and frozen. Plain JSON; no secrets. */
export interface PollOptions extends SharedOptions {
  /** The server to poll. */
  readonly server: Target;
  /** `poll://ID/`; absent: one derived from the own thumbprint. */
  readonly subscription?: string;
  /** Connections to keep open. */
  readonly connections: number;
  /** Time limit for one connection, from name resolution to the identities. */
  readonly timeoutUs: number;
  /** The server's thumbprint; absent: any server is accepted. */
  readonly thumbprint?: string;
}

/** Options that have an effect only when listening. */
const LISTENING_OPTIONS = [
  'port',
  'bind',
  'trust',
  'tls-min',
  'record',
  'record-max',
  ...Object.keys(LIMIT_OPTIONS),
  ...Object.keys(TRANSFER_LIMIT_OPTIONS),
];

/** More than any Tentacle opens; each of them occupies the server. */
const CONNECTIONS_MAX = 64;

/** The same as the real Tentacle's. */
const DEFAULT_TIMEOUT = '60s';

/**
 * The checked options of `tentacle-pong --poll`.
 * @throws UsageError with one line: what is wrong and what to use instead.
 */
export function parsePollOptions(positionals: readonly string[], options: ParsedOptions): PollOptions {
  const server = parseTarget(options.value('poll') ?? '', POLLING_PORT);
  for (const option of LISTENING_OPTIONS) {
    if (options.all(option).length > 0)
      throw new UsageError(
        `--${option} is for listening, and has no effect with --poll; ${option === 'trust' ? 'to accept only one server, use --thumbprint' : 'leave it out'}`,
      );
  }
  const timeoutUs = parseDuration(options.value('timeout') ?? DEFAULT_TIMEOUT, '--timeout');
  if (timeoutUs === 0) throw new UsageError('--timeout: 0 leaves no time for a connection; use at least 1ms');
  const subscription = options.value('subscription');
  const thumbprint = options.value('thumbprint');
  return Object.freeze({
    ...parseSharedOptions(positionals, options),
    server: Object.freeze(server),
    connections: parseWhole(options.value('connections') ?? '1', '--connections', 1, CONNECTIONS_MAX),
    timeoutUs,
    ...omitUndefined({
      subscription: subscription === undefined ? undefined : parseSubscription(subscription),
      thumbprint: thumbprint === undefined ? undefined : parseThumbprintOption(thumbprint, '--thumbprint'),
    }),
  });
}
