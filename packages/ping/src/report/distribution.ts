import { decodeFromCompressedBase64, JsHistogram } from 'hdr-histogram-js';
import type { StageReport } from './stage-stats.js';

/** How many times lie above the step before and up to this one. */
export interface DistributionStep {
  readonly upToUs: number;
  readonly count: number;
}

/** How a stage's times are spread over steps of 1, 2, 5, 10, ... us, from the first step with a count to the last. */
export function buildDistribution({ histogram, maxUs }: StageReport): DistributionStep[] {
  const values = decodeFromCompressedBase64(histogram);
  // Without WebAssembly, which nobody switches on here, it always is one.
  if (!(values instanceof JsHistogram)) return [];
  const counts = new Map<number, number>();
  const iterator = values.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    // A bucket's edge may lie above the greatest value that was seen.
    const upToUs = stepOf(Math.min(valueIteratedTo, maxUs));
    counts.set(upToUs, (counts.get(upToUs) ?? 0) + countAtValueIteratedTo);
  }
  return withEmptySteps(counts);
}

/** The least of 1, 2, 5, 10, ... that is not below the value. */
function stepOf(us: number): number {
  const decade = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, us))));
  return [1, 2, 5, 10].map((factor) => factor * decade).find((step) => step >= us) ?? us;
}

/** The steps between the first and the last with a count, so that a gap is seen as one. */
function withEmptySteps(counts: ReadonlyMap<number, number>): DistributionStep[] {
  const last = Math.max(...counts.keys());
  const steps: DistributionStep[] = [];
  for (let upToUs = Math.min(...counts.keys()); upToUs <= last; upToUs = stepOf(upToUs + 1)) {
    steps.push({ upToUs, count: counts.get(upToUs) ?? 0 });
  }
  return steps;
}
