import { type HostileResult, PING_TIMEOUT_MS } from './hostile/run-hostile-listener.js';
import type { AttackResult } from './run-attack.js';

/** Half of what a small virtual machine has. */
const RSS_MAX_BYTES = 400_000_000;

/** A longer block would be seen in the times that a healthy ping measures. */
const BLOCK_MAX_US = 100_000;

/** The median of a healthy ping, against its median without the attack. */
const P50_RATIO_MAX = 3;

/** A day of them is a gigabyte or two. */
const LOG_LINES_PER_SECOND_MAX = 100;

/** Returns the bounds that an attack broke; empty: none. */
export function brokenGoals(result: AttackResult): string[] {
  const { ping, peakRssBytes = 0, longestBlockUs, logLinesPerSecond = 0, account } = result;
  return [
    ping.ok < ping.sent || ping.sent === 0
      ? `${ping.sent - ping.ok} of ${ping.sent} healthy attempts failed`
      : undefined,
    ratioOf(result) < P50_RATIO_MAX ? undefined : `p50 ${ratioOf(result).toFixed(1)} times the quiet one`,
    peakRssBytes < RSS_MAX_BYTES ? undefined : `RSS ${(peakRssBytes / 1e6).toFixed(0)} MB`,
    longestBlockUs < BLOCK_MAX_US ? undefined : `event loop blocked for ${(longestBlockUs / 1000).toFixed(0)} ms`,
    logLinesPerSecond < LOG_LINES_PER_SECOND_MAX ? undefined : `${logLinesPerSecond.toFixed(0)} log lines/s`,
    ...(account === undefined ? ['pong did not stop'] : account.differences),
  ].filter((text) => text !== undefined);
}

/** Returns the median of the healthy ping during the attack, as a multiple of that before it. */
export function ratioOf({ ping, quietPing }: AttackResult): number {
  return ping.p50Us / quietPing.p50Us;
}

/** Attempts with their timeouts, a look at the page with its own, and a start on a busy machine. */
const MEASURE_MAX_MS = 2 * (PING_TIMEOUT_MS + 3000) + 5000;

/** A diagnosis opens about ten connections, one after the other. */
const DIAGNOSE_MAX_MS = 10 * PING_TIMEOUT_MS + 10_000;

/** Returns the bounds that a hostile listener made ping break; empty: none. */
export function brokenByListener({ command, durationMs, peakRssBytes = 0, status, outcomes }: HostileResult): string[] {
  const maxMs = command === 'measure' ? MEASURE_MAX_MS : DIAGNOSE_MAX_MS;
  return [
    durationMs < maxMs ? undefined : `ended after ${(durationMs / 1000).toFixed(1)} s`,
    peakRssBytes < RSS_MAX_BYTES ? undefined : `RSS ${(peakRssBytes / 1e6).toFixed(0)} MB`,
    status === 1 ? undefined : `exit status ${status ?? 'of a signal'}`,
    outcomes.length > 0 && !outcomes.includes('ok') ? undefined : 'no failure was reported',
    outcomes.includes('internal.bug') ? 'internal.bug' : undefined,
  ].filter((text) => text !== undefined);
}
