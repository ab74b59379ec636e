import {
  classify,
  type Counts,
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
  const verdict = failureVerdict(classify(against).id, against, counts.sent, counts);
  // Two different TLS sessions, described by both ends, have one cause only.
  return attested.result === 'not-one-session' ? { ...verdict, certainty: CONCLUSIVE } : verdict;
}
