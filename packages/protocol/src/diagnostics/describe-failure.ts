import { type FailureId, failureDefinition } from './catalogue.js';
import { endsOf } from './ends.js';
import type { Diagnosis, Observation } from './failure-definition.js';
import { describeInPart } from './in-part.js';
import type { Step } from './step.js';

/** Everything that is said about one failure between two given ends. */
export interface FailureText {
  readonly title: string;
  readonly explanation: string;
  readonly remediation: readonly Step[];
  readonly diagnosis: Diagnosis;
}

/**
 * Returns the texts for a failure, between the ends that its facts are about. Where other attempts at the same address
 * got past it, its texts are those of a failure that only some attempts have.
 */
export function describeFailure(id: FailureId, observation: Observation): FailureText {
  const { title, explanation: means, remediation: next, diagnosis: certainty } = failureDefinition(id);
  const ends = endsOf(observation.facts);
  const inPart = describeInPart(id, observation, ends);
  const { firstSteps = [], replacesSteps = false } = inPart;
  return {
    title,
    explanation: inPart.explanation ?? means(observation, ends),
    remediation: [...firstSteps, ...(replacesSteps ? [] : next(observation.facts, ends))],
    diagnosis: inPart.diagnosis ?? (typeof certainty === 'function' ? certainty(ends, observation) : certainty),
  };
}
