import {
  failureVerdict,
  type MeasuredLevel,
  nothingMeasured,
  okVerdict,
  STAGES,
  type Verdict,
} from 'tentacle-protocol';
import type { FailureCount, Tally } from './tally.js';

/** The headline: the most frequent failure; of equally frequent ones, the one that shows earliest on the path. */
export function verdictOf(tally: Tally, level: MeasuredLevel): Verdict {
  const counts = { sent: tally.sent, ok: tally.ok, failed: tally.failed };
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count || stageIndex(a) - stageIndex(b));
  if (first !== undefined) return failureVerdict(first.id, first.sighting, first.count, counts);
  return tally.ok === 0 ? nothingMeasured() : okVerdict(counts, level);
}

function stageIndex({ sighting }: FailureCount): number {
  return STAGES.indexOf(sighting.symptom.shownAt);
}
