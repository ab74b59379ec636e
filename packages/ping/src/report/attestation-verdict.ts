import { classify, type Counts, failureVerdict, SURE, sightOfAttestation, type Verdict } from 'tentacle-protocol';
import type { AttestationResult } from './build-report.js';

/**
 * What attestation shows against the path as a whole; undefined where that is nothing. Round trips may work although they
 * do not end at pong. A missing attestation says less than how attempts failed.
 */
export function buildAttestationVerdict(
  attestation: AttestationResult | undefined,
  counts: Counts,
): Verdict | undefined {
  if (attestation === undefined) return undefined;
  const { attested, facts } = attestation;
  const against = sightOfAttestation(attested, facts);
  if (against === undefined || (attested.result === 'none' && counts.failed > 0)) return undefined;
  const verdict = failureVerdict(classify(against).id, against, counts.sent, counts);
  // Two different TLS sessions, described by both ends, have one cause only.
  return attested.result === 'not-one-session' ? { ...verdict, certainty: SURE } : verdict;
}
