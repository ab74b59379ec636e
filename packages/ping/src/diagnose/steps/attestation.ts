import { type Deadline, failureOf, rowOf, sessionWords, sightOfAttestation, translationWords } from 'tentacle-protocol';
import { type AttestedConnection, requestAttestation } from '../../session/attestation.js';
import type { Finding, Inquiry } from '../inquiry.js';

/** Whether TLS is one session up to pong, as pong itself attests. */
export async function attestation(inquiry: Inquiry, asking: AttestedConnection, deadline: Deadline): Promise<Finding> {
  const attested = await requestAttestation(asking, inquiry.plan.pongKey, deadline);
  const { pongCertificate, statement, differences, translated, ...rest } = attested;
  const evidence = {
    ...rest,
    ...(pongCertificate === undefined ? {} : { pongCertificate: pongCertificate.subject }),
    ...(statement === undefined ? {} : { statement: { ...statement } }),
    ...(differences === undefined ? {} : { differences: differences.map((difference) => ({ ...difference })) }),
    ...(translated === undefined ? {} : { translated }),
  };
  const sighting = sightOfAttestation(attested, asking.facts);
  if (sighting === undefined) {
    const title = [sessionWords(attested), translationWords(attested) ?? []].flat().join('; ');
    return { status: attested.result === 'one-session' ? 'ok' : 'unknown', title, evidence };
  }
  const { id } = failureOf(sighting);
  if (id === 'trust.intercepted') inquiry.settled.set(id, 'Pong itself attests that, so that no other cause is left.');
  return { status: 'problem', title: rowOf(id).title, evidence, sighting };
}
