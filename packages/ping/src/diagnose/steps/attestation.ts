import { type Deadline } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import {
  failureOf,
  failureDefinition,
  describeSession,
  observeAttestation,
  describeNat,
} from 'tentacle-protocol/diagnostics';
import { type AttestedConnection, requestAttestation } from '../../session/request-attestation.js';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';

/** Checks with pong's signed attestation whether one TLS session reaches from this machine to pong. */
export async function checkAttestation(
  context: DiagnosisContext,
  connection: AttestedConnection,
  deadline: Deadline,
): Promise<StepResult> {
  const attested = await requestAttestation(connection, context.options.pongKey, deadline);
  const { pongCertificate, statement, differences, translated, ...rest } = attested;
  const evidence = {
    ...rest,
    ...omitUndefined({
      pongCertificate: pongCertificate?.subject,
      statement: statement && { ...statement },
      differences: differences?.map((difference) => ({ ...difference })),
      translated,
    }),
  };
  const observation = observeAttestation(attested, connection.facts);
  if (observation === undefined) {
    const details = [describeSession(attested), describeNat(attested) ?? []].flat();
    if (attested.result !== 'one-session') return { status: 'unknown', title: 'not attested', details, evidence };
    const key =
      context.options.pongKey === undefined ? 'its key was trusted on first use' : 'with the key of --pong-key';
    return { status: 'ok', title: `TLS is end to end; ${key}`, details, evidence };
  }
  const { id } = failureOf(observation);
  if (id === 'trust.intercepted')
    context.confirmedCauses.set(id, 'tentacle-pong itself attests this, so no other cause remains.');
  return { status: 'problem', title: failureDefinition(id).title, evidence, observation };
}
