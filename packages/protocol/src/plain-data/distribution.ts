import { bucketsOf, type DurationFigures } from './histogram.js';

/** The number of times above the step before and up to this one. */
export interface DistributionStep {
  readonly upToUs: number;
  readonly count: number;
}

/** The distribution of times over steps of 1, 2, 5, 10, ... us, from the first step with a count to the last. */
export function buildDistribution({ histogram, maxUs }: DurationFigures): DistributionStep[] {
  const counts = new Map<number, number>();
  for (const { us, count } of bucketsOf(histogram)) {
    // A bucket's edge may lie above the maximum.
    const upToUs = stepFor(Math.min(us, maxUs));
    counts.set(upToUs, (counts.get(upToUs) ?? 0) + count);
  }
  return withEmptySteps(counts);
}

/** The smallest of 1, 2, 5, 10, ... that is not below the value. */
function stepFor(us: number): number {
  const decade = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, us))));
  return [1, 2, 5, 10].map((factor) => factor * decade).find((step) => step >= us) ?? us;
}

/** The steps between the first and the last with a count, so that a gap is visible. */
function withEmptySteps(counts: ReadonlyMap<number, number>): DistributionStep[] {
  const last = Math.max(...counts.keys());
  const steps: DistributionStep[] = [];
  for (let upToUs = Math.min(...counts.keys()); upToUs <= last; upToUs = stepFor(upToUs + 1)) {
    steps.push({ upToUs, count: counts.get(upToUs) ?? 0 });
  }
  return steps;
}
