import type { HistogramStep } from 'tentacle-protocol/html';
import { readHistogram } from '../compare/read-histogram.js';
import type { Sample } from '../compare/statistics/estimates.js';

/** As many bars as are seen apart in a chart of a third of a page. */
const STEPS = 36;

/** Values are whole microseconds: a step has to hold at least one of them. */
const STEP_LEAST = 1.02;

/** The distribution in an HdrHistogram, in steps of equal factors. Empty for a text that is not one. */
export function histogramSteps(histogram: string): HistogramStep[] {
  try {
    return stepsOf(readHistogram(histogram));
  } catch {
    return [];
  }
}

function stepsOf({ valuesUs, upTo }: Sample): HistogramStep[] {
  const low = Math.max(0.5, (valuesUs[0] ?? 1) * 0.97);
  const high = Math.max(low * 1.1, (valuesUs.at(-1) ?? 1) * 1.03);
  const factor = Math.max(STEP_LEAST, (high / low) ** (1 / STEPS));
  const steps = Math.ceil(Math.log(high / low) / Math.log(factor));
  const counts = Array.from({ length: steps }, () => 0);
  for (const [i, us] of valuesUs.entries()) {
    const step = Math.min(steps - 1, Math.max(0, Math.floor(Math.log(Math.max(us, low) / low) / Math.log(factor))));
    counts[step] = (counts[step] ?? 0) + (upTo[i] ?? 0) - (upTo[i - 1] ?? 0);
  }
  return counts.map((count, i) => ({ fromUs: low * factor ** i, upToUs: low * factor ** (i + 1), count }));
}
