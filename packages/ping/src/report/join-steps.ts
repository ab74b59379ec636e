import type { DistributionStep } from 'tentacle-protocol/cli';

/**
 * The steps joined until there are at most this many: two neighbors with the fewest counts together each time, so that
 * what is joined is empty or rare.
 */
export function joinSteps(steps: readonly DistributionStep[], most: number): DistributionStep[] {
  const joined = [...steps];
  while (joined.length > most) {
    const pairs = joined.slice(1).map((step, i) => step.count + (joined[i]?.count ?? 0));
    const fewest = pairs.indexOf(Math.min(...pairs));
    const [lower, upper] = joined.slice(fewest, fewest + 2);
    if (lower === undefined || upper === undefined) break;
    joined.splice(fewest, 2, { upToUs: upper.upToUs, count: lower.count + upper.count });
  }
  return joined;
}
