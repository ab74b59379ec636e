import {
  classify,
  type Counts,
  describeCounts,
  failureVerdict,
  CONCLUSIVE,
  observeAttestation,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import type { AttestedConnection } from './session-results.js';

/**
 * What attestation shows against the path as a whole; undefined where that is nothing. Round trips may work although they
 * do not end at pong. A missing attestation says less than how attempts failed.
 */
export function buildAttestationVerdict(
  attestation: AttestedConnection | undefined,
  counts: Counts,
): Verdict | undefined {
  if (attestation === undefined) return undefined;
  const { attested, facts } = attestation;
  const against = observeAttestation(attested, facts);
  if (against === undefined || (attested.result === 'none' && counts.failed > 0)) return undefined;
  const whole = failureVerdict(classify(against).id, against, counts.sent, counts);
  // It is about the path of every attempt; that some failed is said beside it.
  const verdict = counts.failed === 0 ? whole : { ...whole, means: `${whole.means} ${describeCounts(counts)}` };
  // Two different TLS sessions, described by both ends, have one cause only. False where another program answered with
  // pong's key, which only the holder of that key can do.
  return attested.result === 'not-one-session' ? { ...verdict, certainty: CONCLUSIVE } : verdict;
}
