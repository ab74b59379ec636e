import { isIP } from 'node:net';
import {
  type Family,
  type Given,
  parseDuration,
  parsePublicKey,
  parseTarget,
  parseThumbprint,
  type ProxyChoice,
  shown,
  type Target,
  type TlsFloor,
  tlsFloorOf,
  UsageError,
} from 'tentacle-protocol';
import { type IdleMode, idleModeOf } from './idle/idle-options.js';
import { dataModeOf, type SizesMode, type TransferMode } from './data/data-options.js';
import { paceOf } from './pace.js';
import type { Pace } from './session/schedule.js';

/** How far an attempt goes. `auto`: as far as the peer lets it. */
export const LEVELS = ['tls', 'identity', 'capabilities', 'echo'] as const;
export type Level = (typeof LEVELS)[number];

/** What an attempt does once it is connected. */
export type Mode = { readonly kind: 'round-trips' } | IdleMode | TransferMode | SizesMode;

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface PlainPlan extends Pace {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly timeoutUs: number;
  /** Absent: none. */
  readonly deadlineUs?: number;
  readonly reuse: boolean;
  /** Absent: as the system orders them. */
  readonly family?: Family;
  /** Connect there, under the host's name and without looking it up. */
  readonly address?: string;
  /** The name to ask for in TLS (SNI); empty: none. Absent: the host. */
  readonly serverName?: string;
  /** Absent: any certificate is accepted. */
  readonly thumbprint?: string;
  /** The public key by which pong must attest: 64 upper-case hex digits. Absent: any, trusted at first sight. */
  readonly pongKey?: string;
  /** The oldest TLS that is offered. */
  readonly tlsMin: TlsFloor;
  readonly level: 'auto' | Level;
}

/** The options, and whether they and the environment lead through a proxy, whose password prints as `***`. */
export interface Plan extends PlainPlan {
  readonly way?: ProxyChoice;
}

/** The plan as reports hold it. */
export function plainPlan(plan: Plan): PlainPlan {
  const { way: _, ...plain } = plan;
  return plain;
}

/** A sixth of Octopus's own 60 s: a path that needs longer is broken for its users. */
const DEFAULT_TIMEOUT = '10s';

/**
 * Check the arguments of a command with one host.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function planOf(words: readonly string[], given: Given): Plan {
  // First: a host behind --idle or --sizes is taken for its time or its list.
  idleModeOf(given);
  const data = dataModeOf(given);
  const [word, ...more] = words;
  if (word === undefined)
    throw new UsageError('which host? tentacle-ping HOST[:PORT], as in tentacle-ping web01:10933');
  if (more.length > 0) throw new UsageError(`one host at a time: what is ${shown(more.join(' '))}?`);
  return planFor(parseTarget(word), given, paceOf(given, data === undefined ? {} : { count: 1 }));
}

/**
 * The plan for one of the hosts that were given, by options that are the same for all of them.
 * @throws UsageError
 */
export function planFor(target: Target, given: Given, pace: Pace): Plan {
  const timeoutUs = durationOf(given, 'timeout', DEFAULT_TIMEOUT);
  if (timeoutUs === 0) throw new UsageError('--timeout 0 gives an attempt no time; give at least 1ms');
  const deadline = given.one('deadline');
  const thumbprint = given.one('thumbprint');
  return Object.freeze({
    ...target,
    mode: idleModeOf(given) ?? dataModeOf(given) ?? ({ kind: 'round-trips' } as const),
    ...pace,
    timeoutUs,
    ...(deadline === undefined ? {} : { deadlineUs: durationOf(given, 'deadline', deadline) }),
    reuse: given.has('reuse'),
    ...addressOf(given),
    ...serverNameOf(given),
    ...(thumbprint === undefined ? {} : { thumbprint: thumbprintOf(thumbprint) }),
    ...pongKeyOf(given),
    tlsMin: tlsFloorOf(given),
    level: levelOf(given.one('level') ?? 'auto'),
  });
}

function durationOf(given: Given, option: string, otherwise: string): number {
  return parseDuration(given.one(option) ?? otherwise, `--${option}`);
}

function addressOf(given: Given): Pick<Plan, 'family' | 'address'> {
  const address = given.one('address');
  const family = given.has('4') ? 4 : given.has('6') ? 6 : undefined;
  if (given.has('4') && given.has('6'))
    throw new UsageError('-4 and -6 exclude each other; give one of them, or neither');
  if (address === undefined) return family === undefined ? {} : { family };
  const bare = /^\[(.*)\]$/.exec(address)?.[1] ?? address;
  if (isIP(bare) === 0) throw new UsageError(`--address ${shown(address)} is no IP address; write it as 192.0.2.10`);
  if (family !== undefined) throw new UsageError(`--address says where to connect, so leave -${family} away`);
  return { address: bare };
}

/** Longer ones do not exist (RFC 1035); Node takes what it is given. */
const SERVER_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,251}[\p{L}\p{N}_])?$/u;

function serverNameOf(given: Given): Pick<Plan, 'serverName'> {
  const name = given.one('servername');
  if (given.has('no-sni')) {
    if (name !== undefined) throw new UsageError('--no-sni and --servername exclude each other; give one of them');
    return { serverName: '' };
  }
  if (name === undefined) return {};
  if (isIP(name) !== 0) throw new UsageError(`--servername ${shown(name)} is an address; TLS asks for names only`);
  if (!SERVER_NAME.test(name)) throw new UsageError(`--servername ${shown(name)} is no host name`);
  return { serverName: name };
}

function pongKeyOf(given: Given): Pick<Plan, 'pongKey'> {
  const text = given.one('pong-key');
  if (text === undefined) return {};
  const level = given.one('level') ?? 'auto';
  if (level !== 'auto') {
    throw new UsageError(
      `--pong-key is checked where --level is auto, which measures as far as echo; leave --level ${shown(level)} away`,
    );
  }
  try {
    return { pongKey: parsePublicKey(text) };
  } catch (error) {
    throw new UsageError(`--pong-key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function levelOf(text: string): 'auto' | Level {
  const level = (['auto', ...LEVELS] as const).find((name) => name === text);
  if (level === undefined) throw new UsageError(`--level ${shown(text)} is none; give auto, ${LEVELS.join(', ')}`);
  return level;
}

/** @throws UsageError */
export function thumbprintOf(text: string, option = '--thumbprint'): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
