import { type Given, parseDuration, parseWhole, shown, UsageError } from 'tentacle-protocol';
import { scheduledAfterUs, type Pace } from './session/schedule.js';

/** The original's pace, and that of Octopus's own retries within a factor of two: slow enough to disturb nobody. */
const DEFAULT_INTERVAL = '500ms';

/** A process has file handles for some thousand sockets (ulimit -n is 1,024 on many systems), and a Tentacle's host no more. */
const CONCURRENCY_MOST = 1000;

/** Nothing here goes faster: a round trip on loopback takes longer than 10 us. */
const RATE_MOST = 100_000;

/** As the options for pacing say. `otherwise` is what a command means where an option is not given. */
export function paceOf(
  given: Given,
  otherwise: { readonly count?: number; readonly interval?: string; readonly concurrency?: number } = {},
): Pace {
  const count = given.one('count');
  const rate = given.one('rate');
  const duration = given.one('duration');
  if (rate !== undefined && given.one('interval') !== undefined)
    throw new UsageError('--rate and --interval both say when attempts start; give one of them');
  const durationUs = duration === undefined ? undefined : parseDuration(duration, '--duration');
  if (durationUs === 0) throw new UsageError('--duration 0 leaves time for nothing; give at least 1ms');
  const perSecond = rate === undefined ? undefined : rateOf(rate);
  const counted =
    count === undefined
      ? durationUs === undefined
        ? otherwise.count
        : undefined
      : parseWhole(count, '--count', 1, Number.MAX_SAFE_INTEGER);
  return {
    ...(counted === undefined ? {} : { count: counted }),
    ...(durationUs === undefined ? {} : { durationUs }),
    warmup: parseWhole(given.one('warmup') ?? '0', '--warmup', 0, 1_000_000),
    ...(perSecond === undefined
      ? { intervalUs: parseDuration(given.one('interval') ?? otherwise.interval ?? DEFAULT_INTERVAL, '--interval') }
      : { intervalUs: scheduledAfterUs(1, perSecond), perSecond }),
    concurrency: parseWhole(
      given.one('concurrency') ?? String(otherwise.concurrency ?? 1),
      '--concurrency',
      1,
      CONCURRENCY_MOST,
    ),
  };
}

/** `50/s`, `0.5/s`, `30/m`; a bare number is a second's. */
function rateOf(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text.trim());
  const perSecond = Number(parts?.[1]) / ({ s: 1, m: 60, h: 3600 }[parts?.[2] ?? 's'] ?? Number.NaN);
  if (Number.isNaN(perSecond))
    throw new UsageError(`--rate ${shown(text)} is no rate; write it as 50/s, 0.5/s or 30/m`);
  if (perSecond === 0) throw new UsageError('--rate 0 makes no attempt at all; give a rate such as 10/s');
  if (perSecond > RATE_MOST)
    throw new UsageError(`--rate ${shown(text)} is more than ${RATE_MOST}/s; give a lower one`);
  return perSecond;
}
