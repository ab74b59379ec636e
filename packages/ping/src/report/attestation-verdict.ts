import { classify, type Counts, failureVerdict, SURE, sightOfAttestation, type Verdict } from 'tentacle-protocol';
import type { Session } from '../session/session.js';

/**
 * What attestation shows against the path as a whole; undefined where that is nothing. Round trips may work, and yet it is
 * not pong to which they go. That no attestation came says less than how attempts failed.
 */
export function buildAttestationVerdict(attestation: Session['attestation'], counts: Counts): Verdict | undefined {
  if (attestation === undefined) return undefined;
  const { attested, facts } = attestation;
  const against = sightOfAttestation(attested, facts);
  if (against === undefined || (attested.result === 'none' && counts.failed > 0)) return undefined;
  const verdict = failureVerdict(classify(against).id, against, counts.sent, counts);
  // Two sessions that both ends describe have one cause.
  return attested.result === 'not-one-session' ? { ...verdict, certainty: SURE } : verdict;
}
