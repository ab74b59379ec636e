import {
  classify,
  failureVerdict,
  type MeasuredLevel,
  nothingMeasured,
  okVerdict,
  STAGES,
  type Verdict,
  withOtherEnd,
} from 'tentacle-protocol';
import type { ComparedEnds, RemoteView } from './remote-view.js';
import type { PeerType } from '../session/peer-probe.js';
import type { Session } from '../session/session.js';
import { buildAttestationVerdict } from './attestation-verdict.js';
import type { FailureCount, Tally } from './tally.js';

/**
 * The headline: what attestation shows against the whole path; else the most frequent failure, with what the page named,
 * and what the other end saw of it; of equally frequent ones, the one that shows earliest on the path.
 */
export function buildVerdict(
  tally: Tally,
  level: MeasuredLevel,
  peerKind?: PeerType,
  otherEnd?: RemoteView,
  attestation?: Session['attestation'],
): Verdict {
  const counts = { sent: tally.sent, ok: tally.ok, failed: tally.failed };
  const against = buildAttestationVerdict(attestation, counts);
  if (against !== undefined) return against;
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count || stageIndex(a) - stageIndex(b));
  if (first !== undefined) {
    const { symptom, facts } = first.sighting;
    // The page was looked at after the attempt had failed, and may name the cause.
    const sighting = peerKind === undefined ? first.sighting : { symptom, facts: { ...facts, peerKind } };
    const verdict = failureVerdict(classify(sighting).id, sighting, first.count, counts);
    return otherEnd?.status === 'compared' ? seenFromThere(verdict, first, counts.sent, otherEnd) : verdict;
  }
  return tally.ok === 0 ? nothingMeasured() : okVerdict(counts, level);
}

function seenFromThere(verdict: Verdict, { id, count }: FailureCount, sent: number, otherEnd: ComparedEnds): Verdict {
  const { failures, acceptedAtOnce } = otherEnd;
  const seen = failures.find((failure) => failure.id === id);
  if (seen === undefined) return verdict;
  // Of some that failed so, this run may hold no record any more.
  const all = { ...seen, of: count, unknown: seen.unknown + count - seen.of };
  return withOtherEnd(verdict, all, { sent, ...(acceptedAtOnce === undefined ? {} : { acceptedAtOnce }) });
}

function stageIndex({ sighting }: FailureCount): number {
  return STAGES.indexOf(sighting.symptom.shownAt);
}
