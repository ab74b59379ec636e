import type { BucketCount } from '../../plain-data/histogram.js';
import { readBuckets } from '../../plain-data/read-histogram.js';
import type { HistogramStep } from './histogram-chart.js';

/** As many bars as are seen apart in a chart of a third of a page. */
const STEPS = 36;

/** Values are whole microseconds: a step has to hold at least one of them. */
const STEP_LEAST = 1.02;

/** The distribution in an HdrHistogram, in steps of equal factors. Empty for a text that is not one. */
export function histogramSteps(histogram: string): HistogramStep[] {
  try {
    return stepsOf(readBuckets(histogram));
  } catch {
    return [];
  }
}

function stepsOf(buckets: readonly BucketCount[]): HistogramStep[] {
  const low = Math.max(0.5, (buckets[0]?.us ?? 1) * 0.97);
  const high = Math.max(low * 1.1, (buckets.at(-1)?.us ?? 1) * 1.03);
  const factor = Math.max(STEP_LEAST, (high / low) ** (1 / STEPS));
  const steps = Math.ceil(Math.log(high / low) / Math.log(factor));
  const counts = Array.from({ length: steps }, () => 0);
  for (const { us, count } of buckets) {
    const step = Math.min(steps - 1, Math.max(0, Math.floor(Math.log(Math.max(us, low) / low) / Math.log(factor))));
    counts[step] = (counts[step] ?? 0) + count;
  }
  return counts.map((count, i) => ({ fromUs: low * factor ** i, upToUs: low * factor ** (i + 1), count }));
}
