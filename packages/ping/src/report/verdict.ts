import { type Counts, failureVerdict, type Verdict } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { buildAttestationVerdict } from './attestation-verdict.js';
import { idleVerdict } from './idle-verdict.js';
import type { Measurement } from './measurement.js';
import { type MeasurementDepth } from './measurement-depth.js';
import type { PeerType } from './peer.js';
import { type Finding, rankFailures } from './rank-failures.js';
import { withRemoteEvidence } from './draw-conclusion.js';
import type { ComparedEnds, RemoteView } from './remote-view.js';
import { nothingMeasuredVerdict, okVerdict } from './run-verdicts.js';
import type { AttestedConnection } from './session-results.js';
import { sizesNotTestedVerdict, sizesVerdict } from './sizes-verdict.js';
import type { FailureCount, Tally } from './tally.js';
import { transferVerdict } from './transfer-verdict.js';

/** Everything that a run's headline is drawn from. */
export interface RunEvidence {
  readonly tally: Tally;
  readonly level: MeasurementDepth;
  readonly peerKind: PeerType;
  readonly otherEnd?: RemoteView;
  readonly attestation?: AttestedConnection;
  readonly measurement?: Measurement;
}

/**
 * The headline of a run, from everything that is known of it: what attestation shows against the whole path; what the run
 * was to measure; how attempts failed; or that they succeeded.
 */
export function buildVerdict(evidence: RunEvidence): Verdict {
  const { tally, level, peerKind, otherEnd, attestation, measurement } = evidence;
  const counts = countsOf(tally);
  const against = buildAttestationVerdict(attestation, counts);
  if (against !== undefined) return against;
  const findings = [...tally.failures.values()].map((failure) => findingOf(failure, counts, evidence));
  const attempts = rankFailures(findings) ?? (tally.ok === 0 ? nothingMeasuredVerdict() : okVerdict(counts, level));
  switch (measurement?.kind) {
    case undefined:
      return attempts;
    case 'idle':
      return idleVerdict(measurement.sides, attempts, counts);
    case 'transfers':
      return transferVerdict(attempts, peerKind, measurement.report);
    case 'sizes': {
      const { ladderBytes, sides } = measurement;
      const remoteFailures = otherEnd?.status === 'compared' ? otherEnd.failures : [];
      return sizesVerdict({ base: attempts, counts, ladderBytes, sides, remoteFailures });
    }
    case 'no-sizes':
      return sizesNotTestedVerdict(transferVerdict(attempts, peerKind, []), measurement.facts);
  }
}

function countsOf({ sent, ok, failed, failures }: Tally): Counts {
  return { sent, ok, failed, failures: new Map([...failures.values()].map(({ id, count }) => [id, count])) };
}

/** One failure, with what the other attempts of the run and the other end's records say about it. */
function findingOf(failure: FailureCount, counts: Counts, { tally, peerKind, otherEnd }: RunEvidence): Finding {
  const { id, count, firstAt, lastAt } = failure;
  const { signature, facts } = failure.observation;
  const observation = {
    signature,
    facts: omitUndefined({
      ...facts,
      // What the peer is may have been found out by an attempt that succeeded.
      peerKind: facts.peerKind ?? (peerKind === 'unknown' ? undefined : peerKind),
      otherAttempts: tally.progress.othersOf(id, signature.shownAt, facts.address),
    }),
  };
  const verdict = failureVerdict(id, observation, { count, firstAt, lastAt }, counts);
  const isCompared = otherEnd?.status === 'compared';
  return {
    id,
    count,
    observation,
    verdict: isCompared ? withRemoteView(verdict, failure, otherEnd) : verdict,
  };
}

function withRemoteView(verdict: Verdict, { id, count }: FailureCount, otherEnd: ComparedEnds): Verdict {
  const { failures, listener } = otherEnd;
  const recorded = failures.find((failure) => failure.id === id);
  if (recorded === undefined) return verdict;
  // This run may no longer hold the records of some of these failures.
  const all = { ...recorded, of: count, unknown: recorded.unknown + count - recorded.of };
  return withRemoteEvidence(verdict, all, omitUndefined({ listener }));
}
