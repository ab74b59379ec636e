import { isIP } from 'node:net';
import {
  type Given,
  parseThumbprint,
  parseWhole,
  shown,
  type TlsFloor,
  tlsFloorOf,
  UsageError,
} from 'tentacle-protocol';
import { type CommonPlan, commonPlanOf } from './common-plan.js';

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface Plan extends CommonPlan {
  /** 0: any free one. */
  readonly port: number;
  /** Absent: all addresses of IPv4 and IPv6. */
  readonly bind?: string;
  /** Empty: everybody, with a certificate or without. */
  readonly trust: readonly string[];
  /** The oldest TLS that is taken. */
  readonly tlsMin: TlsFloor;
  /** Where every connection is written down. */
  readonly recordFile?: string;
}

/** Options that say whom to poll and how. */
const OF_POLLING = ['subscription', 'connections', 'timeout', 'thumbprint', 'proxy', 'proxy-password-file'] as const;

/** A listening Tentacle's port unless it is changed. */
const DEFAULT_PORT = '10933';

/**
 * Check the arguments.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function planOf(words: readonly string[], given: Given): Plan {
  for (const option of OF_POLLING) {
    if (given.all(option).length > 0)
      throw new UsageError(`--${option} is for polling, as in tentacle-pong --poll octopus01; leave it out to listen`);
  }
  const bind = given.one('bind');
  const recordFile = given.one('record');
  return Object.freeze({
    port: parseWhole(given.one('port') ?? DEFAULT_PORT, '--port', 0, 65_535),
    ...(bind === undefined ? {} : { bind: addressOf(bind) }),
    trust: Object.freeze([...new Set(given.all('trust').map(trustedThumbprint))]),
    tlsMin: tlsFloorOf(given),
    ...(recordFile === undefined ? {} : { recordFile }),
    ...commonPlanOf(words, given),
  });
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
