import { omitUndefined, type ParsedOptions, parseDuration, parseWhole, quote, UsageError } from 'tentacle-protocol/cli';

/** The interval of the original TentaclePing, and within a factor of two that of Octopus's retries: slow enough to disturb no peer. */
const DEFAULT_INTERVAL = '500ms';

/** A process can open about a thousand sockets (ulimit -n is 1,024 on many systems), and a Tentacle's host no more. */
const CONCURRENCY_MAX = 1000;

/** No run is faster: a round trip on loopback takes longer than 10 us. */
const RATE_MAX = 100_000;

/** The load profile that the options request. @param defaults a command's own. @throws UsageError */
export function parseLoadProfile(
  options: ParsedOptions,
  defaults: { readonly count?: number; readonly interval?: string; readonly concurrency?: number } = {},
): LoadProfile {
  const count = options.value('count');
  const rate = options.value('rate');
  const duration = options.value('duration');
  if (rate !== undefined && options.value('interval') !== undefined)
    throw new UsageError('--rate and --interval exclude each other: both set when attempts start; use one of them');
  const durationUs = duration === undefined ? undefined : parseDuration(duration, '--duration');
  if (durationUs === 0) throw new UsageError('--duration: 0 leaves no time for an attempt; use at least 1ms');
  const perSecond = rate === undefined ? undefined : rateOf(rate);
  const attempts =
    count === undefined
      ? durationUs === undefined
        ? defaults.count
        : undefined
      : parseWhole(count, '--count', 1, Number.MAX_SAFE_INTEGER);
  return {
    ...omitUndefined({ count: attempts, durationUs, perSecond }),
    warmup: parseWhole(options.value('warmup') ?? '0', '--warmup', 0, 1_000_000),
    intervalUs:
      perSecond === undefined
        ? parseDuration(options.value('interval') ?? defaults.interval ?? DEFAULT_INTERVAL, '--interval')
        : scheduledAfterUs(1, perSecond),
    concurrency: parseWhole(
      options.value('concurrency') ?? String(defaults.concurrency ?? 1),
      '--concurrency',
      1,
      CONCURRENCY_MAX,
    ),
  };
}

/** Attempts per second from `50/s`, `0.5/s`, `30/m`; a plain number is per second. */
function rateOf(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text.trim());
  const perSecond = Number(parts?.[1]) / ({ s: 1, m: 60, h: 3600 }[parts?.[2] ?? 's'] ?? Number.NaN);
  if (Number.isNaN(perSecond))
    throw new UsageError(`--rate: ${quote(text)} is not a rate; use a value such as 50/s, 0.5/s or 30/m`);
  if (perSecond === 0) throw new UsageError('--rate: 0 starts no attempt; use a rate such as 10/s');
  if (perSecond > RATE_MAX) throw new UsageError(`--rate: ${quote(text)} is out of range; use at most ${RATE_MAX}/s`);
  return perSecond;
}

/** When attempts are due, and how many may run at a time. Plain data. */
export interface LoadProfile {
  /** Absent: unlimited. */
  readonly count?: number;
  /** For how long attempts become due; those that are due by then are started, however late. Absent: unlimited. */
  readonly durationUs?: number;
  /** Warm-up attempts, on the same schedule, excluded from the results. */
  readonly warmup: number;
  /** From one scheduled time to the next; 0: each attempt starts when one before it has ended (closed loop). */
  readonly intervalUs: number;
  /** Scheduled times are fixed at this rate, whatever happens to the attempts (open loop); it overrides the interval. */
  readonly perSecond?: number;
  /** The most attempts that run at a time. */
  readonly concurrency: number;
}

/** When the attempt with this index (from 0) is due, from the start: multiplied, so that errors do not add up. */
export function scheduledAfterUs(index: number, perSecond: number): number {
  return Math.round((index * 1_000_000) / perSecond);
}
