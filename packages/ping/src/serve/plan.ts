import { isIP } from 'node:net';
import {
  type Given,
  parseDuration,
  parseThumbprint,
  parseWhole,
  POLLING_PORT,
  shown,
  UsageError,
} from 'tentacle-protocol';

/** The options of `tentacle-ping --listen`, checked and frozen. Plain JSON. */
export interface ServePlan {
  /** 0: any free one. */
  readonly port: number;
  /** Absent: all addresses of IPv4 and IPv6. */
  readonly bind?: string;
  /** Thumbprints of pollers to serve. Empty: everybody's, and those who come without a certificate. */
  readonly trust: readonly string[];
  /** For whom calls are queued, and from the beginning. Absent: for everybody, from when he first polls. */
  readonly subscription?: string;
  /** How many calls each subscription gets. Absent: without end. */
  readonly count?: number;
  /** From one call of a subscription to the next. */
  readonly intervalUs: number;
  /** How long a call may wait for a poller. */
  readonly collectTimeoutUs: number;
  /** How long a call may take from then on. */
  readonly timeoutUs: number;
  /** After how long without work a poller is told so. */
  readonly keepAliveUs: number;
  /** Connections of one subscription at a time. Absent: no limit. */
  readonly maxConnections?: number;
  /** Absent: until stopped, or the count is reached. */
  readonly deadlineUs?: number;
}

/** As the other pings. */
const DEFAULT_INTERVAL = '500ms';
const DEFAULT_TIMEOUT = '10s';

/** A server's own: how long a request may wait to be collected, and after how long it says that there is no work. */
const DEFAULT_COLLECT_TIMEOUT = '2m';
const DEFAULT_KEEP_ALIVE = '30s';

/**
 * Check the arguments.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function servePlanOf(words: readonly string[], given: Given): ServePlan {
  if (words.length > 0)
    throw new UsageError(
      `--listen waits for pollers and takes no host: what is ${shown(words.join(' '))}? To ping a host, leave --listen away`,
    );
  const [bind, count, deadline] = [given.one('bind'), given.one('count'), given.one('deadline')];
  const [subscription, maxConnections] = [given.one('subscription'), given.one('max-connections')];
  const port = given.one('listen');
  const span = (option: string, otherwise: string): number => {
    const us = parseDuration(given.one(option) ?? otherwise, `--${option}`);
    if (us === 0) throw new UsageError(`--${option} 0 leaves no time; give at least 1ms`);
    return us;
  };
  return Object.freeze({
    port: port === undefined || port === '' ? POLLING_PORT : parseWhole(port, '--listen', 0, 65_535),
    ...(bind === undefined ? {} : { bind: addressOf(bind) }),
    trust: Object.freeze([...new Set(given.all('trust').map(trustedThumbprint))]),
    ...(subscription === undefined ? {} : { subscription: subscriptionOf(subscription) }),
    ...(count === undefined ? {} : { count: parseWhole(count, '--count', 1, Number.MAX_SAFE_INTEGER) }),
    intervalUs: parseDuration(given.one('interval') ?? DEFAULT_INTERVAL, '--interval'),
    collectTimeoutUs: span('collect-timeout', DEFAULT_COLLECT_TIMEOUT),
    timeoutUs: span('timeout', DEFAULT_TIMEOUT),
    keepAliveUs: span('keep-alive', DEFAULT_KEEP_ALIVE),
    ...(maxConnections === undefined
      ? {}
      : { maxConnections: parseWhole(maxConnections, '--max-connections', 1, Number.MAX_SAFE_INTEGER) }),
    ...(deadline === undefined ? {} : { deadlineUs: parseDuration(deadline, '--deadline') }),
  });
}

function addressOf(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(bare) === 0)
    throw new UsageError(`--bind ${shown(text)} is no IP address; give one of this host's, as in --bind 127.0.0.1`);
  return bare;
}

function trustedThumbprint(text: string): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`--trust ${shown(text)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function subscriptionOf(text: string): string {
  const [, id] = /^(?:poll:\/\/)?([A-Za-z0-9._-]{1,100})\/?$/.exec(text) ?? [];
  if (id === undefined)
    throw new UsageError(`--subscription ${shown(text)} is none; write it as poll://abcdefghij0123456789/`);
  return `poll://${id}/`;
}
