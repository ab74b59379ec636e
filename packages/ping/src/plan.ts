import {
  type Family,
  type Given,
  parseDuration,
  parseThumbprint,
  parseWhole,
  type ProxyChoice,
  shown,
  UsageError,
} from 'tentacle-protocol';
import { parseTarget } from './target.js';

/** How far an attempt goes. `auto`: as far as the peer lets it. */
export const LEVELS = ['tls', 'identity', 'capabilities', 'echo'] as const;
export type Level = (typeof LEVELS)[number];

/** The options, checked and frozen. Plain JSON; no secrets. */
export interface PlainPlan {
  readonly host: string;
  readonly port: number;
  /** Absent: until stopped. */
  readonly count?: number;
  readonly intervalUs: number;
  readonly timeoutUs: number;
  /** Absent: none. */
  readonly deadlineUs?: number;
  readonly reuse: boolean;
  /** Absent: as the system orders them. */
  readonly family?: Family;
  /** Absent: any certificate is accepted. */
  readonly thumbprint?: string;
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

/** The original's pace, and that of Octopus's own retries within a factor of two: slow enough to disturb nobody. */
const DEFAULT_INTERVAL = '500ms';

/** A sixth of Octopus's own 60 s: a path that needs longer is broken for its users. */
const DEFAULT_TIMEOUT = '10s';

/**
 * Check the arguments.
 * @throws UsageError that says in one line what is wrong and what would be right.
 */
export function planOf(words: readonly string[], given: Given): Plan {
  const [word, ...more] = words;
  if (word === undefined)
    throw new UsageError('which host? tentacle-ping HOST[:PORT], as in tentacle-ping web01:10933');
  if (more.length > 0) throw new UsageError(`one host at a time: what is ${shown(more.join(' '))}?`);
  const timeoutUs = durationOf(given, 'timeout', DEFAULT_TIMEOUT);
  if (timeoutUs === 0) throw new UsageError('--timeout 0 gives an attempt no time; give at least 1ms');
  const deadlineUs = given.one('deadline');
  if (given.has('4') && given.has('6'))
    throw new UsageError('-4 and -6 exclude each other; give one of them, or neither');
  const count = given.one('count');
  const thumbprint = given.one('thumbprint');
  return Object.freeze({
    ...parseTarget(word),
    ...(count === undefined ? {} : { count: parseWhole(count, '--count', 1, Number.MAX_SAFE_INTEGER) }),
    intervalUs: durationOf(given, 'interval', DEFAULT_INTERVAL),
    timeoutUs,
    ...(deadlineUs === undefined ? {} : { deadlineUs: durationOf(given, 'deadline', deadlineUs) }),
    reuse: given.has('reuse'),
    ...(given.has('4') ? { family: 4 as const } : given.has('6') ? { family: 6 as const } : {}),
    ...(thumbprint === undefined ? {} : { thumbprint: thumbprintOf(thumbprint) }),
    level: levelOf(given.one('level') ?? 'auto'),
  });
}

function durationOf(given: Given, option: string, otherwise: string): number {
  return parseDuration(given.one(option) ?? otherwise, `--${option}`);
}

function levelOf(text: string): 'auto' | Level {
  const level = (['auto', ...LEVELS] as const).find((name) => name === text);
  if (level === undefined) throw new UsageError(`--level ${shown(text)} is none; give auto, ${LEVELS.join(', ')}`);
  return level;
}

function thumbprintOf(text: string): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`--thumbprint: ${error instanceof Error ? error.message : String(error)}`);
  }
}
