import { type Deadline } from 'tentacle-protocol';
import {
  failureOf,
  failureDefinition,
  describeSession,
  observeAttestation,
  describeNat,
} from 'tentacle-protocol/diagnostics';
import { type AttestedConnection, requestAttestation } from '../../session/request-attestation.js';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';

/** Checks with pong's signed attestation whether TLS is one session up to pong. */
export async function checkAttestation(
  context: DiagnosisContext,
  asking: AttestedConnection,
  deadline: Deadline,
): Promise<StepResult> {
  const attested = await requestAttestation(asking, context.options.pongKey, deadline);
  const { pongCertificate, statement, differences, translated, ...rest } = attested;
  const evidence = {
    ...rest,
    ...(pongCertificate === undefined ? {} : { pongCertificate: pongCertificate.subject }),
    ...(statement === undefined ? {} : { statement: { ...statement } }),
    ...(differences === undefined ? {} : { differences: differences.map((difference) => ({ ...difference })) }),
    ...(translated === undefined ? {} : { translated }),
  };
  const observation = observeAttestation(attested, asking.facts);
  if (observation === undefined) {
    const title = [describeSession(attested), describeNat(attested) ?? []].flat().join('; ');
    return { status: attested.result === 'one-session' ? 'ok' : 'unknown', title, evidence };
  }
  const { id } = failureOf(observation);
  if (id === 'trust.intercepted')
    context.confirmedCauses.set(id, 'tentacle-pong itself attests this, so no other cause remains.');
  return { status: 'problem', title: failureDefinition(id).title, evidence, observation };
}
