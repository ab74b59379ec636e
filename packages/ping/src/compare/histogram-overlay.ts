import type { OverlaidStep } from './comparison.js';
import type { Sample } from './statistics/estimates.js';

/** Steps of a decade, from fine to coarse. The finest with which the times fit the available lines is used. */
const DECADES = [
  [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
];

/** As many lines as can be read quickly. */
const MAX_STEPS = 20;

/** The times of both runs counted by the steps of one scale, from the first step with a count to the last. */
export function overlayHistograms(a: Sample, b: Sample): OverlaidStep[] {
  const all = DECADES.map((decade) => stepsOver(a, b, decade));
  return all.find((steps) => steps.length <= MAX_STEPS) ?? all.at(-1) ?? [];
}

function stepsOver(a: Sample, b: Sample, decade: readonly number[]): OverlaidStep[] {
  const edge = edgesOf(decade);
  const index = (us: number): number => {
    let i = 0;
    while (edge(i) < us) i++;
    return i;
  };
  const first = Math.min(index(a.valuesUs[0] ?? 0), index(b.valuesUs[0] ?? 0));
  const last = Math.max(index(a.valuesUs.at(-1) ?? 0), index(b.valuesUs.at(-1) ?? 0));
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const [from, upToUs] = [first + i === 0 ? -1 : edge(first + i - 1), edge(first + i)];
    return { upToUs, reference: within(a, from, upToUs), candidate: within(b, from, upToUs) };
  });
}

/** The upper edge of each step, by its number, in whole microseconds. */
function edgesOf(decade: readonly number[]): (i: number) => number {
  return (i) => Math.round((decade[i % decade.length] ?? 1) * 10 ** (Math.floor(i / decade.length) + 1));
}

function within({ valuesUs, upTo }: Sample, fromUs: number, upToUs: number): number {
  const below = (us: number): number => upTo[valuesUs.findLastIndex((value) => value <= us)] ?? 0;
  return below(upToUs) - below(fromUs);
}
