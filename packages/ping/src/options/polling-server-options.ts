import {
  omitUndefined,
  parseAddress,
  parseDuration,
  type ParsedOptions,
  parseSubscription,
  parseThumbprintOption,
  parseWhole,
  POLLING_PORT,
  quote,
  UsageError,
} from 'tentacle-protocol/cli';

/** The options of `tentacle-ping listen`, checked and frozen. Plain JSON. */
export interface PollingServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Absent: all addresses of IPv4 and IPv6. */
  readonly bind?: string;
  /** Thumbprints of polling clients to serve. Empty: any client, also without a certificate. */
  readonly trust: readonly string[];
  /** The subscription that receives calls, from the start. Absent: every subscription, from its first poll. */
  readonly subscription?: string;
  /** Calls for each subscription. Absent: no limit. */
  readonly count?: number;
  /** From one call of a subscription to the next. */
  readonly intervalUs: number;
  /** How long a call may wait until a client collects it. */
  readonly collectTimeoutUs: number;
  /** How long a call may take once it is collected. */
  readonly timeoutUs: number;
  /** After this time without work, the client receives a null message. */
  readonly keepAliveUs: number;
  /** Connections of one subscription at a time. Absent: no limit. */
  readonly maxConnections?: number;
  /** Absent: until stopped, or the count is reached. */
  readonly deadlineUs?: number;
}

/** The same as for the other direction. */
const DEFAULT_INTERVAL = '500ms';
const DEFAULT_TIMEOUT = '10s';

/** An Octopus Server's own: how long a request may wait to be collected, and how often an idle client hears from it. */
const DEFAULT_COLLECT_TIMEOUT = '2m';
const DEFAULT_KEEP_ALIVE = '30s';

/**
 * The checked options.
 * @throws UsageError with one line: what is wrong and what to use instead.
 */
export function parsePollingServerOptions(
  positionals: readonly string[],
  options: ParsedOptions,
): PollingServerOptions {
  const [port, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`listen takes one port and no host; leave out ${quote(more.join(' '))}`);
  const [bind, count, deadline] = [options.value('bind'), options.value('count'), options.value('deadline')];
  const [subscription, maxConnections] = [options.value('subscription'), options.value('max-connections')];
  const duration = (option: string, defaultText: string): number => {
    const us = parseDuration(options.value(option) ?? defaultText, `--${option}`);
    if (us === 0) throw new UsageError(`--${option}: 0 leaves no time; use at least 1ms`);
    return us;
  };
  return Object.freeze({
    port: port === undefined ? POLLING_PORT : portOf(port),
    trust: Object.freeze([...new Set(options.all('trust').map((text) => parseThumbprintOption(text, '--trust')))]),
    intervalUs: parseDuration(options.value('interval') ?? DEFAULT_INTERVAL, '--interval'),
    collectTimeoutUs: duration('collect-timeout', DEFAULT_COLLECT_TIMEOUT),
    timeoutUs: duration('timeout', DEFAULT_TIMEOUT),
    keepAliveUs: duration('keep-alive', DEFAULT_KEEP_ALIVE),
    ...omitUndefined({
      bind: bind === undefined ? undefined : parseAddress(bind, '--bind', "one of this machine's, such as 127.0.0.1"),
      subscription: subscription === undefined ? undefined : parseSubscription(subscription),
      count: count === undefined ? undefined : parseWhole(count, '--count', 1, Number.MAX_SAFE_INTEGER),
      maxConnections:
        maxConnections === undefined
          ? undefined
          : parseWhole(maxConnections, '--max-connections', 1, Number.MAX_SAFE_INTEGER),
      deadlineUs: deadline === undefined ? undefined : parseDuration(deadline, '--deadline'),
    }),
  });
}

/** A host in place of the port usually means that the other direction was intended. */
function portOf(text: string): number {
  if (!/^-?\d/.test(text))
    throw new UsageError(
      `listen: ${quote(text)} is not a port; use a number from 0 to 65535, or leave out listen to ping a host`,
    );
  return parseWhole(text, 'listen', 0, 65_535);
}
