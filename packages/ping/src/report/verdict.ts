import { STAGES } from 'tentacle-protocol';
import { failureVerdict, type Verdict } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type MeasurementDepth } from './measurement-depth.js';
import { nothingMeasuredVerdict, okVerdict } from './run-verdicts.js';
import { withRemoteEvidence } from './remote-evidence.js';
import type { ComparedEnds, RemoteView } from './remote-view.js';
import type { AttestedConnection } from './session-results.js';
import { buildAttestationVerdict } from './attestation-verdict.js';
import type { FailureCount, Tally } from './tally.js';

/**
 * The headline: what attestation shows against the whole path; otherwise the most frequent failure, with what the other
 * end recorded about it; of equally frequent ones, the one that occurs earliest on the path.
 */
export function buildVerdict(
  tally: Tally,
  level: MeasurementDepth,
  otherEnd?: RemoteView,
  attestation?: AttestedConnection,
): Verdict {
  const counts = { sent: tally.sent, ok: tally.ok, failed: tally.failed };
  const against = buildAttestationVerdict(attestation, counts);
  if (against !== undefined) return against;
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count || stageIndex(a) - stageIndex(b));
  if (first !== undefined) {
    const verdict = failureVerdict(first.id, first.observation, first.count, counts);
    return otherEnd?.status === 'compared' ? withRemoteView(verdict, first, counts.sent, otherEnd) : verdict;
  }
  return tally.ok === 0 ? nothingMeasuredVerdict() : okVerdict(counts, level);
}

function withRemoteView(verdict: Verdict, { id, count }: FailureCount, sent: number, otherEnd: ComparedEnds): Verdict {
  const { failures, listener } = otherEnd;
  const recorded = failures.find((failure) => failure.id === id);
  if (recorded === undefined) return verdict;
  // This run may no longer hold the records of some of these failures.
  const all = { ...recorded, of: count, unknown: recorded.unknown + count - recorded.of };
  return withRemoteEvidence(verdict, all, {
    sent,
    ...omitUndefined({ listener }),
  });
}

function stageIndex({ observation }: FailureCount): number {
  return STAGES.indexOf(observation.signature.shownAt);
}
