import {
  type Given,
  parseDuration,
  parseTarget,
  parseThumbprint,
  parseWhole,
  POLLING_PORT,
  shown,
  type Target,
  UsageError,
} from 'tentacle-protocol';
import { type CommonPlan, commonPlanOf } from '../common-plan.js';

/** The options of polling, checked and frozen. Plain JSON; no secrets. */
export interface PollPlan extends CommonPlan {
  /** What is polled. */
  readonly server: Target;
  /** `poll://...`; absent: one made of our thumbprint. */
  readonly subscription?: string;
  /** How many connections are kept up. */
  readonly connections: number;
  /** For one connection, from the name to the identities. */
  readonly timeoutUs: number;
  /** The server's; absent: any is accepted. */
  readonly thumbprint?: string;
}

/** Options that say where to listen and whom to answer: who polls connects, and is answered by the server. */
const OF_LISTENING = ['port', 'bind', 'trust', 'tls-min', 'record'] as const;

/** More than any Tentacle opens; a server holds each of them. */
const CONNECTIONS_MOST = 64;

/** The real Tentacle's own. */
const DEFAULT_TIMEOUT = '60s';

/**
 * Check the arguments of `tentacle-pong --poll`.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function pollPlanOf(words: readonly string[], given: Given): PollPlan {
  const server = parseTarget(given.one('poll') ?? '', POLLING_PORT);
  for (const option of OF_LISTENING) {
    if (given.all(option).length > 0)
      throw new UsageError(
        `--${option} is for listening, and with --poll nothing listens: it connects to the server; ${option === 'trust' ? 'to accept one server only, give --thumbprint' : `leave --${option} out`}`,
      );
  }
  const timeoutUs = parseDuration(given.one('timeout') ?? DEFAULT_TIMEOUT, '--timeout');
  if (timeoutUs === 0) throw new UsageError('--timeout 0 gives a connection no time; give at least 1ms');
  const subscription = given.one('subscription');
  const thumbprint = given.one('thumbprint');
  return Object.freeze({
    ...commonPlanOf(words, given),
    server: Object.freeze(server),
    ...(subscription === undefined ? {} : { subscription: subscriptionOf(subscription) }),
    connections: parseWhole(given.one('connections') ?? '1', '--connections', 1, CONNECTIONS_MOST),
    timeoutUs,
    ...(thumbprint === undefined ? {} : { thumbprint: thumbprintOf(thumbprint) }),
  });
}

/** As Octopus shows it, or the id alone. */
function subscriptionOf(text: string): string {
  const [, id] = /^(?:poll:\/\/)?([A-Za-z0-9._-]{1,100})\/?$/.exec(text) ?? [];
  if (id === undefined)
    throw new UsageError(`--subscription ${shown(text)} is none; write it as poll://abcdefghij0123456789/`);
  return `poll://${id}/`;
}

function thumbprintOf(text: string): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`--thumbprint ${shown(text)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
