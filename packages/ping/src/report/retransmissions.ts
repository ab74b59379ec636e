/** How many times were longer by a step that only a retransmission makes. */
export interface Loss {
  readonly slow: number;
  readonly of: number;
  /** By how much, as the middle one of them. */
  readonly byUs: number;
}

/** With fewer, a few slow ones are chance. */
const TIMES_LEAST = 10;

/** What is lost when connecting is sent again after 1 s (Linux, Windows now) or 3 s (Windows before), then doubled. */
const SYN_STEPS_US = [1_000_000, 3_000_000, 7_000_000];

/** The least time after which Linux sends again is 200 ms, Windows 300 ms; it doubles each time. */
const DATA_STEPS_US = [200_000, 600_000, 1_400_000];

/** Two stalls of just this length by chance are not seen; one is, on a busy machine. */
const SYN_STEPS_LEAST = 2;

/** Three of a hundred: a path that Octopus feels. */
const SHARE_LEAST = 0.03;
const DATA_STEPS_LEAST = 3;

/**
 * Whether a stage's times show lost packets: a few of them later than the fast ones by the time after which a packet is
 * sent again, and next to none between. A path with jitter has no such gap, a slow one no such step.
 * @param connecting the times of connecting: the least of them is the round trip, by which every wait is longer.
 */
export function findLoss(
  stage: 'tcp' | 'tls' | 'identity' | 'rpc',
  timesUs: readonly number[],
  connecting: readonly number[],
): Loss | undefined {
  if (timesUs.length < TIMES_LEAST) return undefined;
  const sorted = [...timesUs].sort((a, b) => a - b);
  // A tenth is spared from loss also where it is severe.
  const fastUs = sorted[Math.floor(sorted.length / 10)] ?? 0;
  const later = sorted.map((us) => us - fastUs);
  const roundTripUs = connecting.length === 0 ? 0 : Math.min(...connecting);
  const steps = stage === 'tcp' ? SYN_STEPS_US : DATA_STEPS_US;
  const slow = later.filter((us) => steps.some((step) => us >= step * 0.95 && us <= step * 1.3 + 2 * roundTripUs));
  // Between the fast ones and the first step: where times are merely spread, most of the spread is here.
  const [first = 0] = steps;
  const between = later.filter((us) => us > first * 0.3 && us < first * 0.9);
  const least = stage === 'tcp' ? SYN_STEPS_LEAST : Math.max(DATA_STEPS_LEAST, SHARE_LEAST * timesUs.length);
  if (slow.length < least || between.length * 2 > slow.length) return undefined;
  return { slow: slow.length, of: timesUs.length, byUs: slow[Math.floor(slow.length / 2)] ?? 0 };
}
