/** The number of times that were longer by a step that only a retransmission causes. */
export interface Loss {
  readonly slow: number;
  readonly of: number;
  /** The median of these steps. */
  readonly byUs: number;
}

/** With fewer, a few slow ones are chance. */
const TIMES_MIN = 10;

/**
 * A lost packet of a connection request is sent again after 1 s (Linux, Windows now) or 3 s (Windows before), then doubled;
 * from Linux 6.5 on, each second for the first four times.
 */
const SYN_STEPS_US = [1_000_000, 2_000_000, 3_000_000, 4_000_000, 7_000_000];

/** Linux retransmits data after 200 ms at the earliest, Windows after 300 ms; the time doubles each time. */
const DATA_STEPS_US = [200_000, 600_000, 1_400_000];

/** Two stalls of exactly this length do not occur by chance; one does, on a busy machine. */
const SYN_STEPS_MIN = 2;

/**
 * A time this close to a step is taken for it without a faster one to compare with. No path on Earth has a round trip of a
 * second; a path that is merely slow does not have the same one to within a tenth each time.
 */
const STEP_TOLERANCE = 0.1;

/** Three of a hundred: a path whose loss affects Octopus. */
const SHARE_MIN = 0.03;
const DATA_STEPS_MIN = 3;

/**
 * Whether every connection took as long as a system waits before it sends its first packet again: then none is fast, to compare
 * with. Returns the median time.
 */
export function findFirstPacketLoss(connecting: readonly number[]): { of: number; byUs: number } | undefined {
  const sorted = [...connecting].sort((a, b) => a - b);
  const isLate = (us: number): boolean =>
    SYN_STEPS_US.some((step) => us >= step * 0.99 && us <= step * (1 + STEP_TOLERANCE));
  if (sorted.length < SYN_STEPS_MIN || !sorted.every(isLate)) return undefined;
  return { of: sorted.length, byUs: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}

/**
 * Whether a stage's times show lost packets: a few of them later than the fast ones by the time after which a packet is
 * sent again, and next to none between. A path with jitter has no such gap, a slow one no such step.
 * @param connecting the times of connecting: their minimum is the round trip, by which every wait is longer.
 */
export function findLoss(
  stage: 'tcp' | 'tls' | 'identity' | 'rpc',
  timesUs: readonly number[],
  connecting: readonly number[],
): Loss | undefined {
  if (timesUs.length < TIMES_MIN) return undefined;
  const sorted = [...timesUs].sort((a, b) => a - b);
  // Even under severe loss, a tenth of the times is not affected; one connection that is a second faster is enough.
  const fastUs = sorted[stage === 'tcp' ? 0 : Math.floor(sorted.length / 10)] ?? 0;
  const later = sorted.map((us) => us - fastUs);
  const roundTripUs = connecting.length === 0 ? 0 : Math.min(...connecting);
  const steps = stage === 'tcp' ? SYN_STEPS_US : DATA_STEPS_US;
  const slow = later.filter((us) => steps.some((step) => us >= step * 0.95 && us <= step * 1.3 + 2 * roundTripUs));
  // Between the fast ones and the first step: where times merely vary, most of them are here.
  const [first = 0] = steps;
  const between = later.filter((us) => us > first * 0.3 && us < first * 0.9);
  const least = stage === 'tcp' ? SYN_STEPS_MIN : Math.max(DATA_STEPS_MIN, SHARE_MIN * timesUs.length);
  if (slow.length < least || between.length * 2 > slow.length) return undefined;
  return { slow: slow.length, of: timesUs.length, byUs: slow[Math.floor(slow.length / 2)] ?? 0 };
}
