import { type Given, parseDuration, shown, UsageError } from 'tentacle-protocol';
import { defaultFromUs } from '../measurements/idle/probe-points.js';

/** What `--idle` asks for. */
export interface IdleMode {
  readonly kind: 'idle';
  readonly fromUs: number;
  readonly toUs: number;
  /** Below it nothing is tried, where it was given: then it is a bound, and not only where to begin. */
  readonly floorUs: number;
}

/** Beyond the ten minutes for which Octopus keeps connections, and the usual limits of devices. */
const DEFAULT_TO = '15m';

/** Options that say how attempts follow one another, or what they do, which here is said already. */
const NOT_WITH: readonly (readonly [option: string, why: string])[] = [
  ['count', 'the ladder makes as many connections as it needs'],
  ['interval', 'the ladder says itself when to connect'],
  ['rate', 'the ladder says itself when to connect'],
  ['duration', 'the ladder ends by itself; --deadline stops it earlier'],
  ['warmup', 'the ladder says itself when to connect'],
  ['concurrency', 'the ladder has as many connections at a time as it needs'],
  ['reuse', 'each connection of the ladder is kept in any case'],
];

/** `--idle`, `--idle MAX`, `--idle MIN..MAX`; undefined without. @throws UsageError */
export function idleModeOf(given: Given): IdleMode | undefined {
  const text = given.one('idle');
  if (text === undefined) return undefined;
  for (const [option, why] of NOT_WITH) {
    if (given.has(option) || given.one(option) !== undefined)
      throw new UsageError(`--idle and --${option} do not go together: ${why}`);
  }
  const level = given.one('level');
  if (level === 'tls' || level === 'identity')
    throw new UsageError(`--idle needs calls, to see whether a connection still works; leave --level ${level} away`);
  const parts = (text === '' ? DEFAULT_TO : text).split('..');
  const [low, high] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 2 || high === undefined || high === '' || low === '') throw notTimes(text);
  const toUs = timeOf(high, text);
  const fromUs = low === undefined ? defaultFromUs(toUs) : timeOf(low, text);
  if (fromUs > toUs) throw new UsageError(`--idle ${shown(text)} begins after its end; write the shorter time first`);
  return { kind: 'idle', fromUs, toUs, floorUs: low === undefined ? 0 : fromUs };
}

function timeOf(part: string, text: string): number {
  // A host that took the place of the value is said to be none, with where it belongs.
  if (!/^\d/.test(part.trim())) throw notTimes(text);
  const us = parseDuration(part, '--idle');
  if (us < SHORTEST_US) throw new UsageError(`--idle ${shown(text)} is too short to be idle; give at least 50ms`);
  return us;
}

/** A busy machine's timers are late by this much. */
const SHORTEST_US = 50_000;

function notTimes(text: string): UsageError {
  return new UsageError(
    `--idle ${shown(text)} is no time; write --idle 5m or --idle 30s..5m, and the host before it: tentacle-ping HOST --idle`,
  );
}
