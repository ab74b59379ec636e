import {
  classify,
  failureVerdict,
  type MeasuredLevel,
  nothingMeasured,
  okVerdict,
  STAGES,
  type Verdict,
} from 'tentacle-protocol';
import type { PeerKind } from '../peer.js';
import type { FailureCount, Tally } from './tally.js';

/** The headline: the most frequent failure, with what the page named; of equally frequent ones, the one that shows earliest on the path. */
export function verdictOf(tally: Tally, level: MeasuredLevel, peerKind?: PeerKind): Verdict {
  const counts = { sent: tally.sent, ok: tally.ok, failed: tally.failed };
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count || stageIndex(a) - stageIndex(b));
  if (first !== undefined) {
    const { symptom, facts } = first.sighting;
    // The page was looked at after the attempt had failed, and may name the cause.
    const sighting = peerKind === undefined ? first.sighting : { symptom, facts: { ...facts, peerKind } };
    return failureVerdict(classify(sighting).id, sighting, first.count, counts);
  }
  return tally.ok === 0 ? nothingMeasured() : okVerdict(counts, level);
}

function stageIndex({ sighting }: FailureCount): number {
  return STAGES.indexOf(sighting.symptom.shownAt);
}
