import { type ParsedOptions, parseDuration, quote, UsageError } from 'tentacle-protocol/cli';

/** A search for the idle time after which a connection is dead. */
export interface IdleMode {
  readonly kind: 'idle';
  readonly fromUs: number;
  readonly toUs: number;
  /** No shorter time is tried. 0 when the option has no lower bound: then `fromUs` is only where to begin. */
  readonly floorUs: number;
}

/** Beyond the ten minutes for which Octopus keeps connections, and beyond the usual limits of network devices. */
const DEFAULT_TO = '15m';

/** Options that the search sets itself, each with the reason. */
const NOT_WITH: readonly (readonly [option: string, reason: string])[] = [
  ['count', 'the search opens as many connections as it needs'],
  ['interval', 'the search decides when to connect'],
  ['rate', 'the search decides when to connect'],
  ['duration', 'the search ends by itself; use --deadline to stop it earlier'],
  ['warmup', 'the search needs no warm-up'],
  ['concurrency', 'the search keeps as many connections open as it needs'],
  ['reuse', 'each connection of the search is kept open'],
];

/** The idle times to try, from `--idle`, `--idle MAX` or `--idle MIN..MAX`; undefined without it. @throws UsageError */
export function parseIdleMode(options: ParsedOptions): IdleMode | undefined {
  const text = options.value('idle');
  if (text === undefined) return undefined;
  for (const [option, reason] of NOT_WITH) {
    if (options.flag(option) || options.value(option) !== undefined)
      throw new UsageError(`--idle and --${option} exclude each other: ${reason}`);
  }
  const level = options.value('level');
  if (level === 'tls' || level === 'identity')
    throw new UsageError(`--idle requires calls to test whether a connection still works; leave out --level ${level}`);
  const parts = (text === '' ? DEFAULT_TO : text).split('..');
  const [low, high] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 2 || high === undefined || high === '' || low === '') throw notTimes(text);
  const toUs = timeOf(high, text);
  const fromUs = low === undefined ? defaultFromUs(toUs) : timeOf(low, text);
  if (fromUs > toUs) throw new UsageError(`--idle: ${quote(text)} is in the wrong order; write the shorter time first`);
  return { kind: 'idle', fromUs, toUs, floorUs: low === undefined ? 0 : fromUs };
}

function timeOf(part: string, text: string): number {
  // A host after an --idle without a value is read as its value: the error says where the host belongs.
  if (!/^\d/.test(part.trim())) throw notTimes(text);
  const us = parseDuration(part, '--idle');
  if (us < SHORTEST_US) throw new UsageError(`--idle: ${quote(text)} is too short to count as idle; use at least 50ms`);
  return us;
}

/** Timers of a busy machine can be late by this much. */
const SHORTEST_US = 50_000;

function notTimes(text: string): UsageError {
  return new UsageError(
    `--idle: ${quote(text)} is not a duration; use --idle 5m or --idle 30s..5m, and put the host before it: tentacle-ping HOST --idle`,
  );
}

/** The shortest idle time where no lower bound is given: no device has a shorter limit; or some steps below a short upper bound. */
export function defaultFromUs(toUs: number): number {
  return Math.min(5_000_000, Math.ceil(toUs / 16));
}
